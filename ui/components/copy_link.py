"""A way to copy a number that has to be told or kept: one press, and a word that it is done."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ui.components.buttons import LinkButton
from ui.translations import tr


class CopyLink(LinkButton):
    """``copied`` comes with the name of what was copied; the page says so."""

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._name = self._value = ""
        self.clicked.connect(self._copy)

    def offer(self, name: str, value: str) -> None:
        """Copy ``value``, which the borrower knows as ``name``."""
        self._name, self._value = name, value
        self.setText(tr("components.copy"))
        self.setAccessibleName(tr("components.copy_what", what=name))
        self.setVisible(bool(value))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)
        self.copied.emit(self._name)
