"""A borrower who cannot pay for a while asks for more time (Civil Code 678): why, how long, and what is answered."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loanapp.domain.schedule import months_later


class HardshipReason(StrEnum):
    """Why the borrower asks; no more is asked than this."""

    INCOME_LOST = "income_lost"
    INCOME_LATE = "income_late"
    ILLNESS = "illness"
    FAMILY = "family"
    DISASTER = "disaster"
    OTHER = "other"


class HardshipState(StrEnum):
    """How far a request is."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Respite:
    """Time that was granted: what falls due may be paid until ``until``, and its days cost no penalty interest."""

    since: date
    until: date

    def days_within(self, after: date, on: date) -> int:
        """How many of the days after ``after``, up to and with ``on``, are of this time, its first day not counted."""
        return max(0, (min(on, self.until) - max(after, self.since)).days)


def respite_wanted(today: date, next_due: date, months: int) -> Respite:
    """The time asked for today: so many months from the next due date, or from today where that has passed."""
    return Respite(today, months_later(max(today, next_due), months))
