"""A settlement certificate is believed only if it says what this machine knows of the loan."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanapp.domain.errors import ErrorCode
from loanapp.domain.money import ZERO, wire
from loanapp.guard.refusal import GuardRefusal


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled: amounts in yuan, the day in China."""

    contract_number: str
    licence: str
    principal: Decimal
    paid_total: Decimal
    settled_on: date


def check_settlement(pdf: bytes, settled: Settled) -> None:
    """Hold the certificate's facts, and its page, against the loan.

    Raises :class:`GuardRefusal` with ``GUARD_CONTRACT_DIFFERS``; ``what`` names the first fact.
    """
    from loanapp.proof.contract_facts import (  # noqa: PLC0415  (pyHanko)
        ContractFactsError,
        read_settlement_facts,
        shown_amount,
        visible_text,
    )

    try:
        facts, text = read_settlement_facts(pdf), visible_text(pdf)
    except ContractFactsError:
        raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "unreadable") from None
    wanted = {
        "contract_number": settled.contract_number,
        "licence": settled.licence,
        "principal": wire(settled.principal),
        "paid_total": wire(settled.paid_total),
        "settled_on": settled.settled_on.isoformat(),
        "outstanding": wire(ZERO),
    }
    for what, value in wanted.items():
        if facts.get(what) != value:
            raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, what)
    for shown in (settled.contract_number, shown_amount(settled.principal), shown_amount(settled.paid_total)):
        if shown not in text:
            raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "pages")
