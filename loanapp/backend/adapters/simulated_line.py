"""The line to a simulated source: latency, and failure on demand."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from loanapp.backend.adapters.ports import SourceDownError

UP: Final = "up"
_DOWN: Final = "down"


class SimulatedLine:
    """Takes ``seconds`` for every question, and fails where it is told to.

    A mark tells it for one person: ``up``, ``down`` (always), or ``down:3`` (the first three questions). ``failing`` is
    the share of all other questions that find no answer. A line slower than ``timeout`` never answers in time.
    """

    def __init__(
        self, seconds: float, timeout: float, retry_seconds: int, failing: float, chance: Callable[[], float]
    ) -> None:
        self._seconds, self._timeout = seconds, timeout
        self._retry_seconds, self._failing, self._chance = retry_seconds, failing, chance
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reach(self, person: str, mark: str = UP) -> None:
        """Wait as long as the source takes; raises :class:`SourceDownError` where it is to fail."""
        time.sleep(min(self._seconds, self._timeout))
        if self._seconds > self._timeout or self._fails(person, mark):
            raise SourceDownError(self._retry_seconds)

    def _fails(self, person: str, mark: str) -> bool:
        if mark == UP:
            return self._failing > 0 and self._chance() < self._failing
        _down, _colon, times = mark.partition(":")
        with self._lock:
            self._asked[person] += 1
            return not times or self._asked[person] <= int(times)


def read_mark(text: str) -> str:
    """A mark as a table writes it; raises ``ValueError`` for one that means nothing."""
    name, colon, times = text.partition(":")
    if text == UP or (name == _DOWN and (not colon or times.isdecimal())):
        return text
    raise ValueError(f"{text!r} is no state of a line")
