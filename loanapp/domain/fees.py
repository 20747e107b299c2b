"""What a lender charges beside interest: how much, for what, and when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from loanapp.domain.money import to_cents


class FeeTiming(StrEnum):
    """When a fee is taken. One on an event (late payment, misuse) is no part of the cost of a loan kept to."""

    PER_INSTALMENT = "per_instalment"
    UPFRONT = "upfront"
    ON_DATE = "on_date"
    ON_EVENT = "on_event"


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee in yuan; ``on`` is its day where it has one. Raises :class:`ValueError` where the parts do not fit."""

    name: str
    amount: Decimal
    timing: FeeTiming
    on: date | None = None

    def __post_init__(self) -> None:
        if self.amount < 0 or self.amount != to_cents(self.amount):
            raise ValueError("a fee is an amount in cents, not below nothing")
        if (self.on is not None) != (self.timing is FeeTiming.ON_DATE):
            raise ValueError("a fee on a date has a day, and no other fee has one")
