"""The one clock port: everything that waits or stamps reads the time here (design decision 12)."""

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time; always with a zone."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved: for tests and the demonstration's time travel."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a time needs a zone")
        self._now = start

    def now(self) -> datetime:
        """The moment the clock was last moved to."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Move forward."""
        self._now += by
