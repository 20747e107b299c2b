"""The code that the national network identity app shows once, for the lender to confirm."""

import re
import unicodedata
from typing import Final

from loanapp.domain.errors import ErrorCode, LoanAppError

CODE_DIGITS: Final = 8


def parse_presentation_code(text: str) -> str:
    """The eight digits; spaces and full-width digits are accepted. Raises ``NETWORK_CODE_WRONG``."""
    found = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not (found.isascii() and found.isdigit() and len(found) == CODE_DIGITS):
        raise LoanAppError(ErrorCode.NETWORK_CODE_WRONG)
    return found
