"""Yuan as ``Decimal`` with two places; floats never touch money."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
# What a Chinese input method leaves behind: full-width yen sign, comma, full stop and digits.
_FULL_WIDTH: Final = {0xFFE5: "¥", 0xFF0C: ",", 0xFF0E: ".", **{0xFF10 + digit: str(digit) for digit in range(10)}}

# Digits of ASCII alone, thousands grouped in threes or not at all: "10,5" is no amount, least of all 105 yuan.
_AMOUNT: Final = re.compile(
    r"(?:(?:¥|CNY|RMB|人民币)\s*)?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?)(?:\s*元)?", re.IGNORECASE
)
_MOST_CHARACTERS: Final = 24


def to_cents(amount: Decimal) -> Decimal:
    """Round to the cent, halves up, as the repayment vectors and Chinese lending practice do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def parse_money(text: str) -> Decimal:
    """Read ``"10000"``, ``"10,000.00元"``, ``"CNY 10000"`` or ``"¥10000"`` as yuan, in full-width characters too.

    Commas must group by threes. Raises :class:`ValueError` for anything else: a sign, an exponent, more than two
    decimal places.
    """
    cleaned = text.strip().translate(_FULL_WIDTH)
    found = _AMOUNT.fullmatch(cleaned) if len(cleaned) <= _MOST_CHARACTERS else None
    if found is None:
        raise ValueError("not an amount")
    return Decimal(found[1].replace(",", "")).quantize(CENT)


def wire(amount: Decimal) -> str:
    """Write an amount the way the API and the contract carry it: plain digits, two places."""
    return f"{to_cents(amount):f}"
