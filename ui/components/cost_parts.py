"""The parts of a price or a month, each with a colour and a pattern of its own: nothing is told by colour alone."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

PARTS: Final = (("principal", "accent"), ("interest", "look"), ("fees", "stop"))
MONTH_PARTS: Final = (("spent", "muted"), ("this_loan", "accent"), ("left", "done"), ("short", "stop"))
"""What an income goes to; a month is short by what it does not cover."""

_PATTERNS: Final = {
    "look": (Qt.BrushStyle.BDiagPattern, "look_soft"),
    "stop": (Qt.BrushStyle.DiagCrossPattern, "stop_soft"),
    "muted": (Qt.BrushStyle.HorPattern, "sunken"),
    "done": (Qt.BrushStyle.Dense7Pattern, "done_soft"),
}


def fill_part(painter: QPainter, box: QRectF, token: str, *, corner: float = 0) -> None:
    """Fill ``box`` with the colour ``token`` and its pattern: principal plain, interest striped, fees hatched."""
    painter.save()
    shape = QPainterPath()
    shape.addRoundedRect(box, corner, corner)
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    colour = theme().colour(token)
    if token in _PATTERNS:
        pattern, ground = _PATTERNS[token]
        painter.fillRect(box, theme().colour(ground))
        painter.fillRect(box, QBrush(colour, pattern))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.5))
        painter.drawPath(shape)
    else:
        painter.fillRect(box, colour)
    painter.restore()


class Swatch(QWidget):
    """A small field of one part, to stand before its name."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A square as high as small letters."""
        return QSize(theme().px(14), theme().px(14))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The part's colour and pattern."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill_part(painter, QRectF(self.rect()), self._token, corner=2)
        painter.end()
