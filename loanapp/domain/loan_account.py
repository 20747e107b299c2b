"""A loan while it is paid back: what is owed on a day, what each payment consists of, and what it leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from loanapp.domain.clock import CHINA
from loanapp.domain.hardship import Respite
from loanapp.domain.interest import DayCount, overdue_penalty
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice, payoff_quote, prepay
from loanapp.domain.schedule import Instalment, RepaymentPlan, Schedule, months_between, months_later


class RepaymentKind(StrEnum):
    """What a payment is for: the next instalment, all that is overdue, a part of principal early, everything."""

    INSTALMENT = "instalment"
    ARREARS = "arrears"
    PART = "part"
    PAYOFF = "payoff"


class NothingToPayError(ValueError):
    """Nothing of that kind is to pay now."""

    def __init__(self, kind: RepaymentKind) -> None:
        super().__init__(f"no {kind.value} to pay")


@dataclass(frozen=True, slots=True)
class Repayment:
    """One payment and what it consists of, in yuan; ``choice`` only with a part."""

    kind: RepaymentKind
    on: date
    principal: Decimal
    interest: Decimal
    fees: Decimal = ZERO
    penalty: Decimal = ZERO
    choice: PrepaymentChoice | None = None

    @property
    def amount(self) -> Decimal:
        """What leaves the card."""
        return self.principal + self.interest + self.fees + self.penalty


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """What granted time makes of the instalments not paid yet: the same rows ``months`` later.

    Principal, interest and fees of every row stay as they were. No interest is charged for the months between: none was
    agreed for them, and what is not agreed is not owed (Civil Code 680). ``penalty`` is the penalty interest, in yuan,
    that had run when the borrower asked; it stays as it is and is due with the next payment.
    """

    months: int
    before: tuple[Instalment, ...]
    after: tuple[Instalment, ...]
    penalty: Decimal


@dataclass(frozen=True, slots=True)
class Deferral:
    """A new schedule that the borrower accepted on a day, once so many ``payments`` had been made."""

    time: Respite
    accepted: date
    payments: int


@dataclass(frozen=True, slots=True)
class LoanAccount:
    """A loan with its first ``paid`` rows paid; ``schedule`` is the contract's with what has happened since.

    Penalty interest is simple, on the principal of an overdue instalment, by actual days over 360; days of ``respites``
    the lender has granted do not count. ``changes`` are the new schedules that were accepted, ``kept_penalty`` what had
    run before the last of them and is not paid yet.
    """

    plan: RepaymentPlan
    penalty_annual_pct: Decimal
    schedule: Schedule
    paid: int = 0
    respites: tuple[Respite, ...] = ()
    kept_penalty: Decimal = ZERO
    changes: tuple[NewSchedule, ...] = ()

    @classmethod
    def begin(cls, plan: RepaymentPlan, penalty_annual_pct: Decimal) -> "LoanAccount":
        """The loan on the day of payout."""
        return cls(plan, penalty_annual_pct, plan.schedule())

    @property
    def outstanding(self) -> Decimal:
        """The principal still owed."""
        return self.schedule.rows[self.paid - 1].balance if self.paid else self.schedule.principal

    @property
    def settled(self) -> bool:
        """Whether nothing is owed any more."""
        return self.paid == len(self.schedule.rows)

    @property
    def next_row(self) -> Instalment | None:
        """The oldest instalment that is not paid."""
        return None if self.settled else self.schedule.rows[self.paid]

    def overdue(self, on: date) -> tuple[Instalment, ...]:
        """The instalments whose day has passed."""
        return tuple(row for row in self.schedule.rows[self.paid :] if row.due < on)

    def in_arrears(self, on: date) -> bool:
        """Whether something is late that no granted time covers: a borrower who keeps to what was granted is not."""
        return any(self._late_days(row.due, on) > 0 for row in self.overdue(on))

    def owed(
        self, kind: RepaymentKind, on: date, part: Decimal = ZERO, choice: PrepaymentChoice | None = None
    ) -> Repayment:
        """What a payment of this kind would be on ``on``; ``part`` is the principal of a part and needs a ``choice``.

        Raises :class:`NothingToPayError`, and :class:`ValueError` for a part that is not in cents, not above nothing or
        not below what is owed.
        """
        if self.settled:
            raise NothingToPayError(kind)
        match kind:
            case RepaymentKind.INSTALMENT:
                return self._instalment(on)
            case RepaymentKind.ARREARS:
                return self._rows(kind, on, self.overdue(on))
            case RepaymentKind.PART:
                return self._part(on, part, choice)
            case RepaymentKind.PAYOFF:
                return self._payoff(on)

    def owed_at(
        self,
        now: datetime,
        kind: RepaymentKind,
        part: Decimal = ZERO,
        choice: PrepaymentChoice | None = None,
        *,
        free_until: datetime,
    ) -> Repayment:
        """:meth:`owed` on the day in China; the whole loan given back by ``free_until`` costs nothing more."""
        asked = self.owed(kind, now.astimezone(CHINA).date(), part, choice)
        free = kind is RepaymentKind.PAYOFF and now <= free_until
        return replace(asked, interest=ZERO, fees=ZERO) if free else asked

    def payoff_on(self, on: date, today: date) -> Repayment:
        """What settles the loan on ``on``, from ``today`` on, if every instalment due in between is paid on its day.

        What is overdue today is counted as unpaid until then. Raises :class:`NothingToPayError` where nothing would
        be left, and :class:`ValueError` for a day gone by.
        """
        if on < today:
            raise ValueError("that day has gone by")
        paid = self.paid if self.overdue(today) else max(self.paid, sum(row.due < on for row in self.schedule.rows))
        return replace(self, paid=paid).owed(RepaymentKind.PAYOFF, on)

    def after(self, repayment: Repayment) -> "LoanAccount":
        """The loan once ``repayment`` was made; raises what :meth:`owed` raises.

        A payment of less interest or fees than is owed settles as much: the lender may forgive. One whose principal is
        another raises :class:`ValueError`.
        """
        own = self.owed(repayment.kind, repayment.on, repayment.principal, repayment.choice)
        if repayment.principal != own.principal:
            raise ValueError("the principal of a payment is what its kind says")
        unpenalised = replace(self, kept_penalty=ZERO)
        match repayment.kind:
            case RepaymentKind.INSTALMENT:
                return replace(unpenalised, paid=self.paid + 1)
            case RepaymentKind.ARREARS:
                return replace(unpenalised, paid=self.paid + len(self.overdue(repayment.on)))
            case RepaymentKind.PART:
                choice = repayment.choice or PrepaymentChoice.KEEP_TERM
                made = prepay(self.plan, self.schedule, repayment.on, repayment.principal, choice).after
                return replace(unpenalised, schedule=made, paid=sum(row.due <= repayment.on for row in made.rows))
            case RepaymentKind.PAYOFF:
                return self._ended(repayment)

    def after_all(self, repayments: Iterable[Repayment], deferrals: Sequence[Deferral] = ()) -> "LoanAccount":
        """The loan after several payments and new schedules, each oldest first."""
        account, made = self, 0
        for one in repayments:
            account = account.with_deferrals(deferrals, made).after(one)
            made += 1
        return account.with_deferrals(deferrals, made)

    def with_deferrals(self, deferrals: Iterable[Deferral], payments: int) -> "LoanAccount":
        """The loan with those new schedules that were accepted after exactly so many payments."""
        account = self
        for one in deferrals:
            if one.payments == payments:
                account = account.deferred(one.time)
        return account

    def new_schedule(self, time: Respite) -> NewSchedule | None:
        """What ``time`` makes of the rows not paid yet; ``None`` where the next is not due before it ends anyway.

        All of them move by the same whole months, the fewest with which the next row is not due before ``time.until``.
        """
        rows = self.schedule.rows[self.paid :]
        if not rows or rows[0].due >= time.until:
            return None
        first = months_between(self.plan.disbursed, rows[0].due)
        last = months_between(self.plan.disbursed, time.until)
        on_time = months_later(self.plan.disbursed, last) >= time.until
        months = (last if on_time else last + 1) - first
        after = tuple(replace(row, due=self._put_off(row.due, months)) for row in rows)
        return NewSchedule(months, rows, after, self.kept_penalty + self._penalty(self.overdue(time.since), time.since))

    def deferred(self, time: Respite) -> "LoanAccount":
        """The loan once the borrower accepted :meth:`new_schedule`; itself where that changes nothing."""
        change = self.new_schedule(time)
        if change is None:
            return self
        return replace(
            self,
            plan=self.plan.put_off(change.before[0].due, change.months),
            schedule=replace(self.schedule, rows=(*self.schedule.rows[: self.paid], *change.after)),
            kept_penalty=change.penalty,
            changes=(*self.changes, change),
        )

    def _put_off(self, due: date, months: int) -> date:
        return months_later(self.plan.disbursed, months_between(self.plan.disbursed, due) + months)

    def _instalment(self, on: date) -> Repayment:
        running = self._opened(on)
        if self.paid >= len(running):
            raise NothingToPayError(RepaymentKind.INSTALMENT)
        return self._rows(RepaymentKind.INSTALMENT, on, self.schedule.rows[self.paid : self.paid + 1])

    def _opened(self, on: date) -> tuple[Instalment, ...]:
        """The rows that are due by ``on``, and the one that is running."""
        due = sum(row.due <= on for row in self.schedule.rows)
        return self.schedule.rows[: due + 1]

    def _rows(self, kind: RepaymentKind, on: date, rows: tuple[Instalment, ...]) -> Repayment:
        if not rows:
            raise NothingToPayError(kind)
        return Repayment(
            kind,
            on,
            sum((row.principal for row in rows), ZERO),
            sum((row.interest for row in rows), ZERO),
            sum((row.fees for row in rows), ZERO),
            self.kept_penalty + self._penalty(rows, on),
        )

    def _penalty(self, rows: tuple[Instalment, ...], on: date) -> Decimal:
        late = ((row.principal, self._late_days(row.due, on)) for row in rows if row.due < on)
        return sum(
            (overdue_penalty(principal, self.penalty_annual_pct, days, DayCount.ACT_360) for principal, days in late),
            ZERO,
        )

    def _late_days(self, due: date, on: date) -> int:
        granted = sum(respite.days_within(due, on) for respite in self.respites)
        return max(0, (on - due).days - granted)

    def _part(self, on: date, part: Decimal, choice: PrepaymentChoice | None) -> Repayment:
        due = sum(row.due <= on for row in self.schedule.rows)
        if self.paid != due or due >= len(self.schedule.rows):
            raise NothingToPayError(
                RepaymentKind.PART
            )  # what is due comes first, and what was paid ahead has to come due
        made = prepay(self.plan, self.schedule, on, part, choice or PrepaymentChoice.KEEP_TERM)
        choice = choice or PrepaymentChoice.KEEP_TERM
        return Repayment(RepaymentKind.PART, on, part, made.accrued, penalty=self.kept_penalty, choice=choice)

    def _payoff(self, on: date) -> Repayment:
        quote = payoff_quote(self.plan, self.schedule, on, self.paid)
        late = tuple(row for row in self.schedule.rows[self.paid :] if row.due <= on)
        fees = sum((row.fees for row in late), ZERO)
        return Repayment(
            RepaymentKind.PAYOFF,
            on,
            quote.outstanding,
            quote.accrued + quote.arrears - fees,
            fees + quote.fee,
            self.kept_penalty + self._penalty(late, on),
        )

    def _ended(self, payoff: Repayment) -> "LoanAccount":
        done = self.schedule.rows[: self.paid]
        last = Instalment(
            done[-1].no + 1 if done else 1,
            payoff.on,
            payoff.principal + payoff.interest,
            payoff.principal,
            payoff.interest,
            payoff.fees,
            ZERO,
        )
        ended = replace(self.schedule, rows=(*done, last))
        return replace(self, schedule=ended, paid=self.paid + 1, kept_penalty=ZERO)
