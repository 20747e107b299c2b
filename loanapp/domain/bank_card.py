"""Bank card numbers: Luhn warns, the issuer prefix names the bank, the four-element check decides."""

import re
from collections.abc import Mapping
from typing import Final

from loanapp.domain.errors import ErrorCode, LoanAppError

_CARD: Final = re.compile(r"\d{16,19}")


def parse_card_number(text: str) -> str:
    """Return 16 to 19 digits; spaces and dashes are accepted.

    Raises :class:`LoanAppError` with ``CARD_NUMBER_INVALID``.
    """
    digits = re.sub(r"[\s\-]", "", text)
    if not (digits.isascii() and _CARD.fullmatch(digits)):
        raise LoanAppError(ErrorCode.CARD_NUMBER_INVALID)
    return digits


def luhn_valid(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit (ISO/IEC 7812-1 annex B).

    Some mainland cards do not satisfy it, so a failure is a warning and never a refusal.
    """
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def issuer_of(digits: str, issuers: Mapping[str, str]) -> str | None:
    """The issuer whose prefix (BIN) is the longest that fits, or ``None``; ``issuers`` maps prefix to a key."""
    fitting = [prefix for prefix in issuers if digits.startswith(prefix)]
    return issuers[max(fitting, key=len)] if fitting else None


def mask_card(digits: str) -> str:
    """Only the last four digits stay (ASVS 14.2.6)."""
    return f"**** {digits[-4:]}"
