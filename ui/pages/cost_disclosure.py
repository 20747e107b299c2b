"""Before the contract: the mandatory cost table has to be read, in a window of its own in front of everything."""

from loanapp.client.answers import CostDisclosure
from loanapp.domain.errors import LoanAppError
from loanapp.domain.status import BorrowerAction
from loanapp.journey.pages import Page
from ui.components import Card, label
from ui.formats import moment, percent, yuan
from ui.pages.disclosure_dialog import DisclosureDialog
from ui.pages.offer_later import LaterLink
from ui.pages.page import JourneyPage
from ui.translations import tr


class CostDisclosurePage(JourneyPage):
    """Opens the table as it comes; who puts it away finds here how to open it again, to wait, or to decline.

    What was read of it stays read: the time goes on where it stopped.
    """

    page_id = Page.COST_DISCLOSURE

    def build(self) -> None:
        """What the table is for, and the dialog that holds it."""
        self._disclosure: CostDisclosure | None = None
        self.scaffold.simulated.show()
        self._card = Card(spacing=6)
        self._state, self._sum, self._why, self._kept = label("", "strong"), label(""), label("", "small"), label("")
        for widget in (self._state, self._sum, self._why, self._kept):
            self._card.body.addWidget(widget)
        self.scaffold.add(self._card)
        self.scaffold.body.addStretch(1)
        self.scaffold.aside.clicked.connect(self.ask_withdraw)
        self.later = LaterLink(self)
        self.dialog = DisclosureDialog(self)
        self.dialog.confirmed.connect(self._confirm)
        self.dialog.rejected.connect(self._put_away)

    def load(self) -> None:
        """Fetch the table, checked by the guard; the time starts when it is on screen."""
        self._disclosure = None
        self.dialog.forget()
        self._show()
        self.fetch(self.journey.cost_disclosure, self._came)

    def leave(self) -> None:
        """No table stays in front of another page."""
        self.dialog.hide()
        super().leave()

    def focus_first(self) -> None:
        """The table, so that the arrow keys and End read it; without it, the way to open it."""
        if self.dialog.isVisible():
            self.dialog.focus_first()
        else:
            super().focus_first()

    def proceed(self) -> None:
        """Open the table (again)."""
        if self._disclosure is not None:
            self.dialog.show()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """What confirms waits, too."""
        super().set_busy(busy)
        self.dialog.set_busy(self.busy)

    def retranslate(self) -> None:
        """Change the words."""
        super().retranslate()
        self.scaffold.primary.setText(tr("cost_disclosure.open"))
        self.scaffold.aside.setText(tr("cost_disclosure.not_now"))
        self._show()

    def _came(self, disclosure: CostDisclosure) -> None:
        self._disclosure = disclosure
        lender = self.journey.lender
        self.dialog.show_table(disclosure, lender.reading_seconds if lender else 15)
        self._show()
        if self.isVisible():
            self.dialog.show()

    def _confirm(self, seconds: float, end_reached: bool) -> None:  # noqa: FBT001 - a signal's values
        self.context.operations.run(
            lambda: self.journey.confirm_disclosure(seconds, end_reached), self.done, self._refused, busy=self
        )

    def _refused(self, error: LoanAppError) -> None:
        """What is wrong is said on the page: the table makes room for it."""
        self.dialog.hide()
        self.show_problem(error)

    def _put_away(self) -> None:
        self._show()
        self.focus_first()

    def _show(self) -> None:
        table, application = self._disclosure, self.context.journey.application if self.context.journey else None
        self._card.setVisible(table is not None)
        self.scaffold.primary.setVisible(table is not None)
        withdrawable = application is not None and application.allows(BorrowerAction.WITHDRAW)
        self.scaffold.aside.setVisible(table is not None and withdrawable)
        self.later.refresh()
        if table is None:
            return
        lender = self.journey.lender
        self._state.setText(tr("cost_disclosure.sheet.title"))
        self._sum.setText(
            tr(
                "cost_disclosure.in_short",
                total=yuan(table.total_repayment, places=2),
                rate=percent(table.annualised_total_pct),
            )
        )
        offer = application.offer if application is not None else None
        self._kept.setVisible(offer is not None)
        if offer is not None:
            self._kept.setText(tr("decision.valid_until", time=moment(offer.valid_until)))
        self._why.setText(tr("cost_disclosure.why_wait", count=lender.reading_seconds if lender else 15))
