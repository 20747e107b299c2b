"""Paying back before it is due: all of it on any day, or a part, with the term or the instalment kept."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from loanapp.domain.interest import DayCount, interest_for_days
from loanapp.domain.money import ZERO, to_cents
from loanapp.domain.schedule import Instalment, RepaymentPlan, Schedule

_HUNDRED: Final = Decimal(100)


class PrepaymentChoice(StrEnum):
    """What a partial prepayment leaves as it was: the number of instalments, or their amount."""

    KEEP_TERM = "keep_term"
    KEEP_INSTALMENT = "keep_instalment"


@dataclass(frozen=True, slots=True)
class PayoffQuote:
    """What settles a loan on one day, in yuan; ``days`` since the last day of payment, ``accrued`` their interest.

    ``arrears`` is interest and fees of instalments that were due and not paid; their principal is in ``outstanding``.
    ``fee`` is what early payment itself costs, and fees whose day has come since the last day of payment.
    ``saved`` is the interest of the schedule that need not be paid any more.
    """

    on: date
    outstanding: Decimal
    days: int
    accrued: Decimal
    arrears: Decimal
    fee: Decimal
    saved: Decimal

    @property
    def amount(self) -> Decimal:
        """Everything there is to pay on that day."""
        return self.outstanding + self.accrued + self.arrears + self.fee


@dataclass(frozen=True, slots=True)
class Prepayment:
    """A part paid early: principal, the interest it has cost since the last day of payment, and what is left.

    ``after`` is the whole schedule with what has happened: the rows up to that day, the prepayment as part of the row
    of that very day or as a row with its number, and the rows that follow, numbered on.
    """

    on: date
    amount: Decimal
    accrued: Decimal
    choice: PrepaymentChoice
    after: Schedule
    saved: Decimal


def payoff_quote(
    plan: RepaymentPlan,
    schedule: Schedule,
    on: date,
    paid: int | None = None,
    *,
    days_of: DayCount = DayCount.ACT_360,
    fee_pct: Decimal = ZERO,
) -> PayoffQuote:
    """Settle on ``on``, any day from payout on, with ``paid`` instalments paid (by default all that are due).

    Interest runs by actual days since the last day of payment (Civil Code 677), by the plan's own day count or, where
    that is by the month, by ``days_of``, and never beyond what the running instalment would have cost. Raises
    :class:`ValueError` for a day before the payout or a number of instalments there is not.
    """
    due = sum(row.due <= on for row in schedule.rows)
    paid = due if paid is None else paid
    if on < plan.disbursed or not 0 <= paid <= len(schedule.rows):
        raise ValueError("no loan to settle on that day")
    outstanding = schedule.rows[paid - 1].balance if paid else schedule.principal
    late = schedule.rows[paid:due]
    arrears = sum((row.interest + row.fees for row in late), ZERO)
    accrued, days, saved = ZERO, 0, ZERO
    reached = max(due, paid)
    if reached < len(schedule.rows):
        running = schedule.rows[reached]
        days = 0 if paid > due else (on - _opening(plan, on)).days
        balance = schedule.rows[reached - 1].balance if reached else schedule.principal
        accrued = min(_by_days(plan, balance, days, days_of), running.interest)
        saved = sum((row.interest for row in schedule.rows[reached:]), ZERO) - accrued
    fee = to_cents(outstanding * fee_pct / _HUNDRED) + plan.dated_fees(_opening(plan, on), on)
    return PayoffQuote(on, outstanding, days, accrued, arrears, fee, saved)


def prepay(
    plan: RepaymentPlan,
    schedule: Schedule,
    on: date,
    amount: Decimal,
    choice: PrepaymentChoice,
    *,
    days_of: DayCount = DayCount.ACT_360,
) -> Prepayment:
    """Pay ``amount`` of principal on ``on``, with all instalments due by then paid; the rest is scheduled anew.

    Raises :class:`ValueError` unless the amount is in cents, above nothing and less than what is owed, and the day
    lies from payout to before the last instalment.
    """
    reached = sum(row.due <= on for row in schedule.rows)
    if on < plan.disbursed or reached >= len(schedule.rows):
        raise ValueError("no instalment is left to prepay on that day")
    done = schedule.rows[:reached]
    balance = done[-1].balance if done else schedule.principal
    if not 0 < amount < balance or amount != to_cents(amount):
        raise ValueError("a part is more than nothing and less than all that is owed")
    opening = _opening(plan, on)
    accrued = min(
        _by_days(plan, amount, (on - opening).days, days_of),
        to_cents(schedule.rows[reached].interest * amount / balance),
    )
    left, dates = balance - amount, [row.due for row in schedule.rows[reached:]]
    kept = choice is PrepaymentChoice.KEEP_INSTALMENT
    part = plan.part_of(schedule.rows[reached]) if kept else plan.usual_part(left, opening, dates)
    rest = plan.instalments(left, opening, dates, part, first_no=_number(done) + 1, until_clear=kept)
    after = replace(schedule, rows=(*_with_prepayment(done, on, amount, accrued, left), *rest))
    return Prepayment(on, amount, accrued, choice, after, schedule.total_interest - after.total_interest)


def settled(schedule: Schedule, quote: PayoffQuote) -> Schedule:
    """The schedule as it ended: the rows up to the day of the payoff, and the payoff itself."""
    done = tuple(row for row in schedule.rows if row.due <= quote.on)
    if not done or done[-1].balance:
        payment = (quote.on, quote.outstanding, quote.accrued + quote.arrears, ZERO)
        done = _with_prepayment(done, *payment, number=_number(done) + 1, fees=quote.fee)
    return replace(
        schedule, rows=done, fees=tuple(fee for fee in schedule.fees if fee.on is None or fee.on <= quote.on)
    )


def _with_prepayment(
    done: tuple[Instalment, ...],
    on: date,
    principal: Decimal,
    interest: Decimal,
    left: Decimal,
    *,
    number: int | None = None,
    fees: Decimal = ZERO,
) -> tuple[Instalment, ...]:
    payment = principal + interest
    if done and done[-1].due == on:
        row = done[-1]
        joined = replace(
            row,
            payment=row.payment + payment,
            principal=row.principal + principal,
            interest=row.interest + interest,
            fees=row.fees + fees,
            balance=left,
        )
        return (*done[:-1], joined)
    no = _number(done) if number is None else number
    return (*done, Instalment(no, on, payment, principal, interest, fees, left))


def _number(done: tuple[Instalment, ...]) -> int:
    """The number of the last instalment paid."""
    return done[-1].no if done else 0


def _opening(plan: RepaymentPlan, on: date) -> date:
    """The day since which the running instalment counts interest: the last day of payment, or that of payout."""
    return max(day for day in (plan.disbursed, *plan.due_dates()) if day <= on)


def _by_days(plan: RepaymentPlan, balance: Decimal, days: int, days_of: DayCount) -> Decimal:
    counted = days_of if plan.day_count is DayCount.MONTHLY else plan.day_count
    return interest_for_days(balance, plan.annual_rate_pct, days, counted)
