"""How a source is asked: several tries with random pauses, and a breaker that spares a source that is down.

Asking again is safe because every question of the ports is: it changes nothing, or carries a key.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from loanapp.backend.adapters.ports import SourceDownError
from loanapp.backend.policy.sources import SourceRules

Answer = TypeVar("Answer")


class Breaker:
    """Opens after ``failures`` in a row; once ``open_for`` seconds are over one question may try.

    Thread-safe. Its answer closes it, its failure opens it anew; whoever comes meanwhile is turned away.
    """

    def __init__(self, failures: int, open_for: float, now: Callable[[], float] = time.monotonic) -> None:
        self._limit: Final = failures
        self._open_for: Final = open_for
        self._now: Final = now
        self._lock = threading.Lock()
        self._failures = 0
        self._opens_at = 0.0
        self._trying = False

    def enter(self) -> None:
        """Ask for leave to question the source; raises :class:`SourceDownError` with the seconds until it may."""
        with self._lock:
            if self._failures < self._limit:
                return
            left = self._opens_at - self._now()
            if left > 0 or self._trying:
                raise SourceDownError(max(1, round(left)))
            self._trying = True

    def worked(self) -> None:
        """The source answered."""
        with self._lock:
            self._failures, self._trying = 0, False

    def failed(self) -> None:
        """The source did not answer."""
        with self._lock:
            self._failures += 1
            self._trying = False
            if self._failures >= self._limit:
                self._opens_at = self._now() + self._open_for

    def left(self) -> None:
        """The question ended without saying anything about the source."""
        with self._lock:
            self._trying = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks one source by its rules; ``sleep`` in seconds and ``chance`` in [0, 1) stand for time and luck in tests."""

    rules: SourceRules
    breaker: Breaker
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = field(default=random.SystemRandom().random)

    @classmethod
    def by(cls, rules: SourceRules) -> "Caller":
        """A caller with a breaker of its own."""
        return cls(rules, Breaker(rules.failures, rules.open_for))

    def call(self, question: Callable[[], Answer]) -> Answer:
        """The answer; raises :class:`SourceDownError` once the tries are used up or while the breaker is open."""
        for number in range(self.rules.tries):
            self.breaker.enter()
            try:
                answer = question()
            except SourceDownError:
                self.breaker.failed()
                if number + 1 == self.rules.tries:
                    raise
                self.sleep(self.chance() * min(self.rules.pause * 2**number, self.rules.longest_pause))
            except BaseException:
                self.breaker.left()
                raise
            else:
                self.breaker.worked()
                return answer
        raise AssertionError("rules have at least one try")
