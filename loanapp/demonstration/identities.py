"""The test identities of the demonstration: who they are and what each leads to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final

from loanapp.domain.decision import DecisionReason
from loanapp.resource_files import read_toml

LONG_TERM: Final = "long_term"


class LeadsTo(StrEnum):
    """Where an application of a test identity ends, or what it meets on the way."""

    APPROVED = "approved"
    DECLINED = "declined"
    REVIEW = "review"
    IDENTITY_MISMATCH = "identity_mismatch"
    CARD_GATEWAY_DOWN = "card_gateway_down"
    CARD_MISMATCH = "card_mismatch"
    CARD_NOT_DEBIT = "card_not_debit"
    DOCUMENT_EXPIRED = "document_expired"


@dataclass(frozen=True, slots=True)
class DemonstrationIdentity:
    """One made-up borrower; every value is simulated.

    ``valid_until`` is ``None`` for a document that is valid for ever (长期). ``note`` says in ``zh`` and
    ``en`` what the identity leads to; ``reasons`` are what the borrower is told when it ends in a refusal.
    """

    key: str
    name: str
    ethnic_group: str
    identity_number: str
    address: str
    authority: str
    valid_from: date
    valid_until: date | None
    phone: str
    card_number: str
    monthly_income: Decimal
    monthly_debt: Decimal
    registry: str
    card_gateway: str
    overdue_count: int
    open_loans: int
    score_hint: int
    leads_to: LeadsTo
    reasons: tuple[DecisionReason, ...]
    note: dict[str, str]


@cache
def load_identities() -> tuple[DemonstrationIdentity, ...]:
    """Every test identity, in the order of the table."""
    rows = read_toml("policy", "demonstration_identities.toml")["identities"]
    return tuple(_identity(row) for row in rows)


def find_identity(key: str) -> DemonstrationIdentity:
    """The test identity named ``key``; raises :class:`KeyError` for an unknown one."""
    return {identity.key: identity for identity in load_identities()}[key]


def _identity(row: dict[str, Any]) -> DemonstrationIdentity:
    until = row["valid_until"]
    return DemonstrationIdentity(
        key=row["key"],
        name=row["name"],
        ethnic_group=row["ethnic_group"],
        identity_number=row["identity_number"],
        address=row["address"],
        authority=row["authority"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=None if until == LONG_TERM else date.fromisoformat(until),
        phone=row["phone"],
        card_number=row["card_number"],
        monthly_income=Decimal(row["monthly_income"]),
        monthly_debt=Decimal(row["monthly_debt"]),
        registry=row["registry"],
        card_gateway=row["card_gateway"],
        overdue_count=row["overdue_count"],
        open_loans=row["open_loans"],
        score_hint=row["score_hint"],
        leads_to=LeadsTo(row["leads_to"]),
        reasons=tuple(DecisionReason(code) for code in row["reasons"]),
        note=dict(row["note"]),
    )
