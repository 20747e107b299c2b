"""What would change a reason, and from when: figures beside the sentence that each reason has."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from loanapp.backend.origination.assessment import Facts, most_that_passes
from loanapp.backend.policy.models import Limits, Product, Scorecard
from loanapp.domain.decision import DecisionReason
from loanapp.domain.identity_number import IdentityNumber
from loanapp.domain.money import wire
from loanapp.domain.schedule import equal_instalment_payment

# What a smaller loan, all else alike, may do away with.
_BY_AMOUNT: Final = frozenset(
    {
        DecisionReason.REPAYMENT_BURDEN_TOO_HIGH,
        DecisionReason.LIMIT_REACHED,
        DecisionReason.START_SMALL,
        DecisionReason.SCORE_BELOW_THRESHOLD,
    }
)


def retry_after(reasons: tuple[DecisionReason, ...], limits: Limits, today: date) -> date:
    """The first day another application makes sense: at once where only the amount was too much to start with."""
    days = 0 if set(reasons) == {DecisionReason.START_SMALL} else int(limits.retry_after_days.value)
    return today + timedelta(days=days)


def instalment(product: Product, amount: Decimal, months: int) -> Decimal:
    """What a month takes, fees included."""
    return equal_instalment_payment(amount, product.annual_rate_pct, months) + product.fee_per_instalment


@dataclass(frozen=True, slots=True)
class Rules:
    """What an application was judged by: scorecard, limits, its product and its months."""

    scorecard: Scorecard
    limits: Limits
    product: Product
    months: int


def what_changes(
    reasons: tuple[DecisionReason, ...], facts: Facts, rules: Rules, number: IdentityNumber, again: date
) -> list[dict[str, Any]]:
    """For each reason, in its wire form: a smaller amount that passes, the least income, the day from which.

    A reason whose change is the borrower's own doing (an overdue loan paid) has no day.
    """
    product = rules.product
    steps = int((product.amount_max - product.amount_min) / product.amount_step)
    amounts = [product.amount_min + step * product.amount_step for step in range(steps + 1)]
    most = None
    if set(reasons) & _BY_AMOUNT:
        most = most_that_passes(
            facts, rules.scorecard, rules.limits, amounts, lambda one: instalment(product, one, rules.months)
        )
    return [_change(reason, most, rules, number, again) for reason in reasons]


def _change(
    reason: DecisionReason,
    most: Decimal | None,
    rules: Rules,
    number: IdentityNumber,
    again: date,
) -> dict[str, Any]:
    after: date | None = again
    if reason is DecisionReason.AGE_OUTSIDE_POLICY:
        years = int(rules.limits.minimum_age.value)
        after = None if number.age_on(again) >= years else _birthday(number.birth, years)
    elif reason is DecisionReason.OWN_LOAN_OVERDUE:
        after = None
    least = rules.scorecard.minimum_monthly_income if reason is DecisionReason.INCOME_TOO_LOW else None
    return {
        "reason": reason.value,
        "up_to": wire(most) if most is not None and reason in _BY_AMOUNT else None,
        "income_at_least": wire(least) if least is not None else None,
        "after": after.isoformat() if after is not None else None,
    }


def _birthday(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:  # 29 February
        return date(birth.year + years, 3, 1)
