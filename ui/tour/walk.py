"""The borrower of the tour: every page in its order, and how long each took."""

import time
from collections.abc import Callable, Iterator

from loanapp.journey.pages import Page
from ui.tour.agreeing import Agreeing
from ui.tour.applying import Applying
from ui.tour.facing import Facing


class Walk(Applying, Facing, Agreeing):
    """From the price to the loan, as one test identity."""

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
