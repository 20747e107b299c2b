"""Resident identity numbers after GB 11643-1999: region, birth date, sex, check digit."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from loanapp.domain.errors import ErrorCode, LoanAppError

# GB 11643-1999: weights 2^(17-i) mod 11 of the first seventeen digits, and the check characters by remainder.
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
_LENGTH: Final = 18
_EARLIEST_BIRTH: Final = date(1900, 1, 1)

# First two digits after GB/T 2260: the provincial divisions that issue numbers.
_PROVINCES: Final = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


class Sex(StrEnum):
    """As printed on the card, from the seventeenth digit: odd is male."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A number whose checksum, date and region hold."""

    number: str
    region: str
    birth: date
    sex: Sex

    def age_on(self, day: date) -> int:
        """Whole years lived on ``day``; someone born on 29 February turns a year older on 1 March."""
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))

    def __repr__(self) -> str:
        return f"IdentityNumber({mask_identity_number(self.number)})"


def check_character(first_seventeen: str) -> str:
    """The eighteenth character for the first seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def parse_identity_number(text: str, today: date) -> IdentityNumber:
    """Read an eighteen-character resident number; a lower-case ``x`` and spaces are accepted.

    Raises :class:`LoanAppError` with ``IDENTITY_NUMBER_LENGTH``, ``_CHECKSUM``, ``_REGION`` or ``_DATE``:
    the first that does not hold, in that order.
    """
    number = text.replace(" ", "").upper()
    body, check = number[:17], number[17:]
    if len(number) != _LENGTH or not (body.isascii() and body.isdigit()) or check not in _CHECK_CHARACTERS:
        raise LoanAppError(ErrorCode.IDENTITY_NUMBER_LENGTH)
    if check_character(body) != check:
        raise LoanAppError(ErrorCode.IDENTITY_NUMBER_CHECKSUM)
    if body[:2] not in _PROVINCES:
        raise LoanAppError(ErrorCode.IDENTITY_NUMBER_REGION)
    try:
        birth = date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        raise LoanAppError(ErrorCode.IDENTITY_NUMBER_DATE) from None
    if not _EARLIEST_BIRTH <= birth <= today:
        raise LoanAppError(ErrorCode.IDENTITY_NUMBER_DATE)
    sex = Sex.MALE if int(body[16]) % 2 else Sex.FEMALE
    return IdentityNumber(number, body[:6], birth, sex)


def mask_identity_number(number: str) -> str:
    """``11010519491231002X`` -> ``1101**********002X``."""
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"
