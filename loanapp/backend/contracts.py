"""The loan contract: every variable it needs, and the PDF made of them (no signature yet)."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from loanapp.domain.annualised_cost import AnnualisedCost
from loanapp.domain.clock import CHINA
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.money import ZERO, wire
from loanapp.domain.schedule import Instalment, RepaymentMethod, Schedule
from loanapp.proof.canonical_json import canonical
from loanapp.proof.contract_facts import FACTS_FORMAT, FACTS_NAME, shown_amount, shown_percent
from loanapp.proof.pdf_signature import BORROWER_BOX, LENDER_BOX
from loanapp.proof.typesetting import typeset

_PURPOSES: Final = {
    LoanPurpose.DAILY_CONSUMPTION: "日常消费",
    LoanPurpose.EDUCATION: "教育支出",
    LoanPurpose.MEDICAL: "医疗支出",
    LoanPurpose.HOME_IMPROVEMENT: "家庭装修",
    LoanPurpose.TRAVEL: "旅行",
    LoanPurpose.APPLIANCES: "购买家用电器",
}
_METHODS: Final = {
    RepaymentMethod.EQUAL_INSTALMENT: "等额本息",
    RepaymentMethod.EQUAL_PRINCIPAL: "等额本金",
    RepaymentMethod.INTEREST_FIRST: "先息后本",
    RepaymentMethod.BULLET: "到期一次还本付息",
}
# How the payments go, beside the name of the method.
_PAYMENTS: Final = {
    RepaymentMethod.EQUAL_INSTALMENT: "每期偿还的本金与利息之和相同，最后一期结清余额，金额可能略有不同。",
    RepaymentMethod.EQUAL_PRINCIPAL: "每期偿还的本金相同，利息随剩余本金逐期减少，最后一期结清余额。",
    RepaymentMethod.INTEREST_FIRST: "每期只偿还利息，最后一期偿还全部本金和当期利息。",
    RepaymentMethod.BULLET: "到期时一次偿还全部本金和利息，此前不还款。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lender:
    """The lender as a party; ``licence`` is the number of its licence."""

    name: str
    licence: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrower:
    """The borrower as a party; everything but the name comes masked, so that the file can be shown around."""

    name: str
    identity_number_masked: str
    phone_masked: str
    address_masked: str
    card_masked: str
    bank_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanPrimeRate:
    """The one-year loan prime rate the contract compares with, in percent, and the day it was published."""

    annual_rate_pct: Decimal
    published: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractData:
    """All variables of a loan contract; money in yuan, rates in percent a year.

    ``start`` is the day of payout and ``schedule`` begins there; ``made_at`` dates the document and makes its bytes
    repeatable. ``misuse_annual_pct`` and ``prime_rate`` are left out of the text when ``None``. ``disclosure_sha256``
    is the hash of the cost disclosure the borrower confirmed. Within ``free_return_hours`` after the payout the whole
    loan goes back at no cost; 0 leaves that promise out of the text.
    """

    contract_number: str
    application_number: str
    made_at: datetime
    lender: Lender
    borrower: Borrower
    purpose: LoanPurpose
    method: RepaymentMethod
    annual_rate_pct: Decimal
    penalty_annual_pct: Decimal
    schedule: Schedule
    start: date
    cost: AnnualisedCost
    disclosure_sha256: str
    payout: Decimal
    fee_before_payout: Decimal = ZERO
    misuse_annual_pct: Decimal | None = None
    prime_rate: LoanPrimeRate | None = None
    free_return_hours: int = 0
    ledger_head: str | None = None
    simulated: bool = True

    @property
    def expires(self) -> date:
        """The day the last instalment is due."""
        return self.schedule.rows[-1].due


def contract_facts(data: ContractData) -> dict[str, object]:
    """What the contract says, for machines: canonical JSON of this is attached to the PDF.

    Amounts and percentages are decimal strings, days ``YYYY-MM-DD``; a row has the fields of the API's row. What a
    loan contract may have and this one has not is told as such: ``before_discount`` has the same rate and no rows of
    its own, ``guarantors`` is empty, ``misuse_annual_pct`` and ``prime_rate`` are null.
    """
    schedule = data.schedule
    return {
        "format": FACTS_FORMAT,
        "contract_number": data.contract_number,
        "application_number": data.application_number,
        "lender": asdict(data.lender),
        "borrower": asdict(data.borrower),
        "principal": wire(schedule.principal),
        "payout": wire(data.payout),
        "annual_rate_pct": f"{data.annual_rate_pct:f}",
        "penalty_annual_pct": f"{data.penalty_annual_pct:f}",
        "rate_kind": "fixed",
        "before_discount": {"annual_rate_pct": f"{data.annual_rate_pct:f}", "rows": None},
        "misuse_annual_pct": None if data.misuse_annual_pct is None else f"{data.misuse_annual_pct:f}",
        "prime_rate": _prime_rate(data),
        "guarantors": [],
        "free_return_hours": data.free_return_hours,
        "method": data.method.value,
        "months": schedule.months,
        "purpose": data.purpose.value,
        "start": data.start.isoformat(),
        "expires": data.expires.isoformat(),
        "fee_before_payout": wire(data.fee_before_payout),
        "fee_per_instalment": wire(schedule.rows[0].fees),
        "rows": [_row(row) for row in schedule.rows],
        "totals": {
            "interest": wire(schedule.total_interest),
            "fees": wire(schedule.total_fees),
            "repayment": wire(schedule.total_repayment),
        },
        "cost": {
            "nominal_irr": f"{data.cost.nominal_irr:f}",
            "effective_irr": f"{data.cost.effective_irr:f}",
            "simple_interest": f"{data.cost.simple_interest:f}",
            "simple_fees": f"{data.cost.simple_fees:f}",
            "simple_total": f"{data.cost.simple_total:f}",
        },
        "disclosure_sha256": data.disclosure_sha256,
        "simulated": data.simulated,
    }


def render_contract(data: ContractData) -> bytes:
    """Set the contract: tagged PDF/A-3b in Chinese, the same bytes for the same data; about 0.15 s.

    The last page leaves the places of both signatures free. Raises :class:`LoanAppError` with ``ASSET_MISSING`` when
    the fonts are not there.
    """
    facts = canonical(contract_facts(data))
    inputs = {
        "contract": json.dumps(_words(data), ensure_ascii=False),
        "facts": facts.decode(),
        "facts_name": FACTS_NAME,
    }
    return typeset("loan_contract.typ", inputs, data.made_at)


def _prime_rate(data: ContractData) -> dict[str, object] | None:
    """What the rate is compared with; the contract's lies so many basis points above it."""
    prime = data.prime_rate
    if prime is None:
        return None
    return {
        "annual_rate_pct": f"{prime.annual_rate_pct:f}",
        "published": prime.published.isoformat(),
        "basis_points": _basis_points(data.annual_rate_pct, prime),
    }


