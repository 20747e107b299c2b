"""The borrower of the tour: what is done on each page, and what has to be true there."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from loanapp.client.answers import DemonstrationIdentityNote
from loanapp.domain.consent import ConsentScope
from loanapp.domain.liveness import Action, VerdictReason
from loanapp.journey.pages import Page
from ui.pages.page import JourneyPage
from ui.passphrase import PassphraseDialog
from ui.tour.driver import TourError, WindowDriver
from ui.tour.kit import Kept, TourKit
from ui.translations import tr

if TYPE_CHECKING:
    from ui.pages.face_verification import FaceVerificationPage

_P = TypeVar("_P", bound=JourneyPage)
_PASSPHRASE: Final = "tour-of-the-demonstration"  # noqa: S105 - of a data folder that is thrown away
_AMOUNT: Final = "10000"
_MONTHS: Final = 12
_FACE_S: Final = 40.0
_FACE_ATTEMPTS: Final = 3
_KEYS_TO_THE_END: Final = 12
_LENDER_S: Final = 60.0


class Walk:
    """From the price to the loan, as one test identity."""

    def __init__(self, driver: WindowDriver, kit: TourKit, out: Path | None, identity: str = "approved") -> None:
        self.driver = driver
        self.kit = kit
        self.out = out
        self.identity = identity
        self.kept = Kept()
        self._person: DemonstrationIdentityNote | None = None
        driver.dialog_wanted = self.passphrase_if_asked

    def to(self, last: Page) -> None:
        """Walk until ``last`` is done."""
        for page, act in self._acts():
            started = time.monotonic()
            act()
            self.kept.pages.append(page)
            self.kept.seconds[page.value] = round(time.monotonic() - started, 1)
            if page is last:
                return

    def _acts(self) -> Iterator[tuple[Page, Callable[[], None]]]:
        yield Page.COST, self.cost
        yield Page.SIGN_IN, self.sign_in
        yield Page.TERMS, self.terms
        yield Page.IDENTITY_DOCUMENT, self.identity_document
        yield Page.ABOUT_YOU, self.about_you
        yield Page.PERMISSIONS, self.permissions
        yield Page.FACE_VERIFICATION, self.face_verification
        yield Page.BANK_CARD, self.bank_card
        yield Page.CHECK_ANSWERS, self.check_answers
        yield Page.PROGRESS, self.progress
        yield Page.DECISION, self.decision
        yield Page.COST_DISCLOSURE, self.cost_disclosure
        yield Page.CONTRACT, self.contract
        yield Page.SIGNING, self.signing
        yield Page.PAYOUT, self.payout
        yield Page.MY_LOAN, self.my_loan

    # helpers

    def picture(self, name: str, *words: str) -> None:
        """Look at what is in sight, and keep it."""
        self.driver.look(words)
        if self.out is not None:
            number = len(self.kept.pictures) + 1
            path = self.out / f"{number:02d}-{name.replace('_', '-')}-{self.driver.language}.png"
            self.driver.picture(path)
            self.kept.pictures.append(path)

    def _page(self, page: Page, kind: type[_P], seconds: float = 20.0) -> _P:
        shown = self.driver.arrive(page, seconds)
        if not isinstance(shown, kind):
            raise TourError(f"the page {page.value} is a {type(shown).__name__}")
        return shown

    def _go_on(self, page: JourneyPage) -> None:
        self.driver.click(page.scaffold.primary, page.scaffold.primary.text())

    @property
    def person(self) -> DemonstrationIdentityNote:
        """The test identity as the lender lists it."""
        if self._person is None:
            journey = self.driver.desktop.context.journey
            people = journey.demonstration_identities() if journey is not None else ()
            found = next((one for one in people if one.key == self.identity), None)
            if found is None:
                raise TourError(f"the lender knows no test identity {self.identity}")
            self._person = found
        return self._person

    def passphrase_if_asked(self) -> None:
        """Choose a passphrase when the program asks for one, and keep a picture of the question."""
        dialog = self.driver.dialog()
        if isinstance(dialog, PassphraseDialog):
            self.driver.type(dialog.field.editor, _PASSPHRASE, "the passphrase")
            self.picture("passphrase")
            self.driver.click(dialog.use)

    # the pages

    def cost(self) -> None:
        """What a loan costs, before anybody is asked for anything."""
        from ui.pages.cost import CostPage

        driver = self.driver
        page = self._page(Page.COST, CostPage)
        # The price stands before anybody has answered: no lender, no sign-in, no question.
        driver.wait(page.figures["monthly"].text, "the price")
        self.picture("cost", "¥899.75", "¥10,797.05", "14.40%")
        driver.wait(lambda: driver.desktop.context.journey is not None, "the journey", _LENDER_S)
        journey = driver.desktop.context.journey
        driver.wait(lambda: journey is not None and journey.lender is not None, "the lender to answer", _LENDER_S)
        driver.type(page.amount.editor, _AMOUNT, "the amount")
        self._go_on(page)

    def sign_in(self) -> None:
        """Phone and one-time code; the simulated message arrives in the window."""
        from ui.pages.sign_in import SignInPage

        driver = self.driver
        page = self._page(Page.SIGN_IN, SignInPage)
        driver.type(page.phone.editor, self.person.phone, "the phone number")
        driver.click(page.send)
        codes: list[str] = []
        driver.desktop.messages.simulated_message.connect(
            lambda message: codes.extend([message.code] if message else [])
        )
        driver.wait(lambda: codes, "the simulated text message")
        driver.wait(lambda: not page.busy, "the page to rest")
        self.picture("sign_in", tr("common.simulated"))
        driver.type(page.code.editor, codes[-1], "the code")
        self._go_on(page)

    def terms(self) -> None:
        """Amount, term, purpose, with the plan beside them."""
        from ui.pages.terms import TermsPage

        driver = self.driver
        page = self._page(Page.TERMS, TermsPage)
        driver.type(page.amount.editor, _AMOUNT, "the amount")
        self._choose_card(page.months, tr("common.months", count=_MONTHS))
        self._choose_card(page.purpose, tr("common.purpose_education"))
        self.picture("terms", "¥899.75", "14.40%")
        self._go_on(page)

    def _choose_card(self, cards: QWidget, words: str) -> None:
        choice = self.driver.button(cards, words)
        self.driver.click(choice)
        self.driver.wait(choice.isChecked, f"the choice “{words}” to be taken")

    def identity_document(self) -> None:
        """Both sides of the test card; what was read is confirmed."""
        from ui.pages.identity_document import IdentityDocumentPage

        driver = self.driver
        page = self._page(Page.IDENTITY_DOCUMENT, IdentityDocumentPage)
        self.picture("identity_document")
        driver.choose(page.test_people.choice, self.identity, "the test identity")
        driver.click(page.test_people.button)
        read = tr("common.photo_read")

        def both_read() -> bool:
            driver.refuse_problem(page)
            return all(side.state.text() == read for side in page.sides.values()) and not page.busy

        driver.wait(both_read, "both photos to be read", _LENDER_S)
        if page.fields["name"].text() != self.person.name:
            raise TourError("the name was not read from the photo")
        driver.click(page.confirm, "the confirmation of the name")
        self.picture("identity_read", self.person.name)
        self._go_on(page)

    def about_you(self) -> None:
        """Work, income, debts."""
        from ui.pages.about_you import AboutYouPage

        page = self._page(Page.ABOUT_YOU, AboutYouPage)
        person = next(one for one in self.kit.identities() if one.key == self.identity)
        self._choose_card(page.employment, tr("common.employment_employed"))
        self.driver.type(page.income.editor, str(getattr(person, "monthly_income", "15000")), "the income")
        self.driver.type(page.debt.editor, str(getattr(person, "monthly_debt", "0")), "the debts")
        self.picture("about_you")
        self._go_on(page)

    def permissions(self) -> None:
        """Every authorisation, one by one; the one for the face is read in full first."""
        from ui.pages.permissions import PermissionsPage

        driver = self.driver
        page = self._page(Page.PERMISSIONS, PermissionsPage)
        self.picture("permissions")
        face = page.cards[ConsentScope.FACE_VERIFICATION]
        driver.click(face.more)
        driver.wait(face.text.isVisible, "the text about the face")
        driver.settle()
        driver.bring_into_view(face.yes)
        self.picture("face_consent", tr("permissions.scope_face_verification"), tr("common.consent_no"))
        driver.click(face.more)
        for card in page.cards.values():
            driver.click(card.yes)
            driver.wait(lambda: not page.busy, "the authorisation to be recorded")
            driver.refuse_problem(page)
            if not card.yes.isChecked():
                raise TourError("an authorisation was given and is not on record")
        self.picture("permissions_given")
        self._go_on(page)

    def face_verification(self) -> None:
        """Getting ready, a dark room and its hint, the light turned on, the actions, the verdict."""
        from ui.camera.face_words import Step
        from ui.pages.face_verification import FaceVerificationPage

        driver = self.driver
        page = self._page(Page.FACE_VERIFICATION, FaceVerificationPage)
        # Agreed on the page before, in so many words: nobody is asked twice.
        self._reach(page, Step.READY)
        driver.wait(lambda: not page.busy and page.scaffold.primary.isEnabled(), "the list of cameras")
        driver.choose(page.steps.ready.cameras, -1, "the demonstration borrower")
        self.picture("face_ready", tr("face_verification.ready.light"))
        self._go_on(page)
        mirror = page.steps.mirror
        if self.kit.dim:
            dark = tr("face_verification.hint.too_dark")
            driver.wait(lambda: mirror.line.text() == dark, "the hint about the light", _FACE_S)
            self.picture("face_hint", dark, tr("face_verification.only_for_identity"))
            self.kit.turn_on_the_light()
        asked = {tr(f"face_verification.action.{action.value}") for action in Action}

        self._act(page, asked)
        self.picture("face_passed", tr("face_verification.passed.title"))
        self._go_on(page)

    def _act(self, page: "FaceVerificationPage", asked: set[str]) -> None:
        """Until the verdict; a machine too slow for enough frames is told so, and the way the page offers is taken."""
        from ui.camera.face_words import Step

        driver, mirror = self.driver, page.steps.mirror
        for attempt in range(_FACE_ATTEMPTS):

            def acting() -> bool:
                self._refuse_face_trouble(page)
                return mirror.line.text() in asked and mirror.preview.state.action_progress > 0.2

            driver.wait(acting, "the first action to be under way", _FACE_S)
            if not attempt:
                self.picture("face_acting", tr("face_verification.never_tell_code"))
            driver.wait(lambda: page.step not in {Step.MIRROR, Step.SENDING}, "the verdict", _FACE_S)
            slow = page.step is Step.RETRY and page.reasons_told() == VerdictReason.TOO_FEW_FRAMES.value
            if not slow or attempt + 1 == _FACE_ATTEMPTS:
                break
            self.kept.notes.append("too few frames: this machine was busy, the face was verified again")
            self._go_on(page)
            self._reach(page, Step.READY)
            self._go_on(page)
        self._refuse_face_trouble(page)

    def _reach(self, page: object, step: object, seconds: float = 20.0) -> None:
        def there() -> bool:
            self._refuse_face_trouble(page)
            return getattr(page, "step", None) is step

        self.driver.wait(there, f"face verification to reach “{step}”", seconds)

    def _refuse_face_trouble(self, page: object) -> None:
        from ui.camera.face_words import Step
        from ui.pages.face_verification import FaceVerificationPage

        stopped = {Step.TROUBLE, Step.RETRY, Step.NO_MORE, Step.REVIEW}
        if isinstance(page, FaceVerificationPage) and page.step in stopped:
            raise TourError(f"face verification stopped at “{page.step.value}”: {page.reasons_told()}")

    def bank_card(self) -> None:
        """The own debit card."""
        from ui.pages.bank_card import BankCardPage

        page = self._page(Page.BANK_CARD, BankCardPage)
        self.driver.type(page.number.editor, self.person.card_number, "the card number")
        self.driver.type(page.phone.editor, self.person.phone, "the phone left with the bank")
        self.picture("bank_card")
        self._go_on(page)

    def check_answers(self) -> None:
        """Everything once more, then the application goes off."""
        page = self.driver.arrive(Page.CHECK_ANSWERS)
        self.picture("check_answers")
        self._go_on(page)

    def progress(self) -> None:
        """Waiting; the page moves on by itself."""
        from ui.pages.progress import ProgressPage

        page = self._page(Page.PROGRESS, ProgressPage)
        under_way = tr("common.progress_running")

        def moving() -> bool:
            shown = [line for line in page.findChildren(QLabel) if line.isVisible()]
            return not page.isVisible() or any(line.text() == under_way for line in shown)

        self.driver.wait(moving, "a check to be under way", _LENDER_S)
        if page.isVisible():
            self.picture("progress", tr("progress.may_close"))

    def decision(self) -> None:
        """The offer as a sum."""
        from ui.pages.decision import DecisionPage

        page = self._page(Page.DECISION, DecisionPage, 30.0)
        self.driver.wait(page.scaffold.primary.isVisible, "the offer")
        self.picture("decision", "¥10,000", "¥899.75", "¥10,797.05")
        self._go_on(page)

    def cost_disclosure(self) -> None:
        """The mandatory table: read to its end, for the whole reading time."""
        from ui.pages.cost_disclosure import CostDisclosurePage

        driver = self.driver
        page = self._page(Page.COST_DISCLOSURE, CostDisclosurePage)
        driver.wait(lambda: page.ring.seconds_left > 0, "the reading time to run")
        self.picture("cost_disclosure", tr("cost_disclosure.sheet.title"), tr("cost_disclosure.nothing_else"))
        if page.scaffold.primary.isEnabled():
            raise TourError("the cost table could be confirmed before it was read")
        driver.wait(lambda: page.end_reached or page.scrolls_on, "the cost table to be laid out")
        for _ in range(_KEYS_TO_THE_END):
            driver.press(Qt.Key.Key_PageDown)
        driver.wait(lambda: page.end_reached, "the end of the cost table, by the keyboard")
        self.picture("cost_disclosure_end", tr("cost_disclosure.sheet.end"))
        reading = driver.desktop.context.journey
        seconds = reading.lender.reading_seconds if reading is not None and reading.lender is not None else 15
        driver.wait(page.scaffold.primary.isEnabled, "the reading time to end", seconds + 5)
        if page.ring.seconds_on_screen < seconds:
            raise TourError("the cost table could be confirmed before the reading time was over")
        self._go_on(page)

    def contract(self) -> None:
        """The contract, read to its end by the keyboard."""
        from ui.pages.contract import ContractPage

        driver = self.driver
        page = self._page(Page.CONTRACT, ContractPage)
        driver.wait(lambda: page.view.is_painted, "the contract to be painted")
        driver.click(driver.button(page, tr("contract.explain")))
        self.picture("contract", tr("contract.terms"))
        page.view.setFocus()
        driver.press(Qt.Key.Key_End)
        driver.wait(lambda: page.view.end_reached and page.view.is_painted, "the end of the contract")
        self.picture("contract_end")
        self._go_on(page)

    def signing(self) -> None:
        """One tick, one press; the steps are watched."""
        from ui.pages.signing import SigningPage

        driver = self.driver
        page = self._page(Page.SIGNING, SigningPage)
        if page.scaffold.primary.isEnabled():
            raise TourError("the contract could be signed without the confirmation")
        driver.click(page.tick.box, "the confirmation")
        self.picture("signing", "TEST CA")
        self._go_on(page)
        driver.wait(lambda: page.under_way or driver.desktop.window.page is not page, "the signing to begin")
        if page.under_way:
            self.picture("signing_steps", tr("signing.progress"))

    def payout(self) -> None:
        """The money, with the bank's simulated reference."""
        from ui.pages.payout import PayoutPage

        page = self._page(Page.PAYOUT, PayoutPage, 40.0)
        self.driver.wait(page.scaffold.primary.isVisible, "the money", 40.0)
        self.picture("payout", "¥10,000.00", tr("payout.simulated"), tr("payout.signed.both"))
        self._go_on(page)

    def my_loan(self) -> None:
        """The loan, its papers, both signatures checked; the contract is saved by the program's own dialog."""
        from ui.pages.my_loan import MyLoanPage

        driver = self.driver
        page = self._page(Page.MY_LOAN, MyLoanPage)
        self.picture("my_loan", "¥899.75", tr("my_loan.strip"))
        driver.click(driver.button(page, tr("my_loan.verify")))
        driver.wait(lambda: page.verified, "the signatures to be checked")
        page.bring_papers_into_view()
        self.picture("my_loan_papers", tr("my_loan.verified"))
        if self.out is not None:
            self.driver.save_as(page.scaffold.primary, self.out / "contract.pdf")
