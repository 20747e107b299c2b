"""The simulated bank: an outside party with a database of its own, which pays each key once."""

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


class Payment(_Base):
    """Money that left; the card is known to the bank by its last four digits here, because nothing is really paid."""

    __tablename__ = "payment"
    key: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    card_last4: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Money())
    at: Mapped[datetime] = mapped_column(Moment())


class SimulatedBank:
    """Pays nothing to anybody, and remembers having done so."""

    def __init__(self, path: Path, simulation: Simulation, clock: Clock) -> None:
        self._database = Database(path)
        _Base.metadata.create_all(self._database.write_engine)
        self._seconds = simulation.bank_seconds
        self._clock = clock

    def pay(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Pay, or return the receipt of the payment made under ``key`` before."""
        del name  # a real bank checks it; this one has no accounts
        time.sleep(self._seconds)
        with self._database.write() as session:
            payment = session.get(Payment, key)
            if payment is None:
                now = self._clock.now()
                number = (session.scalar(select(func.count()).select_from(Payment)) or 0) + 1
                payment = Payment(
                    key=key,
                    reference=f"SIM{now.astimezone(CHINA):%Y%m%d}{number:08d}",
                    card_last4=card_number[-4:],
                    amount=amount,
                    at=now,
                )
                session.add(payment)
            return Receipt(payment.reference, payment.at.isoformat())

    def paid(self) -> list[tuple[str, Decimal]]:
        """Key and amount of every payment, for reconciliation."""
        with self._database.read() as session:
            return [(payment.key, payment.amount) for payment in session.scalars(select(Payment))]

    def close(self) -> None:
        """Give back the database."""
        self._database.close()
