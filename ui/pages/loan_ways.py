"""Beside paying: giving back free of charge, a quote for any day, the plan as calendar and table, more time to pay."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from loanapp.client.answers import Loan
from loanapp.domain.clock import Clock
from ui.components import Banner, FlowRow, LinkButton
from ui.formats import moment
from ui.messages import Level
from ui.pages.page import JourneyPage
from ui.translations import tr


class FreeReturn(Banner):
    """The lender's promise, for as long as it holds; ``wanted`` asks for the question before the card is debited."""

    wanted = Signal()

    def __init__(self, clock: Callable[[], Clock], parent: QWidget | None = None) -> None:
        super().__init__(Level.DONE, parent=parent)
        self._clock = clock
        self._loan: Loan | None = None
        self.hide()

    def show_loan(self, loan: Loan) -> None:
        """Until the end of the promise, unless the loan is over or a payment is on its way."""
        self._loan = loan
        holds = loan.settled_at is None and not loan.repayments and self._clock().now() <= loan.free_return_until
        if holds:
            until = moment(loan.free_return_until)
            self.say(tr("my_loan.free_return", time=until), tr("my_loan.free_return_text"))
            self.show_actions((tr("my_loan.free_return_act"), self.wanted.emit))
        self.setVisible(holds)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self._loan is not None:
            self.show_loan(self._loan)
        super().changeEvent(event)


class LoanWays(FlowRow):
    """Each opens its question; ``time_wanted`` comes with reason and months, once the borrower asks for more time."""

    time_wanted = Signal(object)

    def __init__(self, page: JourneyPage) -> None:
        super().__init__(page, spacing=24)
        self._page = page
        self._loan: Loan | None = None
        self.quote, self.calendar, self.table, self.hardship = (LinkButton() for _ in range(4))
        for button in (self.quote, self.calendar, self.table, self.hardship):
            self.add(button)
        self.close_up()
        self.quote.clicked.connect(lambda: self._with_loan(self._quote))
        self.calendar.clicked.connect(lambda: self._with_loan(self._save_calendar))
        self.table.clicked.connect(lambda: self._with_loan(self._save_table))
        self.hardship.clicked.connect(lambda: self._with_loan(self._ask_for_time))
        self._retranslate()

    def show_loan(self, loan: Loan) -> None:
        """A loan that is over has its plan, and nothing to quote or to be reminded of."""
        self._loan = loan
        for button in (self.quote, self.calendar):
            button.setVisible(loan.settled_at is None)
        self.hardship.setVisible(bool(loan.hardship_offer.months) and loan.settled_at is None)

    def _with_loan(self, act: Callable[[Loan], object]) -> None:
        if self._loan is not None:
            act(self._loan)

    def _quote(self, loan: Loan) -> None:
        from ui.pages.payoff_quote import PayoffQuoteDialog

        PayoffQuoteDialog(self._page, loan, self._page.journey.clock.now()).open()

    def _ask_for_time(self, loan: Loan) -> None:
        from ui.pages.hardship import HardshipDialog

        dialog = HardshipDialog(self._page, loan, self._page.journey.clock.now())
        dialog.accepted.connect(lambda: self.time_wanted.emit(dialog.what))
        dialog.open()

    def _save_calendar(self, loan: Loan) -> None:
        from ui.pages.loan_export import save_calendar

        save_calendar(self._page, loan, self._page.journey.clock.now())

    def _save_table(self, loan: Loan) -> None:
        from ui.pages.loan_export import save_table

        save_table(self._page, loan)

    def _retranslate(self) -> None:
        self.quote.setText(tr("my_loan.quote"))
        self.calendar.setText(tr("my_loan.calendar"))
        self.table.setText(tr("my_loan.csv"))
        self.hardship.setText(tr("my_loan.hardship"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "hardship"):
            self._retranslate()
        super().changeEvent(event)
