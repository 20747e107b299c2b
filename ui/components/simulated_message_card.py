"""A simulated text message, shown as a card that says so: nothing was sent to any phone."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.components.buttons import LinkButton
from ui.components.icons import IconView
from ui.components.labels import SimulatedTag, label
from ui.translations import tr, translator

if TYPE_CHECKING:
    from loanapp.client.answers import SimulatedMessage


class SimulatedMessageCard(QFrame):
    """``fill`` comes with the code when the borrower lets the program type it."""

    fill = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self._message: SimulatedMessage | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconView("message", "muted", 20))
        self._sender = label("", "small")
        head.addWidget(self._sender, 1)
        head.addWidget(SimulatedTag())
        box.addLayout(head)
        self._text = label("", selectable=True)
        box.addWidget(self._text)
        foot = QHBoxLayout()
        self._note = label("", "small")
        foot.addWidget(self._note, 1)
        self._fill = LinkButton()
        self._fill.clicked.connect(lambda: self._message is not None and self.fill.emit(self._message.code))
        foot.addWidget(self._fill, 0, Qt.AlignmentFlag.AlignBottom)
        box.addLayout(foot)
        self.hide()

    def show_message(self, message: "SimulatedMessage | None") -> None:
        """Show it, or nothing."""
        self._message = message
        self.setVisible(message is not None)
        self._retranslate()

    def _retranslate(self) -> None:
        if self._message is None:
            return
        self._sender.setText(tr("common.simulated_sms", sender=translator().pick(self._message.sender)))
        self._text.setText(translator().pick(self._message.text))
        self._note.setText(tr("common.simulated_sms_note"))
        self._fill.setText(tr("common.fill_code"))
        self.setAccessibleName(f"{self._sender.text()} {self._text.text()}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
