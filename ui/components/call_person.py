"""Whom to call, large enough to dial from: the number, when somebody answers, what to say, what nobody may ask."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QWidget

from loanapp.client.profile import Support
from ui.components.buttons import PrimaryButton, SecondaryButton
from ui.components.dialog import Dialog
from ui.components.labels import Rule, label
from ui.components.safety_line import SafetyLine
from ui.translations import tr


class CallPerson(Dialog):
    """``where`` is the heading of the page the borrower is on: what to tell whoever answers.

    ``write_wanted`` comes when the borrower would rather write.
    """

    write_wanted = Signal()

    def __init__(self, parent: QWidget, support: Support, where: str) -> None:
        super().__init__(parent, width=520)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._support, self._where = support, where
        self._number = label("", "money", selectable=True)
        self._hours = label("", "muted")
        self._say = label("")
        self._never = SafetyLine()
        for part in (self._number, self._hours, Rule(), self._say, self._never):
            self.body.addWidget(part)
        self.write = SecondaryButton()
        self.write.clicked.connect(self.accept)
        self.write.clicked.connect(self.write_wanted)
        self.answers.addWidget(self.write)
        self.answers.addStretch(1)
        self.back = PrimaryButton()
        self.back.clicked.connect(self.accept)
        self.answers.addWidget(self.back)
        self._retranslate()
        self.back.setFocus()

    def _retranslate(self) -> None:
        self.set_heading(tr("common.call_person"))
        self._number.setText(self._support.phone)
        # Read out digit by digit, not as one great number.
        self._number.setAccessibleName(" ".join(self._support.phone))
        self._hours.setText(tr("common.call_hours", hours=self._support.hours))
        self._say.setText(tr("common.call_say", where=self._where))
        self._never.setText(tr("common.call_never"))
        self.write.setText(tr("help.support.write"))
        self.back.setText(tr("common.call_back"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "back"):
            self._retranslate()
        super().changeEvent(event)
