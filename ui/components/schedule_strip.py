"""A loan as a strip of months: each instalment a column of principal and interest."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from loanapp.domain.schedule import Instalment
from ui.theme import theme

_BAR: Final = 64
_LABEL: Final = 22
_GAP: Final = 4
_LABELS_AT_MOST: Final = 12


class ScheduleStrip(QWidget):
    """Months from left to right; the next one in the accent colour, those repaid ticked off in green."""

    def __init__(self, month_name: Callable[[date], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._month_name = month_name
        self._rows: tuple[Instalment, ...] = ()
        self._next_no: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_schedule(self, rows: Sequence[Instalment], next_no: int | None) -> None:
        """Show ``rows``; ``next_no`` is the instalment due next, ``None`` when all are repaid."""
        self._rows, self._next_no = tuple(rows), next_no
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Bars and two lines of words."""
        return QSize(480, theme().px(_BAR + 2 * _LABEL))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint, however narrow."""
        return QSize(200, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when theme or language change."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.LanguageChange}:
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """One column a month."""
        if not self._rows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self._rows)
        highest = max(row.total for row in self._rows)
        stride = -(-len(self._rows) // _LABELS_AT_MOST)
        for place, row in enumerate(self._rows):
            cell = QRectF(place * width, 0, width, self.height())
            self._paint_month(painter, cell, row, float((row.total) / highest))
            if place % stride == 0:
                self._paint_labels(painter, cell, row)
        painter.end()

    def _paint_month(self, painter: QPainter, cell: QRectF, row: Instalment, share: float) -> None:
        look = theme()
        full = look.px(_BAR) * share
        gap = min(_GAP, cell.width() * 0.15)
        box = QRectF(cell.left() + gap, look.px(_BAR) - full, cell.width() - 2 * gap, full)
        due_next = row.no == self._next_no
        repaid = self._next_no is None or row.no < self._next_no
        ground = "done_soft" if repaid else ("accent" if due_next else "accent_soft")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(ground))
        painter.drawRoundedRect(box, 4, 4)
        interest = full * float((row.interest + row.fees) / (row.total))
        painter.setBrush(look.colour("done" if repaid else ("accent_hover" if due_next else "accent")))
        painter.setOpacity(0.45 if not due_next else 0.8)
        painter.drawRoundedRect(QRectF(box.left(), box.top(), box.width(), max(3.0, interest)), 2, 2)
        painter.setOpacity(1)

    def _paint_labels(self, painter: QPainter, cell: QRectF, row: Instalment) -> None:
        look = theme()
        due_next = row.no == self._next_no
        wide = cell.adjusted(-30, 0, 30, 0)
        painter.setFont(look.font(14, strong=due_next))
        painter.setPen(look.colour("accent" if due_next else "ink"))
        top = look.px(_BAR) + 2
        line = look.px(_LABEL)
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(wide.left(), top, wide.width(), line), centre, self._month_name(row.due))
        if row.no == 1 or row.due.month == 1:
            painter.setFont(look.font(14))
            painter.setPen(look.colour("muted"))
            painter.drawText(QRectF(wide.left(), top + line - 4, wide.width(), line), centre, str(row.due.year))
