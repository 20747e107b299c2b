"""A drawing for one of the main moments, in the colours in force; decoration, so screen readers pass over it."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from loanapp.resource_files import resource_path
from ui.components.inks import inked
from ui.theme import theme

DRAWINGS: Final = ("welcome", "verification", "waiting", "done", "refused", "offline")
# Drawn at the size they are shown at, so that their line is that of the icons.
_WIDTH, _HEIGHT = 144, 88
_LARGEST_SCALE: Final = 125
# A smaller window has no room for decoration.
_LEAST_WINDOW: Final = QSize(1000, 700)


@lru_cache(maxsize=16)
def _drawing(name: str) -> str:
    return resource_path("illustrations", f"{name}.svg").read_text(encoding="utf-8")


class Illustration(QWidget):
    """``height`` in px; gone without a name, where text is large, the window small, or the large and simple mode on."""

    def __init__(self, name: str = "", height: int = _HEIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._high = name, height
        self._instead = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.fit()

    def show_drawing(self, name: str) -> None:
        """Show another drawing of ``resources/illustrations``, or with an empty name none."""
        if name != self._name:
            self._name = name
            self.fit()
            self.update()

    def show_instead(self, name: str) -> None:
        """Show another for as long as something is amiss; an empty name brings back what was there."""
        if name != self._instead:
            self._instead = name
            self.fit()
            self.update()

    def sizeHint(self) -> QSize:
        """As high as it was asked to be."""
        return QSize(self._high * _WIDTH // _HEIGHT, self._high)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def fit(self) -> None:
        """Show or hide it by the room there is; to be called where that changes."""
        look, window = theme(), self.window()
        small = window is not self and _LEAST_WINDOW.boundedTo(window.size()) != _LEAST_WINDOW
        hidden = not (self._instead or self._name) or look.large or look.scale > _LARGEST_SCALE or small
        # Before it stands in a page, being shown would make it a window of its own for a moment.
        if hidden or self.parentWidget() is not None:
            self.setHidden(hidden)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it whole."""
        from PySide6.QtSvg import QSvgRenderer

        drawing = inked(_drawing(self._instead or self._name))
        painter = QPainter(self)
        QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(self.rect()))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Follow colours and size of text."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_high"):
            self.fit()
        super().changeEvent(event)
