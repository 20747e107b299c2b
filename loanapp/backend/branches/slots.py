"""The times a branch can be visited, from its opening hours; in China's time."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from loanapp.backend.policy.models import Branch, Branches
from loanapp.domain.clock import CHINA


def slots_of(branch: Branch, policy: Branches, now: datetime) -> Iterator[datetime]:
    """Every beginning of a visit that may be chosen ``now``, in order."""
    local = now.astimezone(CHINA)
    earliest = local + timedelta(minutes=policy.notice_minutes)
    length = timedelta(minutes=policy.slot_minutes)
    for ahead in range(policy.days_ahead + 1):
        day = (local + timedelta(days=ahead)).date()
        if day.isoweekday() not in branch.days:
            continue
        for opens, closes in branch.open:
            begin, end = _at(day, opens), _at(day, closes)
            while begin + length <= end:
                if begin >= earliest:
                    yield begin
                begin += length


def _at(day: date, of_day: time) -> datetime:
    return datetime.combine(day, of_day, CHINA)
