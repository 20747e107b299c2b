"""What is done, what is under way and what comes: a column of steps that each have a sign and a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from ui.theme import theme

_SIGN: Final = 24


class StepMark(StrEnum):
    """How far one line is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line: its words, its mark, and the word that says the mark aloud."""

    text: str
    mark: StepMark
    state: str


class StepSign(QWidget):
    """A circle that is empty, turning, ticked, or marked for a look."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = StepMark.WAITING
        self._turn = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(1400)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setLoopCount(-1)
        self._animation.valueChanged.connect(self._rotate)

    def sizeHint(self) -> QSize:
        """Grows with the text."""
        return QSize(theme().px(_SIGN), theme().px(_SIGN))

    def show_mark(self, mark: StepMark) -> None:
        """Change the sign."""
        self._mark = mark
        self._run()
        self.update()

    def _run(self) -> None:
        wanted = self._mark is StepMark.RUNNING and self.isVisible() and not theme().reduced_motion
        running = self._animation.state() == QVariantAnimation.State.Running
        if wanted and not running:
            self._animation.start()
        elif running and not wanted:
            self._animation.stop()

    def _rotate(self, value: object) -> None:
        turn = float(value) if isinstance(value, float) else 0.0
        if abs(turn - self._turn) > 0.03:
            self._turn = turn
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Turn while seen."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while unseen."""
        super().hideEvent(event)
        self._run()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint on a canvas of 24."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / _SIGN, self.height() / _SIGN)
        circle = QRectF(3, 3, 18, 18)
        round_pen = lambda name, width: QPen(  # noqa: E731
            look.colour(name), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        )
        if self._mark is StepMark.WAITING:
            painter.setPen(round_pen("border", 1.75))
            painter.drawEllipse(circle)
        elif self._mark is StepMark.RUNNING:
            painter.setPen(round_pen("line", 2.5))
            painter.drawEllipse(circle)
            painter.setPen(round_pen("accent", 2.5))
            painter.drawArc(circle, round((90 - 360 * self._turn) * 16), -100 * 16)
        elif self._mark is StepMark.DONE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("done"))
            painter.drawEllipse(circle)
            painter.setPen(round_pen("card", 2))
            painter.drawPolyline([QPointF(8, 12.2), QPointF(11, 15), QPointF(16, 9.4)])
        else:
            painter.setPen(round_pen("look", 1.75))
            painter.drawEllipse(circle)
            painter.drawLine(QPointF(12, 7.5), QPointF(12, 13))
            painter.drawPoint(QPointF(12, 16.2))
        painter.end()


class StepList(QWidget):
    """Lines under one another; changing a line changes it in place, nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[StepSign, QLabel, QLabel]] = []

    def show_lines(self, lines: Sequence[StepLine]) -> None:
        """Show these lines."""
        while len(self._rows) < len(lines):
            self._add_row()
        for place, (sign, text, state) in enumerate(self._rows):
            shown = place < len(lines)
            for widget in (sign, text, state):
                widget.setVisible(shown)
            if not shown:
                continue
            line = lines[place]
            sign.show_mark(line.mark)
            text.setText(line.text)
            state.setText(line.state)
            role = "strong" if line.mark is StepMark.RUNNING else "muted" if line.mark is StepMark.WAITING else ""
            if text.property("role") != role:
                text.setProperty("role", role)
                text.style().polish(text)
            sign.setAccessibleName(f"{line.text}: {line.state}")

    def marks(self) -> list[StepMark]:
        """The marks shown, from the top."""
        return [sign._mark for sign, text, _ in self._rows if text.isVisibleTo(self)]  # noqa: SLF001 - the sign is ours

    def _add_row(self) -> None:
        row = len(self._rows)
        sign, text, state = StepSign(self), QLabel(self), QLabel(self)
        for label in (text, state):
            label.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        state.setProperty("role", "small")
        self._grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(text, row, 1)
        self._grid.addWidget(state, row, 2, Qt.AlignmentFlag.AlignVCenter)
        self._rows.append((sign, text, state))
