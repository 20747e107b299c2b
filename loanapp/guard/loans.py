"""The loan that was paid out is the loan that was signed: same contract, same money, same card."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanapp.domain.errors import ErrorCode
from loanapp.domain.schedule import Schedule
from loanapp.guard.refusal import GuardRefusal

_COLUMNS = ("payment", "principal", "interest", "fees", "balance")


@dataclass(frozen=True, slots=True)
class SignedTerms:
    """What the verified contract says of money and card; ``rows`` have number and amounts, no days.

    The days of a schedule follow the day of payout, so none of them can be held against the contract.
    """

    contract_number: str
    payout: Decimal
    rows: tuple[tuple[int, ...], ...]
    card_last4: str

    @classmethod
    def of_contract(cls, pdf: bytes) -> "SignedTerms":
        """Read a contract whose signatures were verified; raises :class:`GuardRefusal` where it has no such facts."""
        from loanapp.proof.contract_facts import ContractFactsError, read_facts  # noqa: PLC0415  (pyHanko)

        try:
            return cls._read(read_facts(pdf))
        except (ContractFactsError, KeyError, TypeError, ValueError, ArithmeticError):
            raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "facts") from None

    @classmethod
    def _read(cls, facts: Mapping[str, Any]) -> "SignedTerms":
        return cls(
            contract_number=str(facts["contract_number"]),
            payout=Decimal(facts["payout"]),
            rows=tuple((int(row["no"]), *(_cents(Decimal(row[name])) for name in _COLUMNS)) for row in facts["rows"]),
            card_last4=str(facts["borrower"]["card_masked"])[-4:],
        )

    def to_text(self) -> str:
        """For keeping; :meth:`from_text` reads it again."""
        return json.dumps([self.contract_number, str(self.payout), self.rows, self.card_last4])

    @classmethod
    def from_text(cls, text: str) -> "SignedTerms":
        """What :meth:`to_text` wrote; raises :class:`ValueError` for anything else."""
        try:
            number, payout, rows, card_last4 = json.loads(text)
            return cls(str(number), Decimal(payout), tuple(tuple(map(int, row)) for row in rows), str(card_last4))
        except (TypeError, ArithmeticError):
            raise ValueError("not the terms of a contract") from None


def check_loan(
    contract_number: str, principal: Decimal, schedule: Schedule, card_last4: str, signed: SignedTerms
) -> None:
    """Hold a paid-out loan against the contract both parties signed.

    Raises :class:`GuardRefusal` with ``GUARD_PAYOUT_DIFFERS``, ``GUARD_SCHEDULE_DIFFERS`` or
    ``GUARD_ACCOUNT_NOT_OWN``.
    """
    if contract_number != signed.contract_number:
        raise GuardRefusal(ErrorCode.GUARD_PAYOUT_DIFFERS, "contract_number")
    if principal != signed.payout:
        raise GuardRefusal(ErrorCode.GUARD_PAYOUT_DIFFERS, "principal")
    try:
        rows = tuple((row.no, *(_cents(getattr(row, name)) for name in _COLUMNS)) for row in schedule.rows)
    except (ValueError, ArithmeticError):
        rows = ()
    if rows != signed.rows:
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "loan")
    if card_last4 != signed.card_last4:
        raise GuardRefusal(ErrorCode.GUARD_ACCOUNT_NOT_OWN, "card")


def _cents(amount: Decimal) -> int:
    """Whole cents; raises :class:`ValueError` for a fraction of one."""
    cents = amount * 100
    if cents != int(cents):
        raise ValueError("not an amount in cents")
    return int(cents)
