"""Amortization schedules in cents, by equal instalments (等额本息)."""

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum

from loanapp.domain.money import ZERO, to_cents

_PRECISION = 50
_MONTHS_A_YEAR = 12


class RepaymentMethod(StrEnum):
    """How principal and interest come back."""

    EQUAL_INSTALMENT = "equal_instalment"


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


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every instalment of a loan."""

    principal: Decimal
    rows: tuple[Instalment, ...]

    @property
    def total_interest(self) -> Decimal:
        """Sum of interest."""
        return sum((row.interest for row in self.rows), ZERO)

    @property
    def total_fees(self) -> Decimal:
        """Sum of fees."""
        return sum((row.fees for row in self.rows), ZERO)

    @property
    def total_repayment(self) -> Decimal:
        """Everything the borrower pays back: principal, interest and fees."""
        return sum((row.payment + row.fees for row in self.rows), ZERO)


def due_dates(disbursed: date, months: int) -> tuple[date, ...]:
    """The same day of each following month as ``disbursed``, clamped to the month's end.

    Each date is counted from the anchor, so a loan paid out on the 31st returns to the 31st after February.
    """
    return tuple(_months_later(disbursed, count) for count in range(1, months + 1))


def _months_later(day: date, months: int) -> date:
    years, month_index = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year, month = day.year + years, month_index + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def equal_instalment_payment(principal: Decimal, annual_rate_pct: Decimal, months: int) -> Decimal:
    """The level payment of an annuity, unrounded: ``P r / (1 - (1 + r)^-n)``, ``r`` a twelfth of the yearly rate."""
    with localcontext() as context:
        context.prec = _PRECISION
        rate = annual_rate_pct / 100 / _MONTHS_A_YEAR
        if not rate:
            return principal / months
        return principal * rate / (1 - (1 + rate) ** -months)


def equal_instalment_schedule(
    principal: Decimal,
    annual_rate_pct: Decimal,
    months: int,
    disbursed: date,
    fee_per_instalment: Decimal = ZERO,
) -> Schedule:
    """Level payments; interest on the opening balance by the month; the last instalment clears the balance.

    ``principal`` in yuan, ``annual_rate_pct`` in percent. Every line is rounded to the cent, halves up.
    Raises :class:`ValueError` when principal or months are not positive or the rate is negative.
    """
    if principal <= 0 or months < 1 or annual_rate_pct < 0:
        raise ValueError("principal and months must be positive, the rate not negative")
    principal = to_cents(principal)
    payment = to_cents(equal_instalment_payment(principal, annual_rate_pct, months))
    balance = principal
    rows = []
    for no, due in enumerate(due_dates(disbursed, months), start=1):
        interest = to_cents(balance * annual_rate_pct / 100 / _MONTHS_A_YEAR)
        principal_part = balance if no == months else min(payment - interest, balance)
        balance -= principal_part
        rows.append(
            Instalment(no, due, principal_part + interest, principal_part, interest, fee_per_instalment, balance)
        )
    return Schedule(principal, tuple(rows))
