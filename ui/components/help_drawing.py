"""A drawing of the help, in the colours in force; its words are for those who do not see it."""

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from loanapp.resource_files import resource_path
from ui.components.inks import inked
from ui.theme import theme

_WIDTH, _HEIGHT = 160, 96


class HelpDrawing(QWidget):
    """Shows ``resources/help/drawings/<name>.svg`` at 160 x 96 px, larger with larger text."""

    def __init__(self, name: str, pictured: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._svg = resource_path("help", "drawings", f"{name}.svg").read_text(encoding="utf-8")
        self.setAccessibleName(pictured)
        self.setToolTip(pictured)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Grows with the text."""
        return QSize(theme().px(_WIDTH), theme().px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it in ink and accent."""
        QSvgRenderer(QByteArray(inked(self._svg).encode())).render(QPainter(self), QRectF(self.rect()))
