"""Amortization schedules in cents, by all four methods of repayment, with fees beside the payments."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Final

from loanapp.domain.fees import Fee, FeeTiming
from loanapp.domain.interest import MONTHS_A_YEAR, DayCount, interest_for_days, interest_for_months
from loanapp.domain.money import ZERO, to_cents

_PRECISION: Final = 50


class RepaymentMethod(StrEnum):
    """How principal and interest come back: 等额本息, 等额本金, 先息后本, 到期一次还本付息."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    BULLET = "bullet"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row of a schedule; ``payment`` is principal plus interest, fees stand beside it; all in yuan."""

    no: int
    due: date
    payment: Decimal
    principal: Decimal
    interest: Decimal
    fees: Decimal
    balance: Decimal

    @property
    def total(self) -> Decimal:
        """Everything that is due that day: the payment and the fees beside it."""
        return self.payment + self.fees


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every instalment of a loan; ``months_per_row`` is 1 but for a single payment at the end.

    ``fees`` names what is charged beside interest. Of it only the fees before payout are in no row; a schedule read
    from the lender has none named.
    """

    principal: Decimal
    rows: tuple[Instalment, ...]
    months_per_row: int = 1
    fees: tuple[Fee, ...] = ()
    disbursed: date | None = None

    @classmethod
    def stated(cls, method: RepaymentMethod, months: int, principal: Decimal, rows: Sequence[Instalment]) -> "Schedule":
        """A schedule as somebody states it, not yet believed."""
        return cls(principal, tuple(rows), max(months, 1) if method is RepaymentMethod.BULLET else 1)

    @property
    def months(self) -> int:
        """From payout to the last instalment."""
        return len(self.rows) * self.months_per_row

    @property
    def upfront_fees(self) -> Decimal:
        """What is taken before or with the payout."""
        return sum((fee.amount for fee in self.fees if _is_upfront(fee, self.disbursed)), ZERO)

    @property
    def total_interest(self) -> Decimal:
        """Sum of interest."""
        return sum((row.interest for row in self.rows), ZERO)

    @property
    def total_fees(self) -> Decimal:
        """Sum of fees."""
        return sum((row.fees for row in self.rows), self.upfront_fees)

    @property
    def total_repayment(self) -> Decimal:
        """Everything the borrower pays: principal, interest and fees."""
        return sum((row.total for row in self.rows), self.upfront_fees)


@dataclass(frozen=True, slots=True)
class RepaymentPlan:
    """What a schedule follows from: yuan, percent a year, months, and the day of payout.

    ``moved`` are all days of payment once some were put off; they follow from the day of payout where it is empty.

    Raises :class:`ValueError` when principal or months are not positive, the rate is negative, or a fee's day lies
    beyond the last instalment.
    """

    principal: Decimal
    annual_rate_pct: Decimal
    months: int
    method: RepaymentMethod
    disbursed: date
    day_count: DayCount = DayCount.MONTHLY
    fees: tuple[Fee, ...] = ()
    moved: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if to_cents(self.principal) <= 0 or self.months < 1 or self.annual_rate_pct < 0:
            raise ValueError("principal and months must be positive, the rate not negative")
        if any(fee.on is not None and fee.on > self.due_dates()[-1] for fee in self.fees):
            raise ValueError("a fee falls after the last instalment")

    @property
    def months_per_row(self) -> int:
        """How many months lie between two payments."""
        return self.months if self.method is RepaymentMethod.BULLET else 1

    def due_dates(self) -> tuple[date, ...]:
        """The days of payment."""
        return self.moved or due_dates(self.disbursed, self.months)[self.months_per_row - 1 :: self.months_per_row]

    def put_off(self, since: date, months: int) -> "RepaymentPlan":
        """The days of payment from ``since`` on so many months later, each counted from the day of payout."""
        days = (
            months_later(self.disbursed, months_between(self.disbursed, day) + months) if day >= since else day
            for day in self.due_dates()
        )
        return replace(self, moved=tuple(days))

    def interest(self, balance: Decimal, start: date, end: date) -> Decimal:
        """Interest on ``balance`` for one period of the schedule."""
        if self.day_count is DayCount.MONTHLY:
            return interest_for_months(balance, self.annual_rate_pct, self.months_per_row)
        return interest_for_days(balance, self.annual_rate_pct, (end - start).days, self.day_count)

    def schedule(self) -> Schedule:
        """Every instalment, each line rounded to the cent, halves up; the last instalment clears the balance."""
        principal, dates = to_cents(self.principal), self.due_dates()
        part = self.usual_part(principal, self.disbursed, dates)
        rows = tuple(self.instalments(principal, self.disbursed, dates, part))
        return Schedule(principal, rows, self.months_per_row, self.fees, self.disbursed)

    def usual_part(self, balance: Decimal, start: date, dates: Sequence[date]) -> Decimal:
        """What stays the same from row to row: the payment of equal instalments, the principal of equal principal."""
        match self.method:
            case RepaymentMethod.EQUAL_INSTALMENT:
                return to_cents(self._level_payment(balance, start, dates))
            case RepaymentMethod.EQUAL_PRINCIPAL:
                return to_cents(balance / len(dates))
            case _:
                return ZERO

    def part_of(self, row: Instalment) -> Decimal:
        """What :meth:`usual_part` gave for a row that is not the last."""
        return row.payment if self.method is RepaymentMethod.EQUAL_INSTALMENT else row.principal

    def instalments(
        self,
        balance: Decimal,
        start: date,
        dates: Sequence[date],
        part: Decimal,
        *,
        first_no: int = 1,
        until_clear: bool = False,
    ) -> Iterator[Instalment]:
        """Repay ``balance`` owed since ``start`` on ``dates``; with ``until_clear`` not beyond what is owed."""
        opening = start
        for position, due in enumerate(dates):
            if until_clear and not balance:
                return
            interest = self.interest(balance, opening, due)
            wanted = part - interest if self.method is RepaymentMethod.EQUAL_INSTALMENT else part
            last = position == len(dates) - 1
            principal = balance if last else min(max(wanted, ZERO), balance)
            balance -= principal
            fees = self._fees_in(opening, due)
            yield Instalment(first_no + position, due, principal + interest, principal, interest, fees, balance)
            opening = due

    def dated_fees(self, after: date, until: date) -> Decimal:
        """The fees whose day lies after ``after`` and not after ``until``."""
        return sum((fee.amount for fee in self.fees if fee.on is not None and after < fee.on <= until), ZERO)

    def _fees_in(self, opening: date, due: date) -> Decimal:
        """The fees of the row due on ``due``; what is due with the payout is in no row."""
        with_each = (fee.amount for fee in self.fees if fee.timing is FeeTiming.PER_INSTALMENT)
        return sum(with_each, self.dated_fees(opening, due))

    def _level_payment(self, balance: Decimal, start: date, dates: Sequence[date]) -> Decimal:
        if self.day_count is DayCount.MONTHLY:
            return equal_instalment_payment(balance, self.annual_rate_pct, len(dates))
        with localcontext() as context:
            context.prec = _PRECISION
            discount, total, opening = Decimal(1), Decimal(0), start
            for due in dates:
                days = Decimal((due - opening).days)
                discount /= 1 + self.annual_rate_pct * days / (100 * self.day_count.year_days)
                total += discount
                opening = due
            return balance / total


def _is_upfront(fee: Fee, disbursed: date | None) -> bool:
    return fee.timing is FeeTiming.UPFRONT or (fee.on is not None and disbursed is not None and fee.on <= disbursed)


def due_dates(disbursed: date, months: int) -> tuple[date, ...]:
    """The same day of each following month as ``disbursed``, clamped to the month's end.

    Each date is counted from the anchor, so a loan paid out on the 31st returns to the 31st after February.
    """
    return tuple(months_later(disbursed, count) for count in range(1, months + 1))


def months_later(day: date, months: int) -> date:
    """The same day so many months later, clamped to the month's end."""
    years, month_index = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_between(start: date, day: date) -> int:
    """The calendar months from one day to another, whatever the days in them."""
    return (day.year - start.year) * MONTHS_A_YEAR + day.month - start.month


