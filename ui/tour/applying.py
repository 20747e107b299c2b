"""The tour from the price to the permissions, and from the bank card to the application that goes off."""

from decimal import Decimal
from typing import Final

from loanapp.domain.consent import ConsentScope
from loanapp.journey.pages import Page
from ui.formats import percent, yuan
from ui.tour.driver import TourError
from ui.tour.walker import Walker
from ui.translations import tr

_AMOUNT: Final = "10000"
_MONTHS: Final = 12
_LENDER_S: Final = 60.0


class Applying(Walker):
    """Every page on which something is filled in, but the face."""

    def cost(self) -> None:
        """What a loan costs, before anybody is asked for anything."""
        from ui.pages.cost import CostPage

        driver = self.driver
        page = self._page(Page.COST, CostPage)
        # The price stands before anybody has answered: no lender, no sign-in, no question.
        driver.wait(page.figures["monthly"].text, "the price")
        self.picture("cost", yuan(Decimal("899.75")), yuan(Decimal("10797.05")), percent(Decimal("14.4")))
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
        driver.type_code(page.send, page.code.editor)
        self.picture("sign_in", tr("common.simulated"))
        self._go_on(page)

    def terms(self) -> None:
        """Amount, term, purpose, with the plan beside them."""
        from ui.pages.terms import TermsPage

        driver = self.driver
        page = self._page(Page.TERMS, TermsPage)
        driver.type(page.amount.editor, _AMOUNT, "the amount")
        self._choose_card(page.months, tr("common.months", count=_MONTHS))
        self._choose_card(page.purpose, tr("common.purpose_education"))
        self.picture("terms", yuan(Decimal("899.75")), percent(Decimal("14.4")))
        self._go_on(page)

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
