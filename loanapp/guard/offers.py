"""An offer is believed only after every figure of it has been computed again on the borrower's machine."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from loanapp.domain.annualised_cost import AnnualisedCost, annualised_cost
from loanapp.domain.errors import ErrorCode
from loanapp.domain.internal_rate import NoRateError
from loanapp.domain.money import CENT, ZERO
from loanapp.domain.offer import LoanTerms, Offer
from loanapp.domain.schedule import RepaymentPlan, Schedule, loan_schedule
from loanapp.guard.refusal import GuardRefusal
from loanapp.resource_files import read_toml, row_in_force


def cost_cap_pct(today: date) -> Decimal:
    """The most one loan may cost a year, all in, in percent, by the row of ``limits.toml`` in force today.

    Raises :class:`GuardRefusal` with ``GUARD_CAP_EXPIRED`` after the last day on which that row may be relied on.
    """
    row = row_in_force(read_toml("policy", "limits.toml")["cost_cap_pct"], today)
    if "to" in row and date.fromisoformat(row["to"]) < today:
        raise GuardRefusal(ErrorCode.GUARD_CAP_EXPIRED, "cost_cap_pct")
    return Decimal(row["value"])


def offer_age_days(today: date) -> int:
    """How many days before today the day may lie from which an offer counts its due dates (``guard.toml``)."""
    return int(row_in_force(read_toml("policy", "guard.toml")["offer_age_days"], today)["value"])


def check_offer(offer: Offer, asked: LoanTerms, today: date, repayment: Decimal | None = None) -> None:
    """Compute the offer again from its terms and hold every figure it states against the result.

    ``repayment`` is the total the lender states beside the schedule, where it does. Raises :class:`GuardRefusal`
    with ``GUARD_OFFER_NOT_AS_ASKED``, ``GUARD_FEE_BEFORE_PAYOUT``, ``GUARD_PAYOUT_DIFFERS``,
    ``GUARD_SCHEDULE_DIFFERS``, ``GUARD_RATE_DIFFERS``, ``GUARD_CAP_EXPIRED``, ``GUARD_COST_OVER_CAP`` or
    ``GUARD_PENALTY_OVER_CAP``:
    the first that does not hold, in that order.
    """
    _check_as_asked(offer.terms, asked)
    if offer.fee_before_payout != ZERO:
        raise GuardRefusal(ErrorCode.GUARD_FEE_BEFORE_PAYOUT, "fee_before_payout")
    # A reader takes the schedule's principal from the terms; the guard does not count on that.
    if offer.payout != offer.terms.amount or offer.schedule.principal != offer.terms.amount:
        raise GuardRefusal(ErrorCode.GUARD_PAYOUT_DIFFERS, "payout")
    check_schedule(offer.schedule, offer, today)
    if repayment is not None and repayment != offer.schedule.total_repayment:
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "total_repayment")
    own = own_cost(offer.schedule, offer.payout)
    _check_cost(offer.cost, own)
    cap = cost_cap_pct(today)
    if own.headline > cap:
        raise GuardRefusal(ErrorCode.GUARD_COST_OVER_CAP, "annualised_cost", maximum=str(cap))
    if offer.penalty_annual_pct > cap:
        raise GuardRefusal(ErrorCode.GUARD_PENALTY_OVER_CAP, "penalty_annual_pct", maximum=str(cap))


def check_shown_rate(offer: Offer, shown_annual_pct: Decimal) -> None:
    """Hold an offer against the rate the page showed before: no more is charged than what was advertised.

    Raises :class:`GuardRefusal` with ``GUARD_PAGE_RATE_DIFFERS``.
    """
    if offer.annual_rate_pct > shown_annual_pct:
        raise GuardRefusal(ErrorCode.GUARD_PAGE_RATE_DIFFERS, "annual_rate")


def check_schedule(stated: Schedule, offer: Offer, today: date) -> None:
    """Hold a schedule, row by row, against the one the offer's terms lead to.

    Raises :class:`GuardRefusal` with ``GUARD_SCHEDULE_DIFFERS``; ``what`` names the first row and column.
    """
    terms = offer.terms
    if terms.months < 1 or not stated.rows or stated.months != terms.months or terms.amount < CENT:
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "rows")
    anchor = _anchor(stated, offer, today)
    try:
        own = loan_schedule(
            terms.amount,
            offer.annual_rate_pct,
            terms.months,
            terms.method,
            anchor,
            fee_per_instalment=offer.fee_per_instalment,
        )
    except ValueError:
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "terms") from None
    if len(stated.rows) != len(own.rows):
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "rows")
    for mine, theirs in zip(own.rows, stated.rows, strict=True):
        for column in ("no", "due", "payment", "principal", "interest", "fees", "balance"):
            if getattr(mine, column) != getattr(theirs, column):
                raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, f"{mine.no}.{column}")


def own_cost(schedule: Schedule, payout: Decimal) -> AnnualisedCost:
    """The annualised cost as this machine computes it, on the money that really arrives.

    Raises :class:`GuardRefusal` with ``GUARD_RATE_DIFFERS`` where there is no rate at all.
    """
    try:
        return annualised_cost(schedule, payout)
    except (NoRateError, ArithmeticError):
        raise GuardRefusal(ErrorCode.GUARD_RATE_DIFFERS, "no_rate") from None


def _check_as_asked(offered: LoanTerms, asked: LoanTerms) -> None:
    for name, mine, theirs in (
        ("amount", asked.amount, offered.amount),
        ("months", asked.months, offered.months),
        ("method", asked.method, offered.method),
    ):
        if mine != theirs:
            raise GuardRefusal(ErrorCode.GUARD_OFFER_NOT_AS_ASKED, name)


def _check_cost(stated: AnnualisedCost, own: AnnualisedCost) -> None:
    for name in ("nominal_irr", "effective_irr", "simple_interest", "simple_fees", "simple_total"):
        if not same_percent(getattr(stated, name), getattr(own, name)):
            raise GuardRefusal(ErrorCode.GUARD_RATE_DIFFERS, name)


def same_percent(stated: Decimal, own: Decimal) -> bool:
    """Whether a stated percentage is ours, rounded to the places it is stated with, two at least."""
    exponent = stated.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > -2:
        exponent = -2
    return stated == own.quantize(Decimal(1).scaleb(max(exponent, -4)), rounding=ROUND_HALF_UP)


def payment_dates(offer: Offer, start: date) -> tuple[date, ...]:
    """When the instalments of an offer are due if the money is paid out on ``start``; none where there is no loan."""
    terms = offer.terms
    try:
        plan = RepaymentPlan(terms.amount, offer.annual_rate_pct, terms.months, terms.method, start)
        return plan.due_dates()
    except ValueError:
        return ()


def _anchor(stated: Schedule, offer: Offer, today: date) -> date:
    """The day the due dates are counted from: recent, never ahead of tomorrow, and leading to every one of them."""
    dates = tuple(row.due for row in stated.rows)
    earliest, latest = today - timedelta(days=offer_age_days(today)), today + timedelta(days=1)
    for days in range((latest - earliest).days + 1):
        anchor = latest - timedelta(days=days)
        if payment_dates(offer, anchor) == dates:
            return anchor
    raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "due")
