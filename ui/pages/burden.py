"""The loan asked for against the borrower's month, for the pages that show it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from loanapp.domain.affordability import FittingLoan, Household
from loanapp.domain.clock import CHINA
from loanapp.domain.money import ZERO, parse_money
from loanapp.domain.offer import LoanTerms
from loanapp.guard.burden import Burden, weigh_loan
from loanapp.journey.pages import Page

if TYPE_CHECKING:
    from loanapp.journey.journey import Journey


def burden_of(journey: "Journey", income: Decimal | None, debts: Decimal | None, living: Decimal) -> Burden | None:
    """What the application's loan means for such a month; ``None`` while loan, income or debts are not known."""
    application, lender = journey.application, journey.lender
    if application is None or lender is None or income is None or debts is None or min(income, debts) < 0:
        return None
    return weigh_loan(
        Household(income, debts, living),
        lender.products[0],
        LoanTerms(application.amount, application.months, application.method),
        journey.clock.now().astimezone(CHINA).date(),
    )


def living_of(kept: Mapping[str, str]) -> Decimal:
    """What living costs a month, as typed on the page about the borrower; nothing where it was left out."""
    try:
        return parse_money(kept["living"]) if kept.get("living") else ZERO
    except ValueError:
        return ZERO


def take_lighter(journey: "Journey", loan: FittingLoan, back_to: Page) -> Callable[[], Page]:
    """An act that asks for ``loan`` instead and comes back to ``back_to``; what was typed stays."""

    def act() -> Page:
        application = journey.application
        if application is None:
            return back_to
        kept = journey.remembered(Page.TERMS)
        if kept:
            journey.remember(Page.TERMS, {**kept, "amount": str(loan.amount), "months": str(loan.months)})
        journey.save_terms(loan.amount, loan.months, application.method, application.purpose)
        return journey.open_page(back_to)

    return act
