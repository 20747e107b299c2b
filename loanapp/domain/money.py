"""Yuan as ``Decimal`` with two places; floats never touch money."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
# What a Chinese input method leaves behind: full-width yen sign, comma, full stop and digits.
_FULL_WIDTH: Final = {0xFFE5: "¥", 0xFF0C: ",", 0xFF0E: ".", **{0xFF10 + digit: str(digit) for digit in range(10)}}


def to_cents(amount: Decimal) -> Decimal:
    """Round to the cent, halves up, as the repayment vectors and Chinese lending practice do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def parse_money(text: str) -> Decimal:
    """Read ``"10000"``, ``"10,000.00"`` or ``"¥10000"`` as yuan, in full-width characters too.

    Raises :class:`ValueError` for anything else, more than two decimal places included.
    """
    cleaned = text.strip().translate(_FULL_WIDTH).removeprefix("¥").replace(",", "").strip()
    try:
        amount = Decimal(cleaned)
        cents = amount.quantize(CENT)
    except InvalidOperation as error:
        raise ValueError("not an amount") from error
    if not amount.is_finite() or amount != cents:
        raise ValueError("not an amount in cents")
    return cents


def wire(amount: Decimal) -> str:
    """Write an amount the way the API and the contract carry it: plain digits, two places."""
    return f"{to_cents(amount):f}"
