"""A drawing for one of the main moments, in the colours in force; decoration, so screen readers pass over it."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from loanapp.resource_files import resource_path
from ui.theme import theme

# Drawn on 200 x 140 with the icons' line; shown at this height.
_WIDTH, _HEIGHT = 200, 140
_LARGEST_SCALE: Final = 125
# A window lower than this has no room for decoration.
_LEAST_WINDOW: Final = 700
# The colours a drawing names, and their tokens.
_INKS: Final = (
    *(("currentColor", "ink"), ("#accent", "accent"), ("#soft", "accent_soft"), ("#ground", "card"), ("#line", "line")),
)


@lru_cache(maxsize=16)
def _drawing(name: str) -> str:
    return resource_path("illustrations", f"{name}.svg").read_text(encoding="utf-8")


class Illustration(QWidget):
    """``height`` in px; gone without a name, where text is large, the window low, or the large and simple mode on."""

    def __init__(self, name: str = "", height: int = 88, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._high = name, height
        self._instead = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._fit()

    def show_drawing(self, name: str) -> None:
        """Show another drawing of ``resources/illustrations``, or with an empty name none."""
        if name != self._name:
            self._name = name
            self._fit()
            self.update()

    def show_instead(self, name: str) -> None:
        """Show another for as long as something is amiss; an empty name brings back what was there."""
        if name != self._instead:
            self._instead = name
            self._fit()
            self.update()

    def sizeHint(self) -> QSize:
        """As high as it was asked to be."""
        return QSize(self._high * _WIDTH // _HEIGHT, self._high)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def _fit(self) -> None:
        look, window = theme(), self.window()
        low = window is not self and window.height() < _LEAST_WINDOW
        hidden = not (self._instead or self._name) or look.large or look.scale > _LARGEST_SCALE or low
        # Before it stands in a page, being shown would make it a window of its own for a moment.
        if hidden or self.parentWidget() is not None:
            self.setHidden(hidden)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it whole."""
        from PySide6.QtSvg import QSvgRenderer

        drawing, tokens = _drawing(self._instead or self._name), theme().tokens
        for ink, token in _INKS:
            drawing = drawing.replace(ink, getattr(tokens, token))
        painter = QPainter(self)
        QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(self.rect()))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Follow colours and size of text."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_high"):
            self._fit()
        super().changeEvent(event)
