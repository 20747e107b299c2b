"""Nothing here: what is missing, why, and what can be done about it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.components.buttons import SecondaryButton
from ui.components.icons import IconView
from ui.components.labels import label


class EmptyState(QWidget):
    """A sign, one line, a sentence, and at most one way on (``action``, hidden until it has words)."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(8)
        box.addWidget(IconView(icon, "muted", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = label("", "strong")
        self.text = label("", "muted")
        for words in (self.title, self.text):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            box.addWidget(words)
        box.addSpacing(8)
        self.action = SecondaryButton()
        self.action.hide()
        box.addWidget(self.action, 0, Qt.AlignmentFlag.AlignHCenter)

    def say(self, title: str, text: str = "", action: str = "") -> None:
        """Set the words; an empty part takes no room."""
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setAccessibleName(" ".join(part for part in (title, text) if part))
