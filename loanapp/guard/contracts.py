"""A contract is believed only if its facts for machines and the pages a person sees both say what was offered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from loanapp.domain.annualised_cost import AnnualisedCost
from loanapp.domain.errors import ErrorCode
from loanapp.domain.offer import Offer
from loanapp.guard.offers import offer_age_days, own_cost, payment_dates, same_percent
from loanapp.guard.refusal import GuardRefusal

_PERCENT_PLACES: Final = Decimal("0.0001")
_ROW_AMOUNTS: Final = ("payment", "principal", "interest", "fees", "balance")
_REASONS: Final = {
    "card": ErrorCode.GUARD_ACCOUNT_NOT_OWN,
    "payout": ErrorCode.GUARD_PAYOUT_DIFFERS,
    "annual_rate": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
    "penalty": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
    "fee_before_payout": ErrorCode.GUARD_FEE_BEFORE_PAYOUT,
    "fee_per_instalment": ErrorCode.GUARD_FEE_NOT_IN_TABLE,
    "due": ErrorCode.GUARD_SCHEDULE_DIFFERS,
    "free_return": ErrorCode.GUARD_FREE_RETURN_DIFFERS,
    "pages.free_return": ErrorCode.GUARD_FREE_RETURN_DIFFERS,
    "totals": ErrorCode.GUARD_SCHEDULE_DIFFERS,
    "cost": ErrorCode.GUARD_RATE_DIFFERS,
    "pages.amount_unknown": ErrorCode.GUARD_FEE_NOT_IN_TABLE,
    "pages.rate_missing": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
    "pages.rate_unknown": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
}
_FREE_RETURN: Final = re.compile(r"自放款之时起(\d{1,5})小时内归还全部本金的，贷款人不收取利息和任何费用")
_COSTS: Final = ("nominal_irr", "effective_irr", "simple_interest", "simple_fees", "simple_total")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the contract has to say: the checked offer, the confirmed table, the parties' own marks.

    ``card_last4`` is the bound card; ``licence`` and ``contract_number`` are as the lender states them elsewhere, and
    ``free_return_hours`` as its product promises.
    """

    offer: Offer
    disclosure_sha256: str
    contract_number: str
    licence: str
    purpose: str
    card_last4: str
    free_return_hours: int


def check_contract(pdf: bytes, agreed: Agreed, today: date) -> None:
    """Hold a contract against what was agreed: its attached facts one by one, then every figure on its pages.

    Raises :class:`GuardRefusal`: its code is the reason, ``GUARD_CONTRACT_DIFFERS`` where there is none of its own;
    ``what`` names the first fact or figure.
    """
    from loanapp.proof.contract_facts import ContractFactsError, read_facts, visible_text  # noqa: PLC0415  (pyHanko)

    try:
        facts, text = read_facts(pdf), visible_text(pdf)
    except ContractFactsError:
        raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "unreadable") from None
    own = own_cost(agreed.offer.schedule, agreed.offer.payout)
    try:
        _check_facts(facts, agreed, own, today)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, OverflowError):
        raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "facts") from None
    _check_pages(text, agreed, own)
    _check_promise(text, agreed)


