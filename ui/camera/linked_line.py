"""One line of a page: a sign, what is so, and one press for more."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.components import IconView, LinkButton, label
from ui.translations import tr


class LinkedLine(QWidget):
    """``pressed`` comes when the link is."""

    pressed = Signal()

    def __init__(self, icon: str, token: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconView(icon, token, 20))
        self._said = label("", role, wrap=False)
        row.addWidget(self._said)
        self.button = LinkButton()
        self.button.clicked.connect(self.pressed)
        row.addWidget(self.button)
        row.addStretch(1)

    def say(self, words: str, link: str) -> None:
        """Change the words."""
        self._said.setText(words)
        self.button.setText(link)


class AgreedLine(LinkedLine):
    """Nobody is asked twice: says that the consent is given, with its facts one press away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("done", "done", "small-ink", parent)

    def retranslate(self) -> None:
        """Change the words."""
        self.say(tr("face_verification.consent.agreed"), tr("face_verification.consent.read_again"))


class SupportLine(LinkedLine):
    """Whom to call."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("support", "muted", "muted", parent)

    def retranslate(self) -> None:
        """Change the words."""
        self.say(tr("face_verification.support.text"), tr("face_verification.support.action"))