def _basis_points(annual_rate_pct: Decimal, prime: LoanPrimeRate) -> str:
    return f"{((annual_rate_pct - prime.annual_rate_pct) * 100).normalize():f}"


def _row(row: Instalment) -> dict[str, object]:
    return {
        "no": row.no,
        "due": row.due.isoformat(),
        "payment": wire(row.payment),
        "principal": wire(row.principal),
        "interest": wire(row.interest),
        "fees": wire(row.fees),
        "balance": wire(row.balance),
    }


def _words(data: ContractData) -> dict[str, object]:
    """Every value the template shows, already in the words of the page."""
    schedule, first = data.schedule, data.schedule.rows[0]
    made = data.made_at.astimezone(CHINA)
    return {
        "contract_number": data.contract_number,
        "application_number": data.application_number,
        "made_on": written_day(made.date()),
        "made_date": [made.year, made.month, made.day],
        "lender": {
            "name": data.lender.name,
            "licence": data.lender.licence,
            "address": data.lender.address,
            "phone": data.lender.phone,
        },
        "borrower": {
            "name": data.borrower.name,
            "identity_number": data.borrower.identity_number_masked,
            "phone": data.borrower.phone_masked,
            "address": data.borrower.address_masked,
            "card": data.borrower.card_masked,
            "bank": data.borrower.bank_name,
        },
        "principal": shown_amount(schedule.principal),
        "principal_capitals": capital_amount(schedule.principal),
        "payout": shown_amount(data.payout),
        **_term_words(data),
        "purpose": _PURPOSES[data.purpose],
        "start": written_day(data.start),
        "expires": written_day(data.expires),
        "due_day": data.start.day,
        "first_due": written_day(first.due),
        "first_payment": shown_amount(first.total),
        "annual_rate": shown_percent(data.annual_rate_pct),
        "penalty_rate": shown_percent(data.penalty_annual_pct),
        "misuse_rate": None if data.misuse_annual_pct is None else shown_percent(data.misuse_annual_pct),
        "no_fees": schedule.total_fees == 0 and data.fee_before_payout == 0,
        "fee_before_payout": shown_amount(data.fee_before_payout),
        "fee_per_instalment": shown_amount(first.fees),
        "total_interest": shown_amount(schedule.total_interest),
        "total_fees": shown_amount(schedule.total_fees),
        "total_repayment": shown_amount(schedule.total_repayment),
        "simple_total": shown_percent(data.cost.simple_total),
        "simple_fees": shown_percent(data.cost.simple_fees),
        "nominal_irr": shown_percent(data.cost.nominal_irr),
        "effective_irr": shown_percent(data.cost.effective_irr),
        "rows": [
            [
                str(row.no),
                row.due.isoformat(),
                *(shown_amount(value) for value in (row.payment, row.principal, row.interest, row.fees, row.balance)),
            ]
            for row in schedule.rows
        ],
        "disclosure_sha256": data.disclosure_sha256,
        "ledger_head": data.ledger_head,
        "simulated": data.simulated,
        "boxes": {"borrower": list(BORROWER_BOX), "lender": list(LENDER_BOX)},
    }


