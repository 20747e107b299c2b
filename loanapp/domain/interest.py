"""How interest is counted: by the month, or by the days that passed."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from loanapp.domain.money import to_cents

MONTHS_A_YEAR: Final = 12


class DayCount(StrEnum):
    """Which part of a year a period is.

    ``MONTHLY``: each month a twelfth, however long. ``ACT_360``, ``ACT_365``: the days that passed over 360 or 365; the
    day of payout counts, the day of payment does not.
    """

    MONTHLY = "monthly"
    ACT_360 = "act_360"
    ACT_365 = "act_365"

    @property
    def year_days(self) -> int:
        """The days of a year; raises :class:`ValueError` for :attr:`MONTHLY`, which counts none."""
        if self is DayCount.MONTHLY:
            raise ValueError("interest by the month counts no days")
        return 360 if self is DayCount.ACT_360 else 365


def interest_for_months(principal: Decimal, annual_rate_pct: Decimal, months: int = 1) -> Decimal:
    """Simple interest for whole months, to the cent, halves up."""
    return to_cents(principal * annual_rate_pct * months / (100 * MONTHS_A_YEAR))


def interest_for_days(principal: Decimal, annual_rate_pct: Decimal, days: int, day_count: DayCount) -> Decimal:
    """Simple interest for so many days, to the cent, halves up; nothing for none.

    Raises :class:`ValueError` for a negative number of days: no payment is made before the money was lent.
    """
    if days < 0:
        raise ValueError("days cannot be negative")
    return to_cents(principal * annual_rate_pct * days / (100 * day_count.year_days))


def annual_from_daily(daily_rate_pct: Decimal, day_count: DayCount) -> Decimal:
    """The yearly percentage of a daily one, without compounding: 0.05 a day is 18.00 (360) or 18.25 (365) a year."""
    return daily_rate_pct * day_count.year_days


def overdue_penalty(overdue: Decimal, penalty_annual_pct: Decimal, days: int, day_count: DayCount) -> Decimal:
    """Penalty interest (罚息) on an overdue amount of principal, simple, never on interest or on itself."""
    return interest_for_days(overdue, penalty_annual_pct, days, day_count)
