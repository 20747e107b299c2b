"""One line about safety, in the colour of "stop", with its sign: seen at every step where somebody may cheat."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.components.icons import IconView
from ui.components.labels import label


class SafetyLine(QWidget):
    """Icon and sentence."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(IconView("look", "stop", 22), 0, Qt.AlignmentFlag.AlignVCenter)
        self._text = label(text, "warn")
        row.addWidget(self._text, 1)

    def setText(self, text: str) -> None:
        """Set the sentence."""
        self._text.setText(text)

    def text(self) -> str:
        """The sentence."""
        return self._text.text()
