"""What the lender offers and what it will cost, as both sides speak of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loanapp.domain.annualised_cost import AnnualisedCost
from loanapp.domain.schedule import RepaymentMethod, Schedule


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What the borrower asked for; ``amount`` in yuan."""

    amount: Decimal
    months: int
    method: RepaymentMethod


@dataclass(frozen=True, slots=True)
class Offer:
    """The lender's offer with every figure it states; none is trusted before the guard has recomputed it.

    ``payout`` is the money that will reach the card; ``fee_per_instalment`` and ``fee_before_payout`` in yuan;
    ``penalty_annual_pct`` applies to an overdue amount.
    """

    offer_id: str
    terms: LoanTerms
    annual_rate_pct: Decimal
    fee_per_instalment: Decimal
    fee_before_payout: Decimal
    penalty_annual_pct: Decimal
    payout: Decimal
    schedule: Schedule
    cost: AnnualisedCost
    valid_until: datetime
