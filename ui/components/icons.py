"""The program's own icons (1.75 px line, round ends), tinted with the colours in force."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from loanapp.resource_files import resource_path
from ui.components.inks import inked
from ui.theme import theme


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _pixmap(drawing: str, pixels: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return pixmap


def icon_pixmap(name: str, colour: str = "ink", size: int = 20, ratio: float = 1.0) -> QPixmap:
    """The icon ``name`` in a token's colour; ``size`` in px at 100 %, ``ratio`` the screen's pixel ratio."""
    pixmap = QPixmap(_pixmap(inked(_drawing(name), colour), round(theme().px(size) * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class IconView(QWidget):
    """An icon beside a word; decoration for those who see, silent for screen readers unless it is named."""

    def __init__(self, name: str, colour: str = "ink", size: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._token, self._size = name, colour, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, token: str | None = None) -> None:
        """Show another icon, in another colour if named."""
        self._name, self._token = name, token or self._token
        self.update()

    def sizeHint(self) -> QSize:
        """A square that grows with the text."""
        side = theme().px(self._size)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon in the middle of the square."""
        painter = QPainter(self)
        side = theme().px(self._size)
        x, y = (self.width() - side) // 2, (self.height() - side) // 2
        painter.drawPixmap(x, y, icon_pixmap(self._name, self._token, self._size, self.devicePixelRatioF()))
        painter.end()
