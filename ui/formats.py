"""Money, percent, dates and masked numbers as the borrower reads them."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from loanapp.domain.clock import CHINA
from ui.translations import translator

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def yuan(amount: Decimal, *, places: int | None = None) -> str:
    """``¥10,797.05``; whole yuan without cents unless ``places`` says so."""
    if places is None:
        places = 0 if amount == amount.to_integral_value() else 2
    return f"¥{amount:,.{places}f}"


def percent(value: Decimal, places: int = 2) -> str:
    """``14.40%``."""
    return f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}%"


def day(value: date) -> str:
    """``2026年12月22日`` or ``22 December 2026``."""
    if translator().language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """A moment in China's time, to the minute."""
    local = value.astimezone(CHINA)
    return f"{day(local.date())} {local:%H:%M}"
