"""What stands where a page will be: a drawing, what is being done, and what it means for whoever waits."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.components.illustration import Illustration
from ui.components.labels import label
from ui.translations import tr

# Shares of the width: the words, and the room at either side of them.
_WORDS = 4


class WaitingView(QWidget):
    """``key`` names two sentences: what is being done, and with ``_about`` what the borrower should know meanwhile."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        across = QHBoxLayout(self)
        across.addStretch(1)
        box = QVBoxLayout()
        across.addLayout(box, _WORDS)
        across.addStretch(1)
        box.addStretch(2)
        box.addWidget(Illustration("waiting"), 0, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(16)
        self.heading, self.about = label("", "title"), label("", "lead")
        for words in (self.heading, self.about):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(words)
        box.addStretch(3)
        self._retranslate()

    def _retranslate(self) -> None:
        self.heading.setText(tr(self._key))
        self.about.setText(tr(f"{self._key}_about"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
