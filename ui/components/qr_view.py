"""A QR code, dark on white in every appearance: telephones read no other."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

_SIDE: Final = 220


class QrView(QWidget):
    """Draws whole pixels alone, as large as there is room up to 220 px at 100 %."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modules: tuple[tuple[bool, ...], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_modules(self, modules: tuple[tuple[bool, ...], ...]) -> None:
        """Show a code (:func:`loanapp.vision.qr_code.qr_modules`)."""
        self._modules = modules
        self.updateGeometry()
        self.update()

    def _module(self) -> int:
        return max(1, theme().px(_SIDE) // max(1, len(self._modules)))

    def sizeHint(self) -> QSize:
        """A whole number of pixels for each module."""
        side = self._module() * len(self._modules)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter, size = QPainter(self), self._module()
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        for top, row in enumerate(self._modules):
            for left, dark in enumerate(row):
                if dark:
                    painter.fillRect(left * size, top * size, size, size, QColor(Qt.GlobalColor.black))
        painter.end()