def equal_instalment_payment(principal: Decimal, annual_rate_pct: Decimal, months: int) -> Decimal:
    """The level payment of an annuity, unrounded: ``P r / (1 - (1 + r)^-n)``, ``r`` a twelfth of the yearly rate."""
    with localcontext() as context:
        context.prec = _PRECISION
        rate = annual_rate_pct / 100 / MONTHS_A_YEAR
        if not rate:
            return principal / months
        return principal * rate / (1 - (1 + rate) ** -months)


def product_plan(
    principal: Decimal,
    annual_rate_pct: Decimal,
    months: int,
    method: RepaymentMethod,
    disbursed: date,
    *,
    fee_per_instalment: Decimal = ZERO,
) -> RepaymentPlan:
    """A plan as products have them: interest by the month, one fee with each instalment or none.

    Raises what :class:`RepaymentPlan` raises.
    """
    fees = (Fee("fee", fee_per_instalment, FeeTiming.PER_INSTALMENT),) if fee_per_instalment else ()
    return RepaymentPlan(principal, annual_rate_pct, months, method, disbursed, fees=fees)


def loan_schedule(
    principal: Decimal,
    annual_rate_pct: Decimal,
    months: int,
    method: RepaymentMethod,
    disbursed: date,
    *,
    fee_per_instalment: Decimal = ZERO,
) -> Schedule:
    """The schedule of :func:`product_plan`; raises what it raises."""
    return product_plan(
        principal, annual_rate_pct, months, method, disbursed, fee_per_instalment=fee_per_instalment
    ).schedule()


def equal_instalment_schedule(
    principal: Decimal,
    annual_rate_pct: Decimal,
    months: int,
    disbursed: date,
    fee_per_instalment: Decimal = ZERO,
) -> Schedule:
    """:func:`loan_schedule` by equal instalments."""
    return loan_schedule(
        principal,
        annual_rate_pct,
        months,
        RepaymentMethod.EQUAL_INSTALMENT,
        disbursed,
        fee_per_instalment=fee_per_instalment,
    )
