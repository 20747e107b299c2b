"""The simulated bank: an outside party with a database of its own, which moves money once for each key."""

import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from loanapp.backend.adapters.ports import OrderState, Receipt, StatementLine
from loanapp.backend.adapters.simulated_line import SimulatedLine
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


class Order(_Base):
    """An order the bank has taken and not yet paid, or refused."""

    __tablename__ = "payment_order"
    key: Mapped[str] = mapped_column(primary_key=True)
    card_last4: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Money())
    due: Mapped[datetime] = mapped_column(Moment())
    refused: Mapped[bool]


class SimulatedBank:
    """Moves no money of anybody, and remembers having done so.

    ``marks`` say for a card what becomes of an order: ``pays`` at once, is ``under_way`` for ``payout_seconds``, or is
    refused the first time (``refuses_first``). References begin with ``prefix``. ``notify`` is called with the key once
    an order under way is paid.
    """

    def __init__(
        self,
        path: Path,
        line: SimulatedLine,
        clock: Clock,
        *,
        payout_seconds: float,
        marks: Mapping[str, str] | None = None,
        prefix: str = "SIM",
    ) -> None:
        self._database = Database(path)
        _Base.metadata.create_all(self._database.write_engine)
        self._line, self._clock = line, clock
        self._payout_seconds, self._prefix = payout_seconds, prefix
        self._marks = dict(marks or {})
        self._notices: list[threading.Timer] = []
        self.notify: Callable[[str], None] = lambda _key: None

    def pay(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Order a payment, or say how far the one ordered under ``key`` is."""
        del name  # a real bank checks it; this one has no accounts
        self._line.reach(card_number)
        with self._database.write() as session:
            if known := self._known(session, key):
                return known
            mark = self._marks.get(card_number, "pays")
            refused = mark == "refuses_first" and not self._refused_before(session, card_number)
            if mark != "under_way" and not refused:
                return self._move(session, Payment, key, card_number[-4:], amount)
            due = self._clock.now() + timedelta(seconds=self._payout_seconds)
            session.add(Order(key=key, card_last4=card_number[-4:], amount=amount, due=due, refused=refused))
        if refused:
            return Receipt("", "", OrderState.REFUSED)
        self._notify_later(key)
        return Receipt("", "", OrderState.UNDER_WAY)

    def payment(self, key: str) -> Receipt | None:
        """How far the payment ordered under ``key`` is; an order that is due is paid by being asked for."""
        self._line.reach(key)
        with self._database.write() as session:
            return self._known(session, key)

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        """Every payment of a day in China."""
        self._line.reach(day.isoformat())
        with self._database.read() as session:
            return tuple(
                StatementLine(one.key, one.reference, one.amount)
                for one in session.scalars(select(Payment).order_by(Payment.reference))
                if one.at.astimezone(CHINA).date() == day
            )

    def debit(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Debit, or return the receipt of the debit made under ``key`` before; this bank's cards never run dry."""
        del name
        self._line.reach(card_number)
        with self._database.write() as session:
            if known := session.get(Debit, key):
                return Receipt(known.reference, known.at.isoformat())
            return self._move(session, Debit, key, card_number[-4:], amount)

    def _known(self, session: Session, key: str) -> Receipt | None:
        if paid := session.get(Payment, key):
            return Receipt(paid.reference, paid.at.isoformat())
        order = session.get(Order, key)
        if order is None:
            return None
        if order.refused:
            return Receipt("", "", OrderState.REFUSED)
        if order.due > self._clock.now():
            return Receipt("", "", OrderState.UNDER_WAY)
        return self._move(session, Payment, key, order.card_last4, order.amount)

    def _move(
        self, session: Session, kind: type[Payment] | type[Debit], key: str, last4: str, amount: Decimal
    ) -> Receipt:
        now = self._clock.now()
        number = (session.scalar(select(func.count()).select_from(kind)) or 0) + 1
        prefix = self._prefix + ("" if kind is Payment else "D")
        reference = f"{prefix}{now.astimezone(CHINA):%Y%m%d}{number:08d}"
        session.add(kind(key=key, reference=reference, card_last4=last4, amount=amount, at=now))
        return Receipt(reference, now.isoformat())

    @staticmethod
    def _refused_before(session: Session, card_number: str) -> bool:
        query = select(Order.key).where(Order.refused, Order.card_last4 == card_number[-4:])
        return session.scalars(query).first() is not None

    def _notify_later(self, key: str) -> None:
        timer = threading.Timer(self._payout_seconds, lambda: self.notify(key))
        timer.daemon = True
        self._notices.append(timer)
        timer.start()

    def debited(self) -> list[tuple[str, Decimal]]:
        """Key and amount of every debit, for reconciliation."""
        with self._database.read() as session:
            return [(debit.key, debit.amount) for debit in session.scalars(select(Debit))]

    def paid(self) -> list[tuple[str, Decimal]]:
        """Key and amount of every payment, for reconciliation."""
        with self._database.read() as session:
            return [(payment.key, payment.amount) for payment in session.scalars(select(Payment))]

    def close(self) -> None:
        """Give no more notice, and give back the database."""
        for notice in self._notices:
            notice.cancel()
            notice.join()
        self._database.close()
