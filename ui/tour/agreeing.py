"""The tour from waiting for the answer to the loan: the offer, the cost table, the contract, the money."""

from decimal import Decimal
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from loanapp.journey.pages import Page
from ui.formats import yuan
from ui.tour.driver import TourError
from ui.tour.walker import Walker
from ui.translations import tr

_KEYS_TO_THE_END: Final = 12
_LENDER_S: Final = 60.0


class Agreeing(Walker):
    """Every page after the application has gone off."""

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
        self.picture("decision", *map(yuan, (Decimal(10000), Decimal("899.75"), Decimal("10797.05"))))
        self._go_on(page)

    def cost_disclosure(self) -> None:
        """The mandatory table: read to its end, for the whole reading time."""
        from ui.pages.cost_disclosure import CostDisclosurePage

        driver = self.driver
        page = self._page(Page.COST_DISCLOSURE, CostDisclosurePage)
        sheet = page.dialog
        driver.wait(sheet.isVisible, "the cost table in front of the page")
        driver.wait(lambda: sheet.ring.seconds_left > 0, "the reading time to run")
        self.picture("cost_disclosure", tr("cost_disclosure.sheet.title"), tr("cost_disclosure.nothing_else"))
        if sheet.confirm.isEnabled():
            raise TourError("the cost table could be confirmed before it was read")
        driver.wait(lambda: sheet.end_reached or sheet.scrolls_on, "the cost table to be laid out")
        for _ in range(_KEYS_TO_THE_END):
            driver.press(Qt.Key.Key_PageDown)
        driver.wait(lambda: sheet.end_reached, "the end of the cost table, by the keyboard")
        self.picture("cost_disclosure_end", tr("cost_disclosure.sheet.end"))
        reading = driver.desktop.context.journey
        seconds = reading.lender.reading_seconds if reading is not None and reading.lender is not None else 15
        driver.wait(sheet.confirm.isEnabled, "the reading time to end", seconds + 5)
        if sheet.ring.seconds_on_screen < seconds:
            raise TourError("the cost table could be confirmed before the reading time was over")
        driver.go_on(sheet.confirm, sheet.confirm.text())

    def contract(self) -> None:
        """The contract, read to its end by the keyboard."""
        from ui.pages.contract import ContractPage

        driver = self.driver
        page = self._page(Page.CONTRACT, ContractPage)
        driver.wait(lambda: page.view.is_painted, "the contract to be painted")
        driver.click(driver.button(page, tr("contract.explain")))
        self.picture("contract", tr("contract.terms"))
        driver.focus(page.view)
        driver.press(Qt.Key.Key_End)
        driver.wait(lambda: page.view.end_reached and page.view.is_painted, "the end of the contract")
        if page.scaffold.primary.isEnabled():
            raise TourError("the contract could be signed before its key terms were answered")
        for term in page.key_terms.terms:
            driver.click(term.understood.box, term.understood.box.accessibleName())
        self.picture("contract_end")
        self._go_on(page)

    def signing(self) -> None:
        """One tick, the code of a message of its own, one press; the steps are watched."""
        from ui.pages.signing import SigningPage

        driver = self.driver
        page = self._page(Page.SIGNING, SigningPage)
        if page.scaffold.primary.isEnabled():
            raise TourError("the contract could be signed without the confirmation")
        driver.click(page.tick.box, "the confirmation")
        driver.type_code(page.code_card.countdown.button, page.code_card.code.editor)
        self.picture("signing", "TEST CA", tr("common.simulated"))
        self._go_on(page)
        driver.wait(lambda: page.under_way or driver.desktop.window.page is not page, "the signing to begin")
        if page.under_way:
            self.picture("signing_steps", tr("signing.progress"))

    def payout(self) -> None:
        """The money, with the bank's simulated reference."""
        from ui.pages.payout import PayoutPage

        page = self._page(Page.PAYOUT, PayoutPage, 40.0)
        self.driver.wait(page.scaffold.primary.isVisible, "the money", 40.0)
        self.picture("payout", yuan(Decimal(10000), places=2), tr("payout.simulated"), tr("payout.signed.both"))
        self._go_on(page)

    def my_loan(self) -> None:
        """The loan, its papers, both signatures checked; the contract is saved by the program's own dialog."""
        from ui.pages.my_loan import MyLoanPage

        driver = self.driver
        page = self._page(Page.MY_LOAN, MyLoanPage)
        self.picture("my_loan", yuan(Decimal("899.75")), tr("my_loan.strip"))
        verify = driver.button(page, tr("my_loan.verify"))
        driver.click(verify)
        driver.wait(lambda: page.verified, "the signatures to be checked")
        driver.bring_into_view(verify)
        self.picture("my_loan_papers", tr("my_loan.verified"))
        if self.out is not None:
            self.driver.save_as(page.scaffold.primary, self.out / "contract.pdf")