def _term_words(data: ContractData) -> dict[str, object]:
    """How long, by which method, what it is compared with, and until when it goes back at no cost."""
    prime = data.prime_rate
    return {
        "months": data.schedule.months,
        "rows_count": len(data.schedule.rows),
        "method": _METHODS[data.method],
        "payments": _PAYMENTS[data.method],
        "whole_term": data.schedule.months_per_row > 1,
        "free_return_hours": data.free_return_hours,
        "prime": prime
        and {
            "rate": shown_percent(prime.annual_rate_pct),
            "on": written_day(prime.published),
            "points": _basis_points(data.annual_rate_pct, prime),
        },
    }


def written_day(day: date) -> str:
    """A day as the pages of contract and certificate write it."""
    return f"{day.year}年{day.month}月{day.day}日"


_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def capital_amount(amount: Decimal) -> str:
    """An amount in the capital numerals used on bills: ``10000.50`` -> ``壹万元伍角``.

    Yuan up to twelve digits. Raises :class:`ValueError` for a negative or larger amount.
    """
    cents = int(amount * 100)
    if not 0 <= cents < 10**14 or Decimal(cents) != amount * 100:
        raise ValueError("the amount cannot be written in capitals")
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    whole = _capital_integer(yuan)
    if not rest:
        return f"{whole or '零'}元整"
    text = f"{whole}元" if whole else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif text:
        text += "零"
    return text + (f"{_DIGITS[fen]}分" if fen else "")


def _capital_integer(number: int) -> str:
    text = ""
    gap = False
    for place, digit in reversed(list(enumerate(map(int, reversed(str(number)))))):
        group, position = divmod(place, 4)
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[position]
            gap = False
        else:
            gap = True
        if position == 0 and number // 10 ** (4 * group) % 10**4:
            text += _GROUPS[group]
            gap = False if digit else gap
    return text
