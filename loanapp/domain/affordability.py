"""Whether a loan fits an income: what part of it goes to debts, and what is left month by month.

The bands are the caller's: numbers of policy live in dated data.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from loanapp.domain.money import ZERO
from loanapp.domain.schedule import RepaymentMethod, Schedule, due_dates

_HUNDRED: Final = Decimal(100)
_PLACES: Final = Decimal("0.01")
_EVEN: Final = frozenset({RepaymentMethod.EQUAL_INSTALMENT, RepaymentMethod.EQUAL_PRINCIPAL})

WITHOUT_INCOME_PCT: Final = Decimal(1001)
"""Stands for a burden without any income to carry it: beyond every band."""


class BurdenBand(StrEnum):
    """How heavy a loan weighs: fits; fits tightly; a person should look at it; too heavy."""

    GREEN = "green"
    AMBER = "amber"
    REVIEW = "review"
    REFUSE = "refuse"


class BurdenReason(StrEnum):
    """Why a loan is in its band."""

    SHARE_OF_INCOME = "share_of_income"
    MANY_NEW_LOANS = "many_new_loans"
    MANY_OPEN_LOANS = "many_open_loans"
    OWN_LOAN_OVERDUE = "own_loan_overdue"


@dataclass(frozen=True, slots=True)
class BurdenLimits:
    """Each percentage is the highest of its band; ``new_loans`` and ``open_loans`` are the most that pass unseen."""

    green_pct: Decimal
    amber_pct: Decimal
    review_pct: Decimal
    new_loans: int
    open_loans: int

    def band(self, burden_pct: Decimal) -> BurdenBand:
        """The band of a burden."""
        steps = (
            (BurdenBand.GREEN, self.green_pct),
            (BurdenBand.AMBER, self.amber_pct),
            (BurdenBand.REVIEW, self.review_pct),
        )
        return next((band for band, highest in steps if burden_pct <= highest), BurdenBand.REFUSE)


@dataclass(frozen=True, slots=True)
class Household:
    """What the borrower says of a month, in yuan, and of other loans; ``living`` is what life costs beside debts."""

    income: Decimal
    debts: Decimal
    living: Decimal = ZERO
    new_loans: int = 0
    open_loans: int = 0
    has_overdue: bool = False


@dataclass(frozen=True, slots=True)
class MonthLeft:
    """One month of the loan: what is paid for it and what is left of the income; negative where it does not reach."""

    no: int
    due: date
    payment: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Affordability:
    """What a loan means for a household; ``burden_pct`` with two decimals, ``instalment`` in yuan a month."""

    instalment: Decimal
    burden_pct: Decimal
    band: BurdenBand
    reasons: tuple[BurdenReason, ...]
    months: tuple[MonthLeft, ...]


@dataclass(frozen=True, slots=True)
class FittingLoan:
    """The largest loan over a term that stays within a share of income."""

    amount: Decimal
    months: int
    instalment: Decimal


def monthly_instalment(schedule: Schedule, method: RepaymentMethod) -> Decimal:
    """What a month of the loan takes: the first payment, or the average where principal comes back at the end.

    No later payment is higher but by the cents with which the last one clears.
    """
    if method in _EVEN:
        return schedule.rows[0].total
    return (schedule.total_repayment / schedule.months).quantize(_PLACES, rounding=ROUND_HALF_UP)


def burden_pct(income: Decimal, debts: Decimal, instalment: Decimal) -> Decimal:
    """Debts a month, the new loan included, in percent of income; :data:`WITHOUT_INCOME_PCT` without one."""
    if income <= 0:
        return WITHOUT_INCOME_PCT
    return min((debts + instalment) / income * _HUNDRED, WITHOUT_INCOME_PCT)


def affordability(
    household: Household, schedule: Schedule, method: RepaymentMethod, start: date, limits: BurdenLimits
) -> Affordability:
    """Weigh a loan paid out on ``start``. An own loan overdue stops everything; many loans ask for a person."""
    instalment = monthly_instalment(schedule, method)
    share = burden_pct(household.income, household.debts, instalment)
    bands = {
        BurdenReason.SHARE_OF_INCOME: limits.band(share),
        BurdenReason.MANY_NEW_LOANS: _review_if(household.new_loans > limits.new_loans),
        BurdenReason.MANY_OPEN_LOANS: _review_if(household.open_loans > limits.open_loans),
        BurdenReason.OWN_LOAN_OVERDUE: BurdenBand.REFUSE if household.has_overdue else BurdenBand.GREEN,
    }
    band = max(bands.values(), key=_weight)
    reasons = tuple(reason for reason, reached in bands.items() if reached is band is not BurdenBand.GREEN)
    shown = share.quantize(_PLACES, rounding=ROUND_HALF_UP)
    return Affordability(instalment, shown, band, reasons, months_left(household, schedule, start))


def months_left(household: Household, schedule: Schedule, start: date) -> tuple[MonthLeft, ...]:
    """Every month from payout to the last instalment, those without a payment too."""
    free = household.income - household.debts - household.living
    rows = iter(schedule.rows)
    months = []
    for no, due in enumerate(due_dates(start, schedule.months), start=1):
        row = next(rows) if no % schedule.months_per_row == 0 else None
        payment = row.total if row is not None else ZERO
        months.append(MonthLeft(no, due, payment, free - payment))
    return tuple(months)


def fitting_loan(
    household: Household,
    highest_pct: Decimal,
    amounts: Sequence[Decimal],
    months: int,
    instalment_of: Callable[[Decimal, int], Decimal],
) -> FittingLoan | None:
    """The largest of ``amounts`` (rising) whose burden is at most ``highest_pct``; ``None`` when none is.

    ``instalment_of``: what a month costs for an amount over a term; it must not fall as the amount rises.
    """
    low, high = 0, len(amounts)
    while low < high:
        middle = (low + high) // 2
        if burden_pct(household.income, household.debts, instalment_of(amounts[middle], months)) <= highest_pct:
            low = middle + 1
        else:
            high = middle
    if not low:
        return None
    amount = amounts[low - 1]
    return FittingLoan(amount, months, instalment_of(amount, months))


def lighter_loans(
    household: Household,
    highest: Decimal,
    wanted: tuple[Decimal, int],
    choices: tuple[Sequence[Decimal], Sequence[int]],
    instalment_of: Callable[[Decimal, int], Decimal],
) -> tuple[FittingLoan, ...]:
    """What stays within ``highest`` percent in place of ``wanted`` (amount, months): less money, or more time.

    ``choices`` are the amounts and the terms there are, each rising.

    Less over the same term first, then the same over the shortest term that makes it fit; where neither does, the
    largest amount over the longest term. Nothing where ``wanted`` fits, or where nothing does.
    """
    (amount, months), (amounts, terms) = wanted, choices

    def fits(term: int) -> bool:
        return burden_pct(household.income, household.debts, instalment_of(amount, term)) <= highest

    if fits(months):
        return ()
    smaller = fitting_loan(household, highest, [one for one in amounts if one < amount], months, instalment_of)
    longer = next((term for term in terms if term > months and fits(term)), None)
    found = [
        *([smaller] if smaller is not None else []),
        *([FittingLoan(amount, longer, instalment_of(amount, longer))] if longer is not None else []),
    ]
    if not found and terms[-1] != months:
        last = fitting_loan(household, highest, [one for one in amounts if one < amount], terms[-1], instalment_of)
        found = [last] if last is not None else []
    return tuple(found)


def _review_if(doubtful: bool) -> BurdenBand:  # noqa: FBT001
    return BurdenBand.REVIEW if doubtful else BurdenBand.GREEN


def _weight(band: BurdenBand) -> int:
    return list(BurdenBand).index(band)
