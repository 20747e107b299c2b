"""How far apart a confirmed one-time code and the signature it lets be made may be, by the times of two clocks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from loanapp.resource_files import read_toml


class SigningTime(StrEnum):
    """Where a signature's time-stamp lies."""

    IN_TIME = "in_time"
    BEFORE_THE_CODE = "before_the_code"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class SigningTimes:
    """What ``policy/evidence.toml`` allows: whoever takes a signature and whoever verifies the bundle ask the same."""

    clocks_differ: timedelta
    code_to_signature: timedelta

    def judge(self, authorised: datetime, signed: datetime | None) -> SigningTime:
        """When ``signed`` (a time-stamp) is beside the confirmation of the code; no time at all is too late."""
        if signed is None or signed > authorised + self.code_to_signature:
            return SigningTime.TOO_LATE
        return SigningTime.BEFORE_THE_CODE if signed < authorised - self.clocks_differ else SigningTime.IN_TIME


def signing_times() -> SigningTimes:
    """The limits in force."""
    limits = read_toml("policy", "evidence.toml")
    return SigningTimes(
        timedelta(seconds=limits["clocks_differ_seconds"]), timedelta(seconds=limits["code_to_signature_seconds"])
    )
