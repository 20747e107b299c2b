"""One loan by every method of repayment, and paid off early, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from loanapp.domain.annualised_cost import AnnualisedCost, annualised_cost
from loanapp.domain.prepayment import payoff_quote, settled
from loanapp.domain.schedule import RepaymentMethod, RepaymentPlan, Schedule


@dataclass(frozen=True, slots=True)
class MethodCost:
    """What one method asks for and costs."""

    method: RepaymentMethod
    schedule: Schedule
    cost: AnnualisedCost


def compare_methods(
    plan: RepaymentPlan, methods: Iterable[RepaymentMethod] = tuple(RepaymentMethod)
) -> tuple[MethodCost, ...]:
    """The same money at the same rate over the same term by each of ``methods``; raises what the cost raises."""
    schedules = [(method, replace(plan, method=method).schedule()) for method in methods]
    return tuple(MethodCost(method, schedule, annualised_cost(schedule)) for method, schedule in schedules)


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """A loan paid off on the day of instalment ``no``, once that is paid; ``amount`` is what that takes beside it."""

    no: int
    on: date
    amount: Decimal
    saved: Decimal
    schedule: Schedule
    cost: AnnualisedCost


def ended_after(plan: RepaymentPlan, schedule: Schedule, no: int) -> EarlyEnd:
    """Pay off on the day of the ``no``-th instalment, from 1; raises :class:`ValueError` where there is none."""
    if not 1 <= no <= len(schedule.rows):
        raise ValueError("no instalment with that number")
    quote = payoff_quote(plan, schedule, schedule.rows[no - 1].due)
    ended = settled(schedule, quote)
    return EarlyEnd(no, quote.on, quote.amount, quote.saved, ended, annualised_cost(ended))
