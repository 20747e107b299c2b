"""The borrower's own debit card: where the money goes and comes back from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt

from loanapp.domain.bank_card import issuer_of, luhn_valid, parse_card_number
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.localised import LocalisedText
from loanapp.domain.phone import parse_phone
from loanapp.domain.status import ApplicationStatus
from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml
from ui.components.banner import Banner
from ui.components.buttons import LinkButton
from ui.components.card import Card
from ui.components.error_summary import FieldError
from ui.components.labels import label
from ui.components.number_fields import BankCardField, PhoneField
from ui.components.test_identity import TestIdentityRow
from ui.messages import Level
from ui.pages.page import JourneyPage
from ui.safe_moment import Moment, SafeMoment, SafeNote, before
from ui.secret_clipboard import secret_clipboard
from ui.translations import error_sentence, tr, translator

if TYPE_CHECKING:
    from loanapp.client.application import BoundCard

_GROUP = 4
_LEAST_DIGITS = 16
_OF_THE_CARD = frozenset({ErrorCode.CARD_NUMBER_INVALID, ErrorCode.CARD_NOT_DEBIT, ErrorCode.CARD_MISMATCH})
_OF_THE_PHONE = frozenset({ErrorCode.PHONE_INVALID})


class BankCardPage(JourneyPage):
    """Number and the phone left with the bank; nothing else is ever asked, and nothing twice."""

    page_id = Page.BANK_CARD

    def build(self) -> None:
        """Make the widgets."""
        self._held: BoundCard | None = None
        self._another = False
        self.bound = Card(spacing=8)
        self.bound_name = label("", "strong")
        self.bound_phone = label("", "muted")
        self.change = LinkButton()
        self.change.clicked.connect(self._change_card)
        self.bound.body.addWidget(self.bound_name)
        self.bound.body.addWidget(self.bound_phone)
        self.bound.body.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)
        self.scaffold.add(self.bound)
        self.careful = Banner(Level.LOOK)
        self.careful.hide()
        self.onlookers = SafeNote(self.context)
        for banner in (self.onlookers, self.careful):
            self.scaffold.add(banner)
        self.fields = card = Card(spacing=18)
        self.number = BankCardField(width=320)
        self.issuer = label("", "muted", wrap=False)
        self.number.row.insertWidget(1, self.issuer)
        self.number.edited.connect(self._typed)
        secret_clipboard().guard(self.number, BankCardField.text)
        self.number.set_help("bank-card-number")
        card.body.addWidget(self.number)
        self.luhn = Banner(Level.LOOK)
        self.luhn.hide()
        card.body.addWidget(self.luhn)
        self.phone = PhoneField(width=260)
        self.phone.edited.connect(lambda _: self.remember_soon())
        self.phone.set_help("bank-card-check")
        card.body.addWidget(self.phone)
        self.scaffold.add(card)
        self.promise = Banner(Level.INFORMATION)
        self.scaffold.add(self.promise)
        self.test_people = TestIdentityRow("bank_card.take_test_card")
        self.test_people.taken.connect(self._take_test_card)
        self.test_people.hide()
        self.scaffold.add(self.test_people)

    def retranslate(self) -> None:
        """Change every word; what is typed stays."""
        super().retranslate()
        self.number.set_label(tr("bank_card.number"), tr("bank_card.number_hint"))
        self.phone.set_label(tr("bank_card.phone"), tr("bank_card.phone_hint"))
        self.promise.say(tr("bank_card.promise_title"), tr("bank_card.promise"))
        self.luhn.say("", tr("bank_card.luhn"))
        self._show_issuer()
        self._show_bound()

    def load(self) -> None:
        """Show the card bound already, or what was typed; the sign-in phone to begin with."""
        kept = self.journey.remembered(Page.BANK_CARD)
        application = self.journey.application
        # A lender that asks again for a card, after the application was handed in, wants one typed.
        draft = application is not None and application.status is ApplicationStatus.DRAFT
        self._held = application.bank_card if application is not None and draft else None
        self._another = bool(kept.get("number", ""))
        signed_in = self.journey.remembered(Page.SIGN_IN)
        self.number.set_text(kept.get("number", ""))
        self.phone.set_text(kept.get("phone", "") or signed_in.get("phone", "") or self.journey.draft.phone)
        kit = self.context.demonstration
        if self._simulated() and kit is not None:
            self.test_people.set_people(kit.identities())
            identity = self.journey.remembered(Page.IDENTITY_DOCUMENT)
            self.test_people.choose(identity.get("test_identity", "") or signed_in.get("test_identity", ""))
        self._show_issuer()
        self._show_bound()
        self.onlookers.look()
        self.all_saved()

    @property
    def goes_on_with_bound(self) -> bool:
        """Whether the main action goes on with the card bound already."""
        return self._held is not None and not self._another

    def _simulated(self) -> bool:
        lender = self.context.journey.lender if self.context.journey else None
        return self.context.demonstration is not None and lender is not None and lender.simulated

    def _show_bound(self) -> None:
        held, keeps = self._held, self.goes_on_with_bound
        self.bound.setVisible(held is not None)
        self.fields.setVisible(not keeps)
        self.test_people.setVisible(not keeps and self._simulated())
        self.scaffold.primary.setText(tr("bank_card.go_on" if keeps else "bank_card.action"))
        self.change.setText(tr("bank_card.another" if keeps else "bank_card.keep"))
        self.careful.setVisible(held is not None and not keeps)
        self.careful.say(tr("safe_moment.card_title"), tr("safe_moment.card_text"))
        self.careful.show_actions((tr("safe_moment.told"), self._was_told))
        if held is not None:
            bank = self.context.translator.pick(held.bank)
            key = "bank_card.bound" if bank else "bank_card.bound_unnamed"
            self.bound_name.setText(tr(key, bank=bank, last4=held.last4))
            self.bound_phone.setText(tr("bank_card.bound_phone", phone=held.phone_masked))

    def _was_told(self) -> None:
        SafeMoment(self, self.context, Moment.CARD).open()

    def _change_card(self) -> None:
        """Open the empty fields once nobody else is at this computer, or put them away with what was typed in them."""
        if self._another:
            self._turn_to_other()
        else:
            before(self, self.context, Moment.CARD, self._turn_to_other, self)

    def _turn_to_other(self) -> None:
        self._another = not self._another
        self.number.set_text("")
        for field in (self.number, self.phone):
            field.set_error(None)
        self.show_errors(None)
        self.show_problem(None)
        self._show_bound()
        self.focus_first()

    def values(self) -> Mapping[str, str]:
        """As typed; in the encrypted draft only until the card is bound."""
        return {"number": self.number.text(), "phone": self.phone.text()}

    def focus_first(self) -> None:
        """The number, or the main action where nothing is to be typed."""
        (self.scaffold.primary if self.goes_on_with_bound else self.number).setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[str]:
        """A number of the right length and a phone; nothing while a bound card is kept."""
        if self.goes_on_with_bound:
            return []
        return [error.text for error in self._errors_now()]

    def _errors_now(self) -> list[FieldError]:
        errors = []
        for field, check in ((self.number, parse_card_number), (self.phone, parse_phone)):
            try:
                check(field.text())
            except LoanAppError as error:
                field.set_error(error_sentence(error))
                errors.append(FieldError(error_sentence(error), field.editor))
        return errors

    def _typed(self, _number: str) -> None:
        self._show_issuer()
        self.remember_soon()

    def _show_issuer(self) -> None:
        digits = self.number.text()
        self.issuer.setText(_issuer_name(digits))
        self.luhn.setVisible(len(digits) >= _LEAST_DIGITS and not luhn_valid(digits))

    def proceed(self) -> None:
        """Have the card checked and bound, or go on with the one that is."""
        self.show_problem(None)
        if self.goes_on_with_bound:
            going = self.journey
            self.save_now()
            self.context.operations.run(lambda: going.open_page(Page.CHECK_ANSWERS), self.done, busy=self)
            return
        if self.show_errors(self._errors_now):
            return
        journey = self.journey
        number, phone = parse_card_number(self.number.text()), parse_phone(self.phone.text())
        self.save_now()

        def bind() -> Page:
            journey.bind_card(number, phone)
            return journey.current_page()

        self.context.operations.run(bind, self._bound, self._refuse, busy=self)

    def _bound(self, page: Page) -> None:
        # ASVS 14.2.6: once bound, the full number is shown and kept no more.
        self.all_saved()
        journey, phone = self.journey, self.phone.text()
        self.context.operations.save(lambda: journey.remember(Page.BANK_CARD, {"number": "", "phone": phone}))
        with QSignalBlocker(self.number):
            self.number.set_text("")
        self.done(page)

    def _refuse(self, error: LoanAppError) -> None:
        field = self.number if error.code in _OF_THE_CARD else self.phone if error.code in _OF_THE_PHONE else None
        if field is None:
            self.reject(error, {"number": self.number, "phone": self.phone})
            return
        self.mark((field, error))

    def _take_test_card(self, _key: str) -> None:
        person = self.test_people.person()
        if person is not None:
            self.number.set_text(person.card_number)
            self.phone.set_text(person.phone)


def _issuer_name(digits: str) -> str:
    """The bank whose prefix fits, in the language in force."""
    table = read_toml("policy", "bank_issuers.toml")
    if len(digits) < _GROUP:
        return ""
    bank = issuer_of(digits, {prefix: row["bank"] for prefix, row in table["prefixes"].items()})
    names = table["banks"].get(bank) if bank is not None else None
    return translator().pick(LocalisedText(names["zh"], names["en"])) if names else ""