def _check_facts(facts: Mapping[str, Any], agreed: Agreed, own: AnnualisedCost, today: date) -> None:
    offer, schedule = agreed.offer, agreed.offer.schedule
    rows, totals, cost = facts["rows"], facts["totals"], facts["cost"]
    start = date.fromisoformat(facts["start"])
    dates = tuple(date.fromisoformat(row["due"]) for row in rows)
    earliest, latest = today - timedelta(days=offer_age_days(today)), today + timedelta(days=1)
    checks = {
        "contract_number": facts["contract_number"] == agreed.contract_number,
        "lender": facts["lender"]["licence"] == agreed.licence,
        "card": str(facts["borrower"]["card_masked"]).endswith(agreed.card_last4),
        "purpose": facts["purpose"] == agreed.purpose,
        "principal": _decimal(facts["principal"]) == offer.terms.amount,
        "payout": _decimal(facts["payout"]) == offer.payout,
        "annual_rate": _decimal(facts["annual_rate_pct"]) == offer.annual_rate_pct,
        "penalty": _decimal(facts["penalty_annual_pct"]) == offer.penalty_annual_pct,
        "free_return": facts["free_return_hours"] == agreed.free_return_hours,
        "rate_kind": facts["rate_kind"] == "fixed",
        "before_discount": _decimal(facts["before_discount"]["annual_rate_pct"]) == offer.annual_rate_pct
        and facts["before_discount"]["rows"] is None,
        "misuse": facts["misuse_annual_pct"] is None,
        "prime_rate": facts["prime_rate"] is None,
        "guarantors": facts["guarantors"] == [],
        "method": facts["method"] == offer.terms.method.value,
        "months": facts["months"] == offer.terms.months and len(rows) == len(schedule.rows),
        "fee_before_payout": _decimal(facts["fee_before_payout"]) == offer.fee_before_payout,
        "fee_per_instalment": _decimal(facts["fee_per_instalment"]) == offer.fee_per_instalment,
        "start": earliest <= start <= latest,
        "due": dates == payment_dates(offer, start),
        "totals": (_decimal(totals["interest"]), _decimal(totals["fees"]), _decimal(totals["repayment"]))
        == (schedule.total_interest, schedule.total_fees, schedule.total_repayment),
        "cost": all(same_percent(_decimal(cost[name]), getattr(own, name)) for name in _COSTS),
        "disclosure": facts["disclosure_sha256"] == agreed.disclosure_sha256,
    }
    for what, holds in checks.items():
        if not holds:
            raise _refusal(what)
    for stated, mine in zip(rows, schedule.rows, strict=True):
        for name in ("no", *_ROW_AMOUNTS):
            value = stated[name] if name == "no" else _decimal(stated[name])
            if value != getattr(mine, name):
                raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, f"{mine.no}.{name}")


def _check_pages(text: str, agreed: Agreed, own: AnnualisedCost) -> None:
    """What has to be seen is there, and no amount or rate is there that nobody agreed to."""
    from loanapp.proof.written_numbers import amounts_in, percentages_in  # noqa: PLC0415  (compiles its patterns)

    offer, schedule = agreed.offer, agreed.offer.schedule
    amounts, percentages = amounts_in(text), percentages_in(text)
    needed = {offer.terms.amount, offer.payout, schedule.total_interest, schedule.total_repayment}
    needed |= {row.payment for row in schedule.rows}
    known = needed | {getattr(row, name) for row in schedule.rows for name in _ROW_AMOUNTS}
    known |= {row.total for row in schedule.rows}
    known |= {schedule.total_fees, offer.fee_per_instalment, offer.fee_before_payout}
    if needed - amounts:
        raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "pages.amount_missing")
    if amounts - known:
        raise _refusal("pages.amount_unknown")
    seen = {_places(value) for value in percentages}
    rates = {_places(value) for value in (offer.annual_rate_pct, offer.penalty_annual_pct, own.simple_total)}
    rates |= {_places(own.nominal_irr), _places(own.effective_irr)}
    if rates - seen:
        raise _refusal("pages.rate_missing")
    if seen - rates - {_places(own.simple_interest), _places(own.simple_fees)}:
        raise _refusal("pages.rate_unknown")
    if agreed.disclosure_sha256 not in text.replace("\n", "").replace("\r", "").replace(" ", ""):
        raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "pages.disclosure")


def _check_promise(text: str, agreed: Agreed) -> None:
    """The free return stands on the pages with its hours, once; where none is promised, none is written."""
    said = _FREE_RETURN.findall("".join(text.split()))
    if said != ([str(agreed.free_return_hours)] if agreed.free_return_hours else []):
        raise _refusal("pages.free_return")


def _refusal(what: str) -> GuardRefusal:
    return GuardRefusal(_REASONS.get(what, ErrorCode.GUARD_CONTRACT_DIFFERS), what)


def _places(value: Decimal) -> Decimal:
    return value.quantize(_PERCENT_PLACES, rounding=ROUND_HALF_UP)


def _decimal(written: object) -> Decimal:
    if not isinstance(written, str):
        raise TypeError("an amount is text")
    return Decimal(written)
