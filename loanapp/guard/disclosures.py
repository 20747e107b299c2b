"""The mandatory cost table: every line of it equals what this machine computes, and its hash is of these very lines."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from loanapp.domain.disclosure import ContingentItem, CostDisclosure, CostItem
from loanapp.domain.errors import ErrorCode
from loanapp.domain.money import ZERO
from loanapp.domain.offer import Offer
from loanapp.domain.schedule import Instalment, Schedule
from loanapp.guard.offers import own_cost, same_percent
from loanapp.guard.refusal import GuardRefusal

_Line = TypeVar("_Line", CostItem, ContingentItem)


def check_disclosure(table: CostDisclosure, offer: Offer) -> None:
    """Hold the cost table against an offer that :func:`loanapp.guard.offers.check_offer` has let through.

    Raises :class:`GuardRefusal` with ``GUARD_TABLE_INCOMPLETE``, ``GUARD_FEE_NOT_IN_TABLE`` or
    ``GUARD_DISCLOSURE_DIFFERS``; ``what`` names the first line that lacks or differs.
    """
    _check_complete(table, offer)
    own = own_cost(offer.schedule, offer.payout)
    items, contingent = _by_id(table.items), _by_id(table.contingent)
    interest, fee = items.pop("interest", None), items.pop("fee", None)
    penalty = contingent.pop("overdue_penalty", None)
    fees = offer.schedule.total_fees
    checks = {
        "principal": table.principal == offer.terms.amount,
        "method": table.method is offer.terms.method,
        "months": table.months == offer.terms.months,
        "schedule": same_amounts(table.schedule, offer.schedule),
        "interest.amount": interest is not None and interest.amount == offer.schedule.total_interest,
        "interest.rate": interest is not None and _rate(interest, own.simple_interest),
        "fee.amount": fee is None or fee.amount == fees,
        "fee.rate": fee is None or _rate(fee, own.simple_fees),
        "items": not items,
        "annualised_total": same_percent(table.annualised_total_pct, own.simple_total),
        "nominal_irr": same_percent(table.nominal_irr_pct, own.nominal_irr),
        "effective_irr": same_percent(table.effective_irr_pct, own.effective_irr),
        "total_repayment": table.total_repayment == offer.schedule.total_repayment,
        "overdue_penalty": penalty is not None and _rate(penalty, offer.penalty_annual_pct),
        "contingent": not contingent,
        "sha256": _hash(table.raw) == table.sha256,
    }
    for what, holds in checks.items():
        if not holds:
            raise GuardRefusal(ErrorCode.GUARD_DISCLOSURE_DIFFERS, what)


def _check_complete(table: CostDisclosure, offer: Offer) -> None:
    """Everything the rule asks for is there and says something (金规〔2026〕2号)."""
    ids, contingent = {item.id for item in table.items}, {item.id for item in table.contingent}
    if "fee" not in ids and offer.schedule.total_fees != ZERO:
        raise GuardRefusal(ErrorCode.GUARD_FEE_NOT_IN_TABLE, "fee")
    words = {
        "lender": [table.lender],
        "nothing_else": [table.nothing_else],
        "items": [text for item in table.items for text in (item.name, item.way, item.party)],
        "contingent": [text for item in table.contingent for text in (item.name, item.party)],
    }
    present = {
        "interest": "interest" in ids,
        "overdue_penalty": "overdue_penalty" in contingent,
        "schedule": bool(table.schedule.rows),
        **{what: all(text.zh.strip() and text.en.strip() for text in texts) for what, texts in words.items()},
    }
    for what, there in present.items():
        if not there:
            raise GuardRefusal(ErrorCode.GUARD_TABLE_INCOMPLETE, what)


def same_amounts(stated: Schedule, offered: Schedule) -> bool:
    """Whether two schedules ask for the same money, whatever the days: those follow the day of payout."""
    return [_amounts(row) for row in stated.rows] == [_amounts(row) for row in offered.rows]


def _amounts(row: Instalment) -> tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal]:
    return row.no, row.payment, row.principal, row.interest, row.fees, row.balance


def _by_id(lines: Iterable[_Line]) -> dict[str, _Line]:
    """Lines by identifier; a line that stands twice is a refusal, since only one of them would be looked at."""
    found: dict[str, _Line] = {}
    for line in lines:
        if line.id in found:
            raise GuardRefusal(ErrorCode.GUARD_DISCLOSURE_DIFFERS, "items")
        found[line.id] = line
    return found


def _rate(line: CostItem | ContingentItem, own: Decimal) -> bool:
    return same_percent(line.standard_annual_pct, own)


def _hash(raw: Mapping[str, object]) -> str | None:
    from loanapp.proof.canonical_json import canonical_sha256  # noqa: PLC0415  (keeps proof out of the start)

    try:
        return canonical_sha256(raw)
    except ValueError:
        return None
