"""When the program should look at the computer: after the second failure that the computer may be to blame for."""

from collections import Counter
from typing import Final

from loanapp.domain.errors import ErrorCode

# Troubles whose cause may be in this computer or its network; for these a second failure offers the checks.
_OF_THE_COMPUTER: Final = frozenset(
    code
    for code in ErrorCode
    if code.startswith(("camera_", "lender_"))
    or code
    in {
        *(ErrorCode.CLOCK_WRONG, ErrorCode.KEYRING_UNAVAILABLE, ErrorCode.DRAFT_UNREADABLE, ErrorCode.DISK_TROUBLE),
        *(ErrorCode.ASSET_MISSING, ErrorCode.ASSET_DAMAGED, ErrorCode.UNEXPECTED, ErrorCode.EVIDENCE_INVALID),
    }
)


class FailureCount:
    """Counts failures of a kind; at the second the checks are offered, once."""

    def __init__(self) -> None:
        self._seen: Counter[ErrorCode] = Counter()

    @property
    def seen(self) -> tuple[ErrorCode, ...]:
        """Every kind of failure so far, the first one first."""
        return tuple(self._seen)

    def again(self, code: ErrorCode) -> bool:
        """Count one more; whether it is the second of a kind that the checks may explain."""
        self._seen[code] += 1
        return code in _OF_THE_COMPUTER and self._seen[code] == 2
