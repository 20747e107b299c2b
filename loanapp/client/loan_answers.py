"""The loan as the lender states it, with every payment: read, not yet believed (the guard works it out anew)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from loanapp.client.offer_answers import read_instalment, read_name
from loanapp.client.reading import JsonObject
from loanapp.domain.clock import CHINA
from loanapp.domain.hardship import HardshipReason, HardshipState, Respite
from loanapp.domain.loan_account import Deferral, LoanAccount, Repayment, RepaymentKind
from loanapp.domain.localised import LocalisedText
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.schedule import Schedule
from loanapp.guard.new_schedules import AcceptedSchedule, StatedSchedule


class RepaymentState(StrEnum):
    """How far a payment is."""

    ASKED = "asked"
    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NextInstalment:
    """The instalment that is due next; ``amount`` in yuan."""

    no: int
    due: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class MadeRepayment:
    """A payment from the bound card; ``reference`` is the (simulated) bank's."""

    what: Repayment
    amount: Decimal
    state: RepaymentState
    paid_at: datetime | None
    reference: str | None

    @classmethod
    def read(cls, answer: JsonObject) -> "MadeRepayment":
        """From the answer's shape."""
        return cls(
            Repayment(
                answer.member("kind", RepaymentKind),
                answer.day("on"),
                answer.decimal("principal"),
                answer.decimal("interest"),
                answer.decimal("fees"),
                answer.decimal("penalty"),
                answer.optional("choice", lambda inner, name: inner.member(name, PrepaymentChoice)),
            ),
            answer.decimal("amount"),
            answer.member("state", RepaymentState),
            answer.optional("paid_at", JsonObject.moment),
            answer.optional("reference", JsonObject.text),
        )


@dataclass(frozen=True, slots=True)
class Hardship:
    """A request for more time and its answer, due by ``answer_by``; ``simulated``: nobody but a program answers."""

    reason: HardshipReason
    months: int
    time: Respite
    state: HardshipState
    asked_at: datetime
    answer_by: datetime
    simulated: bool
    answered_at: datetime | None = None
    id: str = ""
    new_schedule: StatedSchedule | None = None
    accepted_at: datetime | None = None
    payments_before: int | None = None

    @classmethod
    def read(cls, answer: JsonObject) -> "Hardship":
        """From the answer's shape."""
        new = answer.optional("new_schedule", JsonObject.inner)
        stated = None if new is None else _new_schedule(new)
        return cls(
            answer.member("reason", HardshipReason),
            answer.count("months"),
            Respite(answer.day("since"), answer.day("until")),
            answer.member("state", HardshipState),
            answer.moment("asked_at"),
            answer.moment("answer_by"),
            answer.flag("simulated"),
            answer.optional("answered_at", JsonObject.moment),
            answer.text("id"),
            stated,
            None if new is None else new.optional("accepted_at", JsonObject.moment),
            None if new is None else new.optional("payments_before", JsonObject.count),
        )

    def accepted(self) -> AcceptedSchedule | None:
        """The new schedule with when it was accepted; ``None`` where it was not."""
        if self.new_schedule is None or self.accepted_at is None or self.payments_before is None:
            return None
        day = self.accepted_at.astimezone(CHINA).date()
        return AcceptedSchedule(Deferral(self.time, day, self.payments_before), self.new_schedule)


@dataclass(frozen=True, slots=True)
class HardshipOffer:
    """What can be asked for now, each in months, and within how many hours it is answered."""

    months: tuple[int, ...] = ()
    reply_hours: int = 0


