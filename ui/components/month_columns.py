"""Months as columns of parts, each with a colour and a pattern of its own, read month by month with the arrow keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.announce import announce
from ui.components.cost_parts import Swatch, fill_part
from ui.components.flow_row import FlowRow
from ui.components.labels import label
from ui.theme import theme
from ui.translations import tr

_BARS: Final = 112
_FOOT: Final = 24
_NUMBERS_AT_MOST: Final = 12
_GAP_SHARE: Final = 0.12
_EDGE: Final = 4


@dataclass(frozen=True, slots=True)
class MonthColumn:
    """One month: its number, and the amount of each part from below."""

    no: int
    amounts: tuple[Decimal, ...]


class MonthColumns(QWidget):
    """The columns; ``chosen`` comes with the place of the month that is looked at."""

    chosen = Signal(int)

    def __init__(self, tokens: Sequence[str]) -> None:
        super().__init__()
        self._tokens = tuple(tokens)
        self.months: tuple[MonthColumn, ...] = ()
        self.place = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Columns and a line of numbers."""
        return QSize(480, theme().px(_BARS + _FOOT) + 2 * _EDGE)

    def minimumSizeHint(self) -> QSize:
        """As high as the hint, however narrow."""
        return QSize(200, self.sizeHint().height())

    def look_at(self, place: int) -> None:
        """Look at the month at ``place``, as near as there is one."""
        place = max(0, min(place, len(self.months) - 1))
        if place != self.place:
            self.place = place
            self.update()
            self.chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go by a month, Home and End to the first and the last."""
        goals = {
            Qt.Key.Key_Left: self.place - 1,
            Qt.Key.Key_Right: self.place + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self.months) - 1,
        }
        if (goal := goals.get(Qt.Key(event.key()))) is None:
            super().keyPressEvent(event)
        else:
            self.look_at(goal)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a column looks at it."""
        super().mousePressEvent(event)
        if self.months:
            self.look_at(int((event.position().x() - _EDGE) * len(self.months) // max(1, self.width() - 2 * _EDGE)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And where it is no longer."""
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange}:
            self.updateGeometry()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One column a month, its parts one on another."""
        if not self.months:
            return
        painter, look = QPainter(self), theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = (self.width() - 2 * _EDGE) / len(self.months)
        foot, full = look.px(_BARS) + _EDGE, look.px(_BARS) - look.px(4)
        highest = max(sum(month.amounts) for month in self.months) or Decimal(1)
        stride = -(-len(self.months) // _NUMBERS_AT_MOST)
        for place, month in enumerate(self.months):
            cell = QRectF(_EDGE + place * width, 0, width, self.height())
            if place == self.place:
                self._paint_chosen(painter, cell, foot)
            gap, bottom = max(1.0, width * _GAP_SHARE), float(foot)
            for token, amount in zip(self._tokens, month.amounts, strict=True):
                height = full * float(amount / highest)
                if amount:
                    fill_part(
                        painter, QRectF(cell.left() + gap, bottom - height, width - 2 * gap, max(1.0, height)), token
                    )
                bottom -= height
            if place % stride == 0 or place == self.place:
                self._paint_number(painter, cell, foot, month.no, chosen=place == self.place)
        painter.setPen(QPen(look.colour("border"), 1))
        painter.drawLine(_EDGE, foot, self.width() - _EDGE, foot)
        painter.end()

    def _paint_chosen(self, painter: QPainter, cell: QRectF, foot: int) -> None:
        """A ground behind the month looked at, and an edge round it while it has the keyboard."""
        look = theme()
        painter.setBrush(look.colour("accent_soft"))
        painter.setPen(QPen(look.colour("accent"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        bottom = foot + look.px(_FOOT)
        # On whole pixels: between two of them a line is drawn wider and fainter.
        left, right = round(cell.left()), round(cell.right())
        painter.drawRoundedRect(QRectF(left + 1, 1, right - left - 2, bottom - 2), 4, 4)

    @staticmethod
    def _paint_number(painter: QPainter, cell: QRectF, foot: int, number: int, *, chosen: bool) -> None:
        look = theme()
        painter.setFont(look.font(14, strong=chosen))
        painter.setPen(look.colour("ink" if chosen else "muted"))
        box = QRectF(cell.left() - 20, foot, cell.width() + 40, look.px(_FOOT))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))


class MonthPicture(QWidget):
    """Columns, what their patterns mean, and the month looked at in words; a subclass says the words.

    ``parts`` are names and colours, from below; a part that no month has is not explained.
    """

    def __init__(self, parts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.month = label("", "small-ink")
        box.addWidget(self.month)
        self.columns = MonthColumns([token for _, token in parts])
        self.columns.chosen.connect(lambda _: self._chosen())
        box.addWidget(self.columns)
        legend = FlowRow(spacing=24, line_spacing=4)
        self._names: dict[str, QLabel] = {}
        self._parts: list[QWidget] = []
        for name, token in parts:
            part = QWidget()
            row = QHBoxLayout(part)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            row.addWidget(Swatch(token))
            self._names[name] = label("", "small-ink", wrap=False)
            row.addWidget(self._names[name])
            legend.add(part)
            self._parts.append(part)
        legend.close_up()
        box.addWidget(legend)

    def name(self) -> str:
        """What the picture shows, for a screen reader."""
        return ""

    def part_name(self, name: str) -> str:  # noqa: ARG002 - for the subclass
        """The word for a part."""
        return ""

    def sentence(self, place: int) -> str:  # noqa: ARG002 - for the subclass
        """The month at ``place`` in words."""
        return ""

    def show_months(self, months: Sequence[MonthColumn]) -> None:
        """Show these; the month looked at stays, as near as there is one."""
        self.columns.months = tuple(months)
        self.columns.place = min(self.columns.place, max(0, len(months) - 1))
        self.columns.update()
        for place, part in enumerate(self._parts):
            part.setHidden(not any(month.amounts[place] for month in months))
        self._tell()

    def _chosen(self) -> None:
        self._tell()
        announce(self.columns, self.month.text())

    def _tell(self) -> None:
        """The month in words, for eyes and ears."""
        self.month.setText(self.sentence(self.columns.place) if self.columns.months else "")
        self.columns.setAccessibleDescription(" ".join(filter(None, (self.month.text(), tr("components.chart_keys")))))

    def retranslate(self) -> None:
        """Change every word."""
        for name, words in self._names.items():
            words.setText(self.part_name(name))
        self.columns.setAccessibleName(self.name())
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
