"""Stated income held against social insurance: the one use of that record, and all of it that a decision sees.

What comes of it brings a person or brings nobody; it declines nobody, earns no points and moves no price.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from loanapp.backend.adapters.ports import InsuranceRecord
from loanapp.backend.policy.models import Limits


class IncomeCheck(StrEnum):
    """What came of holding stated income against another source."""

    NOT_NEEDED = "not_needed"
    BORNE_OUT = "borne_out"
    DIFFERS = "differs"
    NOT_AUTHORISED = "not_authorised"
    UNANSWERED = "unanswered"


def hold_income(stated: Decimal, record: InsuranceRecord, limits: Limits) -> IncomeCheck:
    """Whether a monthly income in yuan is borne out: paid in lately, on a base that it is not too far above.

    A base at the region's highest says nothing of what lies above it. Who pays in on a base of their own choice, or
    not as an employee, is seen by a person.
    """
    if record.base is None or record.months_paid < limits.insured_months_least.value:
        return IncomeCheck.DIFFERS
    highest = record.base * (100 + limits.income_over_base_pct.value) / 100
    return IncomeCheck.BORNE_OUT if record.capped or stated <= highest else IncomeCheck.DIFFERS


def written(record: InsuranceRecord) -> dict[str, Any]:
    """The record as it is kept, sealed."""
    base = None if record.base is None else f"{record.base:f}"
    return {"months_paid": record.months_paid, "base": base, "capped": record.capped}


def read(kept: dict[str, Any]) -> InsuranceRecord:
    """A record that was kept."""
    base = kept["base"]
    return InsuranceRecord(kept["months_paid"], None if base is None else Decimal(base), kept["capped"])
