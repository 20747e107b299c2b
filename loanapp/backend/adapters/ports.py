"""What the lender asks of the outside; an integrator replaces the simulators behind these ports."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class RegistryAnswer(StrEnum):
    """What a population register says of a name and a number."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


class CardAnswer(StrEnum):
    """What the four-element check says."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_DEBIT = "not_debit"


@dataclass(frozen=True, slots=True)
class BureauRecord:
    """What a credit bureau knows; ``score`` is ``None`` for a thin file, ``new_loans`` is of 90 days."""

    overdue_count: int
    open_loans: int
    score: int | None
    new_loans: int = 0


class SourceDownError(RuntimeError):
    """The source does not answer now; never a reason to decline anybody."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("the source does not answer")
        self.retry_after_seconds = retry_after_seconds


class Registry(Protocol):
    """The population register."""

    def confirm(self, name: str, identity_number: str) -> RegistryAnswer:
        """Whether name and number belong together; raises :class:`SourceDownError`."""
        ...


class CreditBureau(Protocol):
    """The credit bureau; asked only with the borrower's authorisation."""

    def query(self, identity_number: str) -> BureauRecord:
        """The record; raises :class:`SourceDownError`."""
        ...


class CardGateway(Protocol):
    """The four-element check: name, identity number, card number, phone left with the bank."""

    def confirm(self, name: str, identity_number: str, card_number: str, phone: str) -> CardAnswer:
        """Whether the four belong together; raises :class:`SourceDownError`."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """The bank's word that money was paid."""

    reference: str
    at: str


class DebitRefusedError(RuntimeError):
    """The bank does not debit this card: no money on it, or no agreement to debit."""


class Bank(Protocol):
    """Pays out and debits. The same ``key`` moves money at most once, however often it is asked."""

    def pay(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Pay, or return the receipt of the payment made under ``key`` before."""
        ...

    def debit(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Debit, or return the receipt of the debit made under ``key`` before.

        Raises :class:`DebitRefusedError`, or :class:`SourceDownError` where it is not known whether money moved.
        """
        ...


class BranchClerk(Protocol):
    """Whoever receives borrowers at a branch and compares them with their document."""

    def confirm(self, branch_id: str, slot: datetime) -> bool:
        """Whether the visit took place and the borrower is the person on the document."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """All outside sources of one lender; without a ``clerk`` no branch can be chosen."""

    registry: Registry
    bureau: CreditBureau
    gateway: CardGateway
    bank: Bank
    clerk: BranchClerk | None = None
