"""Sign in with a phone and a one-time code."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.phone import parse_phone
from loanapp.journey.pages import Page
from ui.components.buttons import SecondaryButton
from ui.components.card import Card
from ui.components.error_summary import FieldError
from ui.components.labels import label
from ui.components.number_fields import CodeField, PhoneField
from ui.components.safety_line import SafetyLine
from ui.components.test_identity import TestIdentityRow
from ui.pages.page import JourneyPage
from ui.translations import error_sentence, tr

_CODE_LENGTH = 6
_A_SECOND_MS = 1000
_OF_THE_CODE = frozenset({ErrorCode.CODE_WRONG, ErrorCode.CODE_EXPIRED})
_OF_THE_PHONE = frozenset({ErrorCode.PHONE_INVALID})


class SignInPage(JourneyPage):
    """Two fields, one warning, a countdown until another code may be sent."""

    page_id = Page.SIGN_IN

    def build(self) -> None:
        """Make the widgets."""
        card = Card(spacing=18)
        self.phone = PhoneField(width=260)
        self.phone.edited.connect(lambda _: self.remember_soon())
        self.send = SecondaryButton()
        self.send.clicked.connect(self.request_code)
        self.phone.row.insertWidget(1, self.send)
        self.phone.set_help("phone-number", after=self.send)
        card.body.addWidget(self.phone)
        self.code = CodeField(width=160)
        self.code.set_help("one-time-code")
        card.body.addWidget(self.code)
        self.warning = SafetyLine()
        card.body.addWidget(self.warning)
        self.sent = label("", "small")
        self.sent.hide()
        card.body.addWidget(self.sent)
        self.scaffold.add(card)
        self.test_people = TestIdentityRow("sign_in.take_test_identity")
        self.test_people.taken.connect(self._take_test_identity)
        self.test_people.hide()
        self.scaffold.add(self.test_people)
        self._seconds = 0
        self._minutes = 1
        self._code_sent = self._requesting = False
        self._clock = QTimer(self)
        self._clock.setInterval(_A_SECOND_MS)
        self._clock.timeout.connect(self._tick)

    def retranslate(self) -> None:
        """Change every word; what is typed stays."""
        super().retranslate()
        self.phone.set_label(tr("sign_in.phone"), tr("sign_in.phone_hint"))
        self.code.set_label(tr("sign_in.code"), tr("sign_in.code_hint"))
        self.warning.setText(tr("sign_in.warning"))
        self._show_countdown()

    def load(self) -> None:
        """Show the phone typed last time."""
        kept = self.journey.remembered(Page.SIGN_IN)
        self.phone.set_text(kept.get("phone", "") or self.journey.draft.phone)
        self.all_saved()
        lender, kit = self.journey.lender, self.context.demonstration
        simulated = kit is not None and lender is not None and lender.simulated
        self.test_people.setVisible(simulated)
        if simulated and kit is not None:
            self.test_people.set_people(kit.identities())
            self.test_people.choose(kept.get("test_identity", ""))

    def leave(self) -> None:
        """Leave; the code is forgotten."""
        super().leave()
        self.code.set_text("")
        self._code_sent = False
        self.context.messages.show_simulated_message(None)

    def values(self) -> Mapping[str, str]:
        """The phone; never the code."""
        return {"phone": self.phone.text(), "test_identity": self.test_people.key()}

    def focus_first(self) -> None:
        """The first empty field."""
        field = self.code if self.phone.text() and self._code_sent else self.phone
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[str]:
        """Phone and six digits."""
        return [error.text for error in self._errors_now()]

    def _errors_now(self) -> list[FieldError]:
        errors = []
        try:
            parse_phone(self.phone.text())
        except LoanAppError as error:
            errors.append(FieldError(error_sentence(error), self.phone.editor))
            self.phone.set_error(error_sentence(error))
        code = self.code.text()
        if not (len(code) == _CODE_LENGTH and code.isascii() and code.isdigit()):
            errors.append(FieldError(tr("sign_in.code_missing"), self.code.editor))
            self.code.set_error(tr("sign_in.code_missing"))
        return errors

    def request_code(self) -> None:
        """Have a code sent."""
        self.show_problem(None)
        self.show_errors(None)
        try:
            phone = parse_phone(self.phone.text())
        except LoanAppError as error:
            self._refuse(error)
            return
        self._requesting = True
        self.send.setEnabled(False)
        self.at_work = self.send
        journey = self.journey
        self.context.operations.run(lambda: journey.request_code(phone), self._on_code_sent, self._not_sent, busy=self)

    def enter_pressed(self, field: QWidget) -> None:
        """Enter in the phone field asks for the code."""
        if field is self.phone.editor and not self._code_sent:
            self.request_code()
        else:
            self.proceed()

    def _on_code_sent(self, sent: object) -> None:
        self._requesting = False
        seconds = getattr(sent, "resend_after_seconds", 60)
        self._code_sent = True
        self.code.set_error(None)
        expires = getattr(sent, "expires_at", None)
        self._minutes = max(1, round((expires - self.journey.clock.now()).total_seconds() / 60)) if expires else 1
        self._seconds = int(seconds)
        self._clock.start()
        self._show_countdown()
        if (message := getattr(sent, "simulated_message", None)) is not None:
            self.context.messages.show_simulated_message(message)
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_sent(self, error: LoanAppError) -> None:
        self._requesting = False
        wait = error.details.get("retry_after_seconds")
        if isinstance(wait, int):
            self._seconds = wait
            self._clock.start()
        self._show_countdown()
        self._refuse(error)

    def take_code(self, code: str) -> None:
        """Take the code of a simulated message."""
        self.code.set_text(code)
        self.scaffold.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def proceed(self) -> None:
        """Sign in."""
        self.show_problem(None)
        if self.show_errors(self._errors_now):
            return
        code, journey = self.code.text(), self.journey
        self.save_now()
        self.context.operations.run(lambda: journey.sign_in(code), self._signed_in, self._refuse, busy=self)

    def _signed_in(self, page: Page) -> None:
        self.context.messages.show_simulated_message(None)
        self.done(page)

    def _refuse(self, error: LoanAppError) -> None:
        """A refusal that names a field is shown at the field."""
        field = self.code if error.code in _OF_THE_CODE else self.phone if error.code in _OF_THE_PHONE else None
        if field is None:
            self.show_problem(error)
            return
        self.mark((field, error))

    def _tick(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        if not self._seconds:
            self._clock.stop()
        self._show_countdown()

    def _show_countdown(self) -> None:
        waiting = self._seconds > 0
        self.send.setEnabled(not waiting and not self._requesting)
        again = tr("sign_in.send_again") if self._code_sent else tr("sign_in.send")
        self.send.setText(tr("sign_in.send_in", count=self._seconds) if waiting else again)
        self.sent.setText(tr("sign_in.sent", count=self._minutes))
        self.sent.setVisible(self._code_sent)

    def _take_test_identity(self, _key: str) -> None:
        person = self.test_people.person()
        if person is not None:
            self.phone.set_text(person.phone)
            self.remember_soon()
