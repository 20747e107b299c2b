"""Why a new version was not taken: a reason the window has words for."""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """``TAMPERED`` covers wrong keys, changed bytes, older metadata than seen before and pieces that do not belong."""

    UNREACHABLE = "unreachable"
    STRANGER = "stranger"
    TAMPERED = "tampered"
    OUTDATED = "outdated"
    TOO_LARGE = "too_large"
    HARMFUL = "harmful"
    NO_ROOM = "no_room"
    UNREADABLE = "unreadable"


class UpdateRefusedError(Exception):
    """Nothing was installed; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason: Final = reason

    @property
    def is_suspicious(self) -> bool:
        """Whether the borrower should hear of it: somebody may be at work between the lender and this computer."""
        return self.reason not in (Reason.UNREACHABLE, Reason.NO_ROOM)
