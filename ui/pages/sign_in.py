"""Sign in with a phone and a one-time code, or a password; and a second factor where the borrower has turned one on."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.phone import parse_phone
from loanapp.journey.pages import Page
from ui.components.buttons import LinkButton
from ui.components.card import Card
from ui.components.error_summary import FieldError
from ui.components.fields import Field
from ui.components.flow_row import FlowRow
from ui.components.number_fields import CodeField, PhoneField
from ui.components.password_field import PasswordField
from ui.components.resend_countdown import ResendCountdown
from ui.components.safety_line import SafetyLine
from ui.components.test_identity import TestIdentityRow
from ui.pages.page import JourneyPage
from ui.translations import error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.answers import CodeSent

_OF_THE_CODE = frozenset({ErrorCode.CODE_WRONG, ErrorCode.CODE_EXPIRED})
_OF_THE_PHONE = frozenset({ErrorCode.PHONE_INVALID})
_OF_THE_FACTOR = frozenset({ErrorCode.SECOND_FACTOR_NEEDED, ErrorCode.SECOND_FACTOR_WRONG})
_OF_THE_PASSWORD = frozenset({ErrorCode.SIGN_IN_WRONG})
_USES_THE_CODE_UP = frozenset({ErrorCode.RECOVERY_NEEDED, ErrorCode.RECOVERY_WAITS})


class SignInPage(JourneyPage):
    """Two fields, one warning, a countdown until another code may be sent."""

    page_id = Page.SIGN_IN

    def build(self) -> None:
        """Make the widgets."""
        card = Card(spacing=18)
        self.phone = PhoneField(width=260)
        self.phone.edited.connect(lambda _: self.remember_soon())
        self._countdown = ResendCountdown(self)
        self.send = self._countdown.button
        self.send.clicked.connect(self.request_code)
        self.phone.row.insertWidget(1, self.send)
        self.phone.set_help("phone-number", after=self.send)
        card.body.addWidget(self.phone)
        self.code = CodeField(width=160)
        self.code.set_help("one-time-code")
        card.body.addWidget(self.code)
        self.password = PasswordField()
        self.password.set_help("password-and-second-step")
        self.password.hide()
        card.body.addWidget(self.password)
        self.factor = Field(width=200)
        self.factor.set_help("password-and-second-step")
        self.factor.hide()
        card.body.addWidget(self.factor)
        self.warning = SafetyLine()
        card.body.addWidget(self.warning)
        card.body.addWidget(self._countdown.note)
        self.other_way = LinkButton()
        self.other_way.clicked.connect(self._take_other_way)
        self.by_key = LinkButton()
        self.by_key.clicked.connect(self._ask_with_key)
        self.by_key.hide()
        self.lost = LinkButton()
        self.lost.clicked.connect(self._ask_without_factor)
        self.lost.hide()
        ways = FlowRow(spacing=16)
        ways.add(self.other_way)
        ways.add(self.by_key)
        ways.add(self.lost)
        ways.close_up()
        card.body.addWidget(ways)
        self.scaffold.add(card)
        self.test_people = TestIdentityRow("sign_in.take_test_identity")
        self.test_people.taken.connect(self._take_test_identity)
        self.test_people.hide()
        self.scaffold.add(self.test_people)
        self._by_password = False

    def retranslate(self) -> None:
        """Change every word; what is typed stays."""
        super().retranslate()
        self.phone.set_label(tr("sign_in.phone"), tr("sign_in.phone_hint"))
        self.code.set_label(tr("one_time_code.code"), tr("one_time_code.code_hint"))
        self.password.set_label(tr("protection.password"))
        self.factor.set_label(tr("protection.factor"), tr("protection.factor_hint"))
        self.lost.setText(tr("protection.factor_lost"))
        self.by_key.setText(tr("security_key.use"))
        self.warning.setText(tr("sign_in.warning"))
        self._countdown.retranslate()
        self._show_way()

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
        """Leave; code and password are forgotten."""
        super().leave()
        self.code.set_text("")
        self.password.clear()
        self.factor.set_text("")
        self._ask_factor(wanted=False)
        self._countdown.forget()
        self.context.messages.show_simulated_message(None)

    def values(self) -> Mapping[str, str]:
        """The phone; never the code."""
        return {"phone": self.phone.text(), "test_identity": self.test_people.key()}

    def focus_first(self) -> None:
        """The first empty field."""
        second = self.password if self._by_password else self.code
        field = second if self.phone.text() and (self._by_password or self._countdown.code_sent) else self.phone
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[str]:
        """Phone and six digits."""
        return [error.text for error in self._errors_now()]

    def _ask_factor(self, *, wanted: bool) -> None:
        for part in (self.factor, self.lost):
            part.setVisible(wanted)
        if not wanted:
            self.by_key.hide()

    def _ask_with_key(self) -> None:
        """Show the first step again: the lender answers with what a key is to sign."""
        self.show_problem(None)
        if not self.show_errors(lambda: self._errors_now(factor=False)):
            self.context.operations.run(self._act(factor=False), self._signed_in, self._refuse, busy=self)

    def _wait_for_key(self, ticket: str) -> None:
        from ui.key_wait import SignInByKey

        journey, code, password, phone = self.journey, self.code.text(), self.password.text(), self.phone.text()
        act = (
            partial(journey.sign_in_by_password_and_key, parse_phone(phone), password, ticket)
            if self._by_password
            else partial(journey.sign_in_by_key, code, ticket)
        )
        self.by_key.show()
        dialog = SignInByKey(self, self.context, act)
        dialog.let_in.connect(self._signed_in)
        dialog.refused.connect(self._refuse)
        dialog.open()

    def _ask_without_factor(self) -> None:
        """Neither authenticator nor recovery code is left: the lender says how else to show who it is.

        Beside that the lender wants the phone code, and not the password.
        """
        if self._by_password:
            self._take_other_way()
            return
        self.show_problem(None)
        if self.show_errors(lambda: self._errors_now(factor=False)):
            return
        self.save_now()
        journey, code = self.journey, self.code.text()
        act = partial(journey.sign_in, code, factor_lost=True)
        self.context.operations.run(act, self._signed_in, self._refuse, busy=self)

    def _errors_now(self, *, factor: bool = True) -> list[FieldError]:
        errors = []
        try:
            parse_phone(self.phone.text())
        except LoanAppError as error:
            errors.append(FieldError(error_sentence(error), self.phone.editor))
            self.phone.set_error(error_sentence(error))
        if factor and not self.factor.isHidden() and not self.factor.text():
            errors.append(FieldError(tr("protection.factor_missing"), self.factor.editor))
            self.factor.set_error(tr("protection.factor_missing"))
        if self._by_password:
            if not self.password.text():
                errors.append(FieldError(tr("protection.password_missing"), self.password.editor))
                self.password.set_error(tr("protection.password_missing"))
            return errors
        if not self.code.complete:
            errors.append(FieldError(tr("one_time_code.code_missing"), self.code.editor))
            self.code.set_error(tr("one_time_code.code_missing"))
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
        self._countdown.requesting()
        self.at_work = self.send
        journey = self.journey
        self.context.operations.run(lambda: journey.request_code(phone), self._on_code_sent, self._not_sent, busy=self)

    def enter_pressed(self, field: QWidget) -> None:
        """Enter in the phone field asks for the code."""
        if field is self.phone.editor and not self._countdown.code_sent and not self._by_password:
            self.request_code()
        else:
            self.proceed()

    def _on_code_sent(self, sent: "CodeSent") -> None:
        self.code.set_error(None)
        self._countdown.sent(sent, self.journey.clock.now())
        if sent.simulated_message is not None:
            self.context.messages.show_simulated_message(sent.simulated_message)
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_sent(self, error: LoanAppError) -> None:
        self._countdown.failed(error)
        self._refuse(error)

    def take_code(self, code: str) -> None:
        """Take the code of a simulated message."""
        self.code.set_text(code)
        self.context.messages.show_simulated_message(None)
        self.scaffold.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def proceed(self) -> None:
        """Sign in."""
        self.show_problem(None)
        if self.show_errors(self._errors_now):
            return
        self.save_now()
        self.context.operations.run(self._act(), self._signed_in, self._refuse, busy=self)

    def _act(self, *, factor: bool = True) -> Callable[[], Page]:
        journey, code, password = self.journey, self.code.text(), self.password.text()
        second = (self.factor.text(),) if factor and not self.factor.isHidden() else ()
        if self._by_password:
            phone = parse_phone(self.phone.text())
            return lambda: journey.sign_in_by_password(phone, password, *second)
        return lambda: journey.sign_in(code, *second)

    def _take_other_way(self) -> None:
        self._by_password = not self._by_password
        self.show_problem(None)
        self.show_errors(None)
        self.password.clear()
        self._show_way()
        self.focus_first()

    def _show_way(self) -> None:
        by_password = self._by_password
        self.password.setVisible(by_password)
        for part in (self.code, self.send):
            part.setVisible(not by_password)
        self._countdown.note_wanted = not by_password
        self._countdown.retranslate()
        self.other_way.setText(tr("protection.by_code" if by_password else "protection.by_password"))

    def _signed_in(self, page: Page) -> None:
        self.context.messages.show_simulated_message(None)
        self.done(page)

    def _refuse(self, error: LoanAppError) -> None:
        """A refusal that names a field is shown at the field."""
        if error.code in _OF_THE_FACTOR:
            self._ask_factor(wanted=True)
            if error.code is ErrorCode.SECOND_FACTOR_NEEDED:
                self.factor.setFocus(Qt.FocusReason.OtherFocusReason)
                if ticket := str(error.details.get("key_challenge", "")):
                    self._wait_for_key(ticket)
                return
        elif error.code is ErrorCode.PHONE_CODE_NEEDED and self._by_password:
            self._take_other_way()
        fields: tuple[tuple[frozenset[ErrorCode], Field], ...] = (
            (_OF_THE_CODE, self.code),
            (_OF_THE_PHONE, self.phone),
            (_OF_THE_FACTOR, self.factor),
            (_OF_THE_PASSWORD, self.password),
        )
        field = next((one for codes, one in fields if error.code in codes), None)
        if error.code in _USES_THE_CODE_UP:
            self.code.set_text("")
        if field is None:
            self.show_problem(error)
            return
        self.mark((field, error))

    def _take_test_identity(self, _key: str) -> None:
        person = self.test_people.person()
        if person is not None:
            self.phone.set_text(person.phone)
            self.remember_soon()
