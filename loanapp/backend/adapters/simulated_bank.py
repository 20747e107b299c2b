"""The simulated bank: an outside party with a database of its own, which moves money once for each key."""

import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from loanapp.backend.adapters.ports import Receipt
from loanapp.backend.policy.models import Simulation
from loanapp.backend.store.database import Database
from loanapp.backend.store.types import Moment, Money
from loanapp.domain.clock import CHINA, Clock


class _Base(DeclarativeBase):
    """The bank's tables."""


class _Movement(_Base):
    """Money that moved; the card is known to the bank by its last four digits here, because nothing is really moved."""

    __abstract__ = True
    key: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    card_last4: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Money())
    at: Mapped[datetime] = mapped_column(Moment())


class Payment(_Movement):
    """Money that left the lender."""

    __tablename__ = "payment"


class Debit(_Movement):
    """Money that came from a borrower's card."""

    __tablename__ = "debit"


class SimulatedBank:
    """Moves no money of anybody, and remembers having done so."""

    def __init__(self, path: Path, simulation: Simulation, clock: Clock) -> None:
        self._database = Database(path)
        _Base.metadata.create_all(self._database.write_engine)
        self._seconds = simulation.bank_seconds
        self._clock = clock

    def pay(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Pay, or return the receipt of the payment made under ``key`` before."""
        del name  # a real bank checks it; this one has no accounts
        return self._move(Payment, "SIM", key, card_number, amount)

    def debit(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Debit, or return the receipt of the debit made under ``key`` before; this bank's cards never run dry."""
        del name
        return self._move(Debit, "SIMD", key, card_number, amount)

    def _move(
        self, kind: type[Payment] | type[Debit], prefix: str, key: str, card_number: str, amount: Decimal
    ) -> Receipt:
        time.sleep(self._seconds)
        with self._database.write() as session:
            found = session.get(kind, key)
            if found is None:
                now = self._clock.now()
                number = (session.scalar(select(func.count()).select_from(kind)) or 0) + 1
                found = kind(
                    key=key,
                    reference=f"{prefix}{now.astimezone(CHINA):%Y%m%d}{number:08d}",
                    card_last4=card_number[-4:],
                    amount=amount,
                    at=now,
                )
                session.add(found)
            return Receipt(found.reference, found.at.isoformat())

    def debited(self) -> list[tuple[str, Decimal]]:
        """Key and amount of every debit, for reconciliation."""
        with self._database.read() as session:
            return [(debit.key, debit.amount) for debit in session.scalars(select(Debit))]

    def paid(self) -> list[tuple[str, Decimal]]:
        """Key and amount of every payment, for reconciliation."""
        with self._database.read() as session:
            return [(payment.key, payment.amount) for payment in session.scalars(select(Payment))]

    def close(self) -> None:
        """Give back the database."""
        self._database.close()
