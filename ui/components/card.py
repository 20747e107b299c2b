"""A card: white ground, one line around it, 24 px inside."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.components.labels import label


class Card(QFrame):
    """Holds things that belong together; put widgets into ``body``."""

    def __init__(self, parent: QWidget | None = None, *, padding: int = 24, spacing: int = 12) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(spacing)


class SectionHeading(QWidget):
    """A heading between blocks, with room for a link or a count at its right (``side``)."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 12, 0, 0)
        self.text = label(text, "heading")
        row.addWidget(self.text, 1)
        self.side = QHBoxLayout()
        row.addLayout(self.side)

    def setText(self, text: str) -> None:
        """Set the words."""
        self.text.setText(text)
