"""Reaching a person: whom to call, and what may be written to them, shown in full before it is saved or sent."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from loanapp.client.profile import Support
from loanapp.domain.errors import ErrorCode
from ui.announce import announce
from ui.components.banner import Banner
from ui.components.buttons import PrimaryButton, QuietButton, SecondaryButton
from ui.components.card import Card
from ui.components.copy_link import CopyLink
from ui.components.dialog import Dialog
from ui.components.help_sheet import give_help, way_to_help
from ui.components.labels import label
from ui.components.text_field import TextField
from ui.messages import Level
from ui.translations import tr

_WIDTH: Final = 640
_STILL_TYPING_MS: Final = 200

Said = Callable[[], tuple[str, str]]
"""A title and a text in the language in force."""


class SupportSheet(Dialog):
    """``written`` comes when the text must be made anew, with the borrower's words.

    ``save_wanted`` and ``send_wanted`` come with the text exactly as it is shown, ``copied`` with what was copied.
    """

    written = Signal(str)
    save_wanted = Signal(str)
    send_wanted = Signal(str)
    copied = Signal(str)

    def __init__(self, parent: QWidget, support: Support | None) -> None:
        super().__init__(parent, width=_WIDTH)
        self._support = support
        self._outcome: Said | None = None
        self._mended_by: ErrorCode | None = None
        self._earlier: Callable[[], str] = str
        self._build_contact()
        self._build_text()
        self.close_button, self.save, self.send = QuietButton(), SecondaryButton(), PrimaryButton()
        self.answers.addWidget(self.close_button)
        self.answers.addStretch(1)
        self.answers.addWidget(self.save)
        self.answers.addWidget(self.send)
        self.close_button.clicked.connect(self.reject)
        self.save.clicked.connect(lambda: self.save_wanted.emit(self.report.text()))
        self.send.clicked.connect(lambda: self.send_wanted.emit(self.report.text()))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_STILL_TYPING_MS)
        self._typing.timeout.connect(self._tell_written)
        self.words.edited.connect(self._typed)
        self.show_report("")
        self._retranslate()
        give_help(self, "contact-support")
        self.words.setFocus()

    def _build_contact(self) -> None:
        card = Card(padding=16, spacing=6)
        row = QHBoxLayout()
        self.phone = label("", "money", selectable=True)
        self.copy_phone = CopyLink()
        self.copy_phone.copied.connect(self.copied)
        row.addWidget(self.phone)
        row.addWidget(self.copy_phone)
        row.addStretch(1)
        card.body.addLayout(row)
        self._hours, self._email, self._source = label("", "muted"), label(""), label("", "small")
        for part in (self._hours, self._email, self._source):
            card.body.addWidget(part)
        self.body.addWidget(card)

    def _build_text(self) -> None:
        self.outcome = Banner(Level.DONE)
        self.outcome.hide()
        self.body.addWidget(self.outcome)
        self.words = TextField()
        self.words.set_help("contact-support")
        self.body.addWidget(self.words)
        self._will_send = label("", "strong")
        self.body.addWidget(self._will_send)
        card = Card(padding=16, spacing=6)
        self._checking = label("", "small")
        self.report = label("", "small-ink", selectable=True)
        card.body.addWidget(self._checking)
        card.body.addWidget(self.report)
        self.body.addWidget(card)
        self._sent_before = label("", "small")
        self._sent_before.hide()
        self.body.addWidget(self._sent_before)

    def show_report(self, text: str) -> None:
        """Show all that would be sent; nothing while the computer is still being looked at."""
        self.report.setText(text)
        self.report.setVisible(bool(text))
        self._checking.setVisible(not text)
        for button in (self.save, self.send):
            button.setEnabled(bool(text))

    def show_outcome(self, level: Level, said: Said, code: ErrorCode | None = None) -> None:
        """Say what became of it; what was sent, or waits, is not sent a second time by the same press.

        ``code`` is what went wrong, where its article may help.
        """
        self._outcome = said
        self.outcome.set_level(level)
        self.outcome.say(*said())
        self._mended_by = code
        self._offer_help()
        self.outcome.show()
        self.send.set_busy(False)
        self.send.setEnabled(level is Level.STOP)
        announce(self.outcome, self.outcome.accessibleName(), urgent=level is not Level.DONE)

    def _offer_help(self) -> None:
        self.outcome.show_actions(*([] if self._mended_by is None else [way_to_help(self, self._mended_by)]))

    def show_earlier(self, said: Callable[[], str]) -> None:
        """Name what was sent before and what still waits."""
        self._earlier = said
        self._sent_before.setText(said())
        self._sent_before.setVisible(bool(said()))

    def _typed(self, _text: str) -> None:
        # What is shown is no longer what would be said: it can be sent once it is.
        self.send.setEnabled(False)
        self.save.setEnabled(False)
        self._typing.start()

    def _tell_written(self) -> None:
        self.written.emit(self.words.text())

    def _retranslate(self) -> None:
        self.set_heading(tr("common.support"))
        support = self._support
        self.phone.setVisible(support is not None)
        self.copy_phone.offer(tr("components.phone"), support.phone if support is not None else "")
        self._source.setVisible(support is not None)
        self._email.setVisible(support is not None)
        self._hours.setText(tr("common.support_unknown"))
        if support is not None:
            self.phone.setText(support.phone)
            # Read out digit by digit, not as one great number.
            self.phone.setAccessibleName(" ".join(support.phone))
            self._hours.setText(tr("common.call_hours", hours=support.hours))
            self._email.setText(tr("help.support.email", email=support.email))
        self._source.setText(tr("help.support.phone_source"))
        self.words.set_label(tr("help.support.write"), tr("help.support.write_hint"))
        self._will_send.setText(tr("help.support.will_send"))
        self._checking.setText(tr("help.support.checking"))
        self.close_button.setText(tr("common.close"))
        self.save.setText(tr("help.support.save"))
        self.send.setText(tr("help.support.send"))
        self.show_earlier(self._earlier)
        if self._outcome is not None:
            self.outcome.say(*self._outcome())
            self._offer_help()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; the text that would be sent follows too."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "send"):
            self._retranslate()
            self._tell_written()
        super().changeEvent(event)
