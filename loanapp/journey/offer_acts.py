"""From the offer to the loan: nothing is accepted, read or signed that the guard has not let through."""

from collections.abc import Mapping
from decimal import Decimal

from loanapp.client.answers import CostDisclosure
from loanapp.client.application import Application
from loanapp.client.errors import NotAllowedNowError
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.offer import LoanTerms, Offer
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard.disclosures import check_disclosure
from loanapp.guard.offers import check_offer, check_shown_rate
from loanapp.journey.core import JourneyCore
from loanapp.journey.pages import Page


class OfferActs(JourneyCore):
    """Offer, cost disclosure, and the page that says the money is there."""

    def offer(self) -> Offer:
        """The offer, every figure of it computed again; raises :class:`GuardRefusal`."""
        return self._guarded(self._checked_offer)

    def accept_offer(self) -> Page:
        """Take the offer the guard has let through."""

        def work() -> Page:
            offer, application_id = self._checked_offer(), self._application_id()
            return self._arrived(
                self._keyed(
                    "accept",
                    [application_id, offer.offer_id],
                    lambda key: self.client.accept_offer(application_id, offer.offer_id, key),
                )
            )

        return self._guarded(work)

    def cost_disclosure(self) -> CostDisclosure:
        """The mandatory cost table, held against the offer line by line; raises :class:`GuardRefusal`."""
        return self._guarded(self._checked_disclosure)

    def confirm_disclosure(self, seconds_on_screen: float, end_reached: bool) -> Page:  # noqa: FBT001
        """Tell that the table was read.

        Raises :class:`LoanAppError` with ``READING_TIME_NOT_REACHED`` before the lender's reading time is over or its
        end was reached.
        """

        def work() -> Page:
            needed, application_id = self._profile().reading_seconds, self._application_id()
            if seconds_on_screen < needed or not end_reached:
                raise LoanAppError(ErrorCode.READING_TIME_NOT_REACHED, needed_seconds=needed)
            table = self._checked_disclosure()
            with self._lock:
                self.draft.contract["table"] = table.sha256
            self._save()  # before the lender knows: a program that ends between the two has still shown the table
            seconds = int(seconds_on_screen)
            confirmed = self._keyed(
                "disclosure",
                [application_id, table.sha256, seconds],
                lambda key: self.client.confirm_disclosure(
                    application_id, table.sha256, seconds, key, end_reached=end_reached
                ),
            )
            return self._arrived(confirmed)

        return self._guarded(work)

    def payout_seen(self) -> Page:
        """The borrower goes on from the page that says the money is there."""
        with self._lock:
            self.draft.payout_seen = self._application_id()
        self._save()
        return self.current_page()

    # Inside

    def _checked_offer(self) -> Offer:
        application = self._required()
        offer = application.offer
        if offer is None:
            raise NotAllowedNowError
        totals = application.stated_totals
        today = self._now().astimezone(CHINA).date()
        check_offer(offer, self._asked(), today, totals.repayment if totals is not None else None)
        for product in self._profile().products:
            if product.id == application.product_id:
                check_shown_rate(offer, product.annual_rate_pct)
        return offer

    def _asked(self) -> LoanTerms:
        """What the borrower asked for on this machine; on another one, what the lender says was asked."""
        application = self._required()
        asked = self._own(application)
        if "amount" not in asked:
            return LoanTerms(application.amount, application.months, application.method)
        return LoanTerms(Decimal(asked["amount"]), int(asked["months"]), RepaymentMethod(asked["method"]))

    def _own(self, application: Application) -> Mapping[str, str]:
        """What was chosen for this application on this machine; empty on another one."""
        with self._lock:
            asked = dict(self.draft.asked)
        return asked if asked.get("application_id") == application.id else {}

    def _checked_disclosure(self) -> CostDisclosure:
        offer = self._checked_offer()
        table = self.client.cost_disclosure(self._application_id())
        check_disclosure(table, offer)
        return table
