"""Whether the loan asked for fits the borrower's month, before it is handed in, and which lighter one would."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from loanapp.domain.affordability import (
    Affordability,
    BurdenLimits,
    FittingLoan,
    Household,
    affordability,
    lighter_loans,
    monthly_instalment,
)
from loanapp.domain.offer import LoanTerms
from loanapp.domain.schedule import Schedule, loan_schedule
from loanapp.resource_files import read_toml, row_in_force


class LentOn(Protocol):
    """What of a product the sums need; amounts in yuan, the rate in percent a year."""

    @property
    def amounts(self) -> Sequence[int]:
        """Every amount that can be chosen, rising."""

    @property
    def months(self) -> tuple[int, ...]:
        """Every term that can be chosen, rising."""

    @property
    def annual_rate_pct(self) -> Decimal:
        """The rate."""

    @property
    def fee_per_instalment(self) -> Decimal:
        """The fee with each instalment."""


@dataclass(frozen=True, slots=True)
class Burden:
    """What the loan asked for means for the household, by which lines, and the lighter loans that would fit."""

    household: Household
    terms: LoanTerms
    means: Affordability
    lines: BurdenLimits
    lines_since: date
    lighter: tuple[FittingLoan, ...]


def burden_lines(today: date) -> tuple[BurdenLimits, date]:
    """The lines in force on ``today`` by ``limits.toml``, and the day since which all of them hold."""
    parsed = read_toml("policy", "limits.toml")

    def row(name: str) -> dict[str, Any]:
        return dict(row_in_force(parsed[name], today))

    rows = [
        row(name)
        for name in (
            "burden_green_pct",
            "burden_review_pct",
            "burden_refuse_pct",
            "new_loans_review",
            "open_loans_review",
        )
    ]
    green, amber, review, new_loans, open_loans = (Decimal(one["value"]) for one in rows)
    since = max(date.fromisoformat(str(one["from"])) for one in rows)
    return BurdenLimits(green, amber, review, int(new_loans), int(open_loans)), since


def weigh_loan(household: Household, product: LentOn, terms: LoanTerms, today: date) -> Burden:
    """Weigh a loan as if it were paid out today. A loan that fits easily has no lighter ones beside it."""
    lines, since = burden_lines(today)

    def schedule(sum_lent: Decimal, term: int) -> Schedule:
        return loan_schedule(
            sum_lent,
            product.annual_rate_pct,
            term,
            terms.method,
            today,
            fee_per_instalment=product.fee_per_instalment,
        )

    means = affordability(household, schedule(terms.amount, terms.months), terms.method, today, lines)
    lighter = lighter_loans(
        household,
        lines.green_pct,
        (terms.amount, terms.months),
        ([Decimal(one) for one in product.amounts], product.months),
        lambda sum_lent, term: monthly_instalment(schedule(sum_lent, term), terms.method),
    )
    return Burden(household, terms, means, lines, since, lighter)