@dataclass(frozen=True, slots=True)
class Loan:
    """Money paid out; ``reference`` is the (simulated) bank's.

    ``account`` is what this machine worked out from contract and payments; ``None`` until the guard has.
    ``schedule_refused``: a new schedule was offered that is not what granted time leads to.
    """

    contract_number: str
    principal: Decimal
    disbursed_at: datetime
    reference: str
    card_last4: str
    bank: LocalisedText | None
    schedule: Schedule
    repayments: tuple[MadeRepayment, ...]
    outstanding: Decimal
    next_due: NextInstalment | None
    free_return_until: datetime
    settled_at: datetime | None
    simulated: bool
    hardships: tuple[Hardship, ...] = ()
    hardship_offer: HardshipOffer = HardshipOffer()
    account: LoanAccount | None = None
    schedule_refused: bool = False

    @classmethod
    def read(cls, answer: JsonObject) -> "Loan":
        """From the answer's shape."""
        principal = answer.decimal("principal")
        return cls(
            contract_number=answer.text("contract_number"),
            principal=principal,
            disbursed_at=answer.moment("disbursed_at"),
            reference=answer.text("reference"),
            card_last4=answer.text("card_last4"),
            bank=answer.optional("bank", read_name),
            schedule=Schedule(principal, answer.objects("schedule", read_instalment)),
            repayments=answer.objects("repayments", MadeRepayment.read),
            outstanding=answer.decimal("outstanding"),
            next_due=answer.optional("next_due", _next_due),
            free_return_until=answer.moment("free_return_until"),
            settled_at=answer.optional("settled_at", JsonObject.moment),
            simulated=answer.flag("simulated"),
            hardships=answer.objects("hardships", Hardship.read),
            hardship_offer=_offer(answer.inner("hardship_offer")),
        )

    def respites(self) -> tuple[Respite, ...]:
        """The time that was granted, which costs no penalty interest."""
        return tuple(one.time for one in self.hardships if one.state is HardshipState.GRANTED)

    def granted(self) -> tuple[tuple[date, Respite], ...]:
        """The same, each with the day in China it was granted on."""
        return tuple(
            ((one.answered_at or one.asked_at).astimezone(CHINA).date(), one.time)
            for one in self.hardships
            if one.state is HardshipState.GRANTED
        )

    def accepted(self) -> tuple[AcceptedSchedule, ...]:
        """The new schedules the borrower took, oldest first: one for each change of the account."""
        taken = [one for one in map(Hardship.accepted, self.hardships) if one is not None]
        return tuple(sorted(taken, key=lambda one: (one.deferral.payments, one.deferral.accepted)))

    def to_accept(self) -> Hardship | None:
        """The granted request whose new schedule the borrower can accept now; its rows are not believed yet."""
        open_ones = [one for one in self.hardships if one.new_schedule is not None and one.accepted_at is None]
        return open_ones[-1] if open_ones and not self.schedule_refused else None

    def owed(
        self, now: datetime, kind: RepaymentKind, part: Decimal = ZERO, choice: PrepaymentChoice | None = None
    ) -> Repayment:
        """What such a payment is at ``now``, by this machine's own sums.

        Raises what :meth:`LoanAccount.owed_at` raises, and :class:`ValueError` before the guard has worked it out.
        """
        if self.account is None:
            raise ValueError("the loan has not been worked out yet")
        return self.account.owed_at(now, kind, part, choice, free_until=self.free_return_until)

    def waiting(self) -> bool:
        """Whether the bank has not answered a payment yet."""
        return any(made.state is RepaymentState.ASKED for made in self.repayments)

    def paid(self) -> tuple[Repayment, ...]:
        """What has left the card, oldest first."""
        return tuple(made.what for made in self.repayments if made.state is RepaymentState.PAID)


def _new_schedule(answer: JsonObject) -> StatedSchedule:
    return StatedSchedule(answer.count("months"), answer.objects("rows", read_instalment), answer.decimal("penalty"))


def _offer(answer: JsonObject) -> HardshipOffer:
    return HardshipOffer(answer.counts("months"), answer.count("reply_hours"))


def _next_due(answer: JsonObject, name: str) -> NextInstalment:
    inner = answer.inner(name)
    return NextInstalment(inner.count("no"), inner.day("due"), inner.decimal("amount"))
