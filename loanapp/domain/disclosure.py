"""The mandatory cost table (综合融资成本明示表), as a lender states it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanapp.domain.localised import LocalisedText
from loanapp.domain.schedule import RepaymentMethod, Schedule


@dataclass(frozen=True, slots=True)
class CostItem:
    """One line of the table: what is charged, how, at which yearly rate, how much in yuan, and by whom."""

    id: str
    name: LocalisedText
    way: LocalisedText
    standard_annual_pct: Decimal
    amount: Decimal
    party: LocalisedText


@dataclass(frozen=True, slots=True)
class ContingentItem:
    """What is charged only if the borrower defaults."""

    id: str
    name: LocalisedText
    standard_annual_pct: Decimal
    party: LocalisedText


@dataclass(frozen=True, slots=True)
class CostDisclosure:
    """The whole table; ``raw`` is what ``sha256`` (of its canonical JSON) is held against."""

    lender: LocalisedText
    principal: Decimal
    method: RepaymentMethod
    months: int
    items: tuple[CostItem, ...]
    annualised_total_pct: Decimal
    nominal_irr_pct: Decimal
    effective_irr_pct: Decimal
    total_repayment: Decimal
    contingent: tuple[ContingentItem, ...]
    nothing_else: LocalisedText
    schedule: Schedule
    raw: Mapping[str, object]
    sha256: str
