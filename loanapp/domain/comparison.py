"""One loan by every method of repayment, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from loanapp.domain.annualised_cost import AnnualisedCost, annualised_cost
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
