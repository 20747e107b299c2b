"""Every address the program has spoken to since it was opened: when, how often, how much. Nothing of what was said."""

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from loanapp.domain.clock import Clock


@dataclass(frozen=True, slots=True)
class Contact:
    """One address (``host:port``); ``sent`` and ``received`` are bytes of content, ``failed`` calls got no answer."""

    address: str
    first: datetime
    last: datetime
    calls: int = 0
    failed: int = 0
    sent: int = 0
    received: int = 0


class NetworkLog:
    """Thread-safe; in memory alone, gone when the program ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._contacts: dict[str, Contact] = {}

    def note(self, url: str, *, sent: int, received: int = 0, failed: bool = False) -> None:
        """One call to ``url`` has ended."""
        address, now = urlsplit(url).netloc, self._clock.now()
        with self._lock:
            before = self._contacts.get(address) or Contact(address, now, now)
            self._contacts[address] = replace(
                before,
                last=now,
                calls=before.calls + 1,
                failed=before.failed + failed,
                sent=before.sent + sent,
                received=before.received + received,
            )

    def contacts(self) -> tuple[Contact, ...]:
        """Every address, the one spoken to last first."""
        with self._lock:
            return tuple(sorted(self._contacts.values(), key=lambda one: one.last, reverse=True))
