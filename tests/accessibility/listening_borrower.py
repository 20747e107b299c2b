"""A borrower who hears the program and never sees it: every page of the road, by a screen reader's means alone."""

from decimal import Decimal

from loanapp.demonstration.identities import find_identity
from loanapp.journey.pages import Page
from tests.accessibility.screen_reader import Control, ReaderError, ScreenReader
from ui.formats import yuan
from ui.translations import tr

AMOUNT = 20_000
MONTHS = 12
PASSPHRASE = "只在测试里用的口令"
_LENDER_S = 60.0
_FACE_S = 60.0
_BUTTON, _FIELD, _CHOICE, _TICK, _HEADING = "push button", "text", "radio button", "check box", "heading"


class ListeningBorrower:
    """Finds everything by what it is and what it is called."""

    def __init__(self, reader: ScreenReader, identity: str = "approved") -> None:
        self.reader = reader
        self.person = find_identity(identity)

    def arrive(self, page: Page, title: str = "", seconds: float = _LENDER_S) -> None:
        """Be told that another page has come, and find the focus in it."""
        title = title or tr(f"{page.value}.title")
        self.reader.wait_for_words(title, seconds)
        self.reader.find(_HEADING, title)
        self.reader.wait(self.reader.focus, f"the focus on the page {page.value}")
        focus = self.reader.focus()
        if not focus.name:
            raise ReaderError(f"on the page {page.value} the focus is on something without a name: {focus}")

    def go_on(self, page: Page, action: str = "") -> None:
        """Press the page's main action."""
        self.reader.press(_BUTTON, action or tr(f"{page.value}.action"))

    def cost(self) -> None:
        reader = self.reader
        self.arrive(Page.COST)
        reader.set_value("slider", tr("cost.amount_slider"), AMOUNT)
        slider = reader.find("slider", tr("cost.amount_slider"))
        assert (slider.value, slider.range) == (AMOUNT, (1_000, 50_000)), "a slider says its amount, not its place"
        assert reader.find(_FIELD, tr("cost.amount")).text == "20,000"
        assert "1,799.51" in reader.words()
        self.go_on(Page.COST)

    def passphrase(self) -> None:
        """The dialog of a computer without a credential store."""
        reader = self.reader
        reader.find("dialog", "", seconds=_LENDER_S)
        field = reader.find("password text", tr("common.passphrase_field"))
        reader.wait(
            lambda: "focused" in reader.find("password text", tr("common.passphrase_field")).states, "the focus in it"
        )
        assert field.description == tr("common.passphrase_hint")
        reader.write("password text", tr("common.passphrase_field"), PASSPHRASE)
        reader.key("Return")

    def sign_in(self) -> None:
        reader = self.reader
        self.arrive(Page.SIGN_IN)
        reader.write(_FIELD, tr("sign_in.phone"), self.person.phone)
        self.code()
        self.go_on(Page.SIGN_IN)

    def code(self) -> None:
        """Have a one-time code sent, and let the program type it."""
        reader = self.reader
        reader.press(_BUTTON, tr("one_time_code.send"))
        reader.wait_for_words(tr("common.simulated"))
        reader.press(_BUTTON, tr("common.fill_code"))
        reader.wait(lambda: len(reader.find(_FIELD, tr("one_time_code.code")).text or "") == 6, "the code in its field")

    def terms(self) -> None:
        self.arrive(Page.TERMS)
        self.choose(tr("common.months", count=MONTHS), tr("terms.months"))
        self.choose(tr("common.purpose_education"), tr("terms.purpose"))
        self.go_on(Page.TERMS)

    def choose(self, choice: str, question: str) -> Control:
        """Take one of several, in the group that is called after its question."""
        reader = self.reader
        reader.press(_CHOICE, choice, "Toggle", within=question)
        chosen = reader.find(_CHOICE, choice, within=question)
        if "checked" not in chosen.states:
            raise ReaderError(f"{chosen} was taken and is not said to be checked")
        return chosen

    def identity_document(self) -> None:
        reader = self.reader
        self.arrive(Page.IDENTITY_DOCUMENT)
        reader.choose(tr("common.test_identity"), self.person.name)
        reader.press(_BUTTON, tr("identity_document.take_test_card"))
        name = tr("identity_document.name")
        reader.wait(
            lambda: reader.has(_FIELD, name) and reader.find(_FIELD, name).text, "the card to be read", _LENDER_S
        )
        assert reader.find(_FIELD, name).text == self.person.name
        reader.press(_TICK, tr("identity_document.confirm"), "Toggle")
        self.go_on(Page.IDENTITY_DOCUMENT)

    def about_you(self) -> None:
        reader = self.reader
        self.arrive(Page.ABOUT_YOU)
        self.choose(tr("common.employment_employed"), tr("about_you.employment"))
        reader.write(_FIELD, tr("about_you.income"), str(self.person.monthly_income))
        # What is missing is said at once, and the focus is on the summary.
        self.go_on(Page.ABOUT_YOU)
        reader.wait(lambda: (reader.focus() or Control(0, 0, "", "")).role == "alert", "the summary to have the focus")
        assert tr("about_you.debt_missing") in reader.focus().name
        reader.write(_FIELD, tr("about_you.debt"), str(self.person.monthly_debt))
        self.go_on(Page.ABOUT_YOU)

    def permissions(self) -> None:
        reader = self.reader
        self.arrive(Page.PERMISSIONS)
        for scope in ("face_verification", "bureau_query", "bank_account_check"):
            name = f"{tr('common.consent_yes')} {tr(f'permissions.scope_{scope}')}"
            reader.press(_TICK, name, "Toggle")
            reader.wait(lambda name=name: "checked" in reader.find(_TICK, name).states, f"{name} to be on record")
        reader.wait_for_words(tr("permissions.none_left"))
        self.go_on(Page.PERMISSIONS)

    def face_verification(self) -> None:
        """Nobody is asked twice; the demonstration borrower acts, and the prompts are said."""
        reader = self.reader
        self.arrive(Page.FACE_VERIFICATION, tr("face_verification.flash.title"))
        self.choose(tr("face_verification.flash.without_flash"), tr("face_verification.flash.question"))
        self.go_on(Page.FACE_VERIFICATION, tr("face_verification.flash.go_on"))
        self.arrive(Page.FACE_VERIFICATION, tr("face_verification.ready.title"))
        self.choose(tr("face_verification.ready.demonstration"), tr("face_verification.ready.camera"))
        self.go_on(Page.FACE_VERIFICATION, tr("face_verification.ready.start"))
        reader.wait_for_words(tr("face_verification.passed.title"), _FACE_S)
        self.go_on(Page.FACE_VERIFICATION, tr("face_verification.passed.next"))

    def bank_card(self) -> None:
        reader = self.reader
        self.arrive(Page.BANK_CARD)
        reader.write(_FIELD, tr("bank_card.number"), self.person.card_number)
        reader.write(_FIELD, tr("bank_card.phone"), self.person.phone)
        self.go_on(Page.BANK_CARD)

    def check_answers(self) -> None:
        self.arrive(Page.CHECK_ANSWERS)
        words = self.reader.words()
        assert self.person.name[0] in words
        assert tr("check_answers.face_passed") in words
        self.go_on(Page.CHECK_ANSWERS)

    def decision(self) -> None:
        """The page of waiting moves on by itself; the answer is said when it is there."""
        reader = self.reader
        reader.wait_for_words(tr("progress.title"))
        reader.wait_for_words(tr("decision.title.offered", amount=yuan(Decimal(AMOUNT))), _LENDER_S)
        assert "1,799.51" in reader.words()
        self.go_on(Page.DECISION)

    def cost_disclosure(self) -> None:
        """Read to its end by the keys; that it may be confirmed is said."""
        reader = self.reader
        self.arrive(Page.COST_DISCLOSURE)
        action = tr("cost_disclosure.action")
        assert not reader.find(_BUTTON, action, usable=False).usable, "confirmed before it was read"
        assert reader.has("table", tr("common.schedule"))
        reader.key("End")
        reader.wait_for_words(tr("common.can_go_on", action=action), _LENDER_S)
        self.go_on(Page.COST_DISCLOSURE)

    def contract(self) -> None:
        """The sheets are pictures to a reader, and say so; their words are one button away."""
        reader = self.reader
        self.arrive(Page.CONTRACT)
        sheets = reader.find("document frame", tr("contract.document"))
        assert sheets.description == tr("contract.document_hint")
        reader.press(_BUTTON, tr("contract.as_text"))
        reader.wait_for_words(tr("contract.text_ready"))
        words = reader.find(_FIELD, tr("contract.text_document")).text or ""
        assert "20,000.00" in words
        assert self.person.identity_number[-4:] in words
        reader.tab_to(_FIELD, tr("contract.text_document"))
        reader.key("End")
        for term in ("amount", "repay", "cost", "late", "early"):
            name = f"{tr(f'contract.term.{term}')}: {tr('contract.understood')}"
            assert reader.find(_TICK, name).description, "a term is told with its sentence"
            reader.press(_TICK, name, "Toggle")
        reader.wait_for_words(tr("common.can_go_on", action=tr("contract.action")))
        self.go_on(Page.CONTRACT)

    def signing(self) -> None:
        reader = self.reader
        self.arrive(Page.SIGNING)
        assert not reader.find(_BUTTON, tr("signing.action"), usable=False).usable, "signed without the confirmation"
        reader.press(_TICK, tr("signing.confirm"), "Toggle")
        self.code()
        self.go_on(Page.SIGNING)

    def payout(self) -> None:
        reader = self.reader
        reader.wait_for_words(tr("payout.title.paid"), _LENDER_S)
        words = reader.words()
        assert "20,000.00" in words
        assert tr("payout.signed.both") in words
        self.go_on(Page.PAYOUT)
        self.arrive(Page.MY_LOAN)
        assert "1,799.51" in reader.words()

    def walk(self) -> None:
        """From the price to the loan."""
        for act in (
            self.cost,
            self.passphrase,
            self.sign_in,
            self.terms,
            self.identity_document,
            self.about_you,
            self.permissions,
            self.face_verification,
            self.bank_card,
            self.check_answers,
            self.decision,
            self.cost_disclosure,
            self.contract,
            self.signing,
            self.payout,
        ):
            act()
