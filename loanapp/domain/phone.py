"""Mainland mobile numbers."""

import re
from typing import Final

from loanapp.domain.errors import ErrorCode, LoanAppError

_MOBILE: Final = re.compile(r"1[3-9]\d{9}")


def parse_phone(text: str) -> str:
    """Return the eleven digits of a mainland mobile number; spaces, dashes and +86 are accepted.

    Raises :class:`LoanAppError` with ``PHONE_INVALID``.
    """
    digits = re.sub(r"[\s\-]", "", text).removeprefix("+86")
    if not (digits.isascii() and _MOBILE.fullmatch(digits)):
        raise LoanAppError(ErrorCode.PHONE_INVALID)
    return digits


def mask_phone(digits: str) -> str:
    """``13800000001`` -> ``138****0001``."""
    return f"{digits[:3]}****{digits[-4:]}"
