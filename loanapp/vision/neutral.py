"""What a person's own face looks like at rest, learnt while watching."""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass
from typing import Final

# Fewest samples that make a neutral; a tenth of a second at 30 fps.
_FEWEST: Final = 3
# How long a sample waits before it is learnt, and how long at the start none waits; seconds.
_WAIT_S: Final = 0.6
_FIRST_S: Final = 0.3


class RunningLevel:
    """A quantile of the samples of the last ``seconds``; None until three samples are in."""

    def __init__(self, seconds: float, quantile: float) -> None:
        self._seconds = seconds
        self._quantile = quantile
        self._samples: deque[tuple[float, float]] = deque()
        self._ordered: list[float] = []  # the samples' values; kept in order, because this runs on every frame

    def add(self, time_s: float, value: float) -> None:
        """Take a sample; older ones beyond the window go."""
        self._samples.append((time_s, value))
        insort(self._ordered, value)
        while time_s - self._samples[0][0] > self._seconds:
            _, old = self._samples.popleft()
            del self._ordered[min(bisect_left(self._ordered, old), len(self._ordered) - 1)]

    def clear(self) -> None:
        """Start learning anew."""
        self._samples.clear()
        self._ordered.clear()

    @property
    def level(self) -> float | None:
        """The level now."""
        values = self._ordered
        return values[round((len(values) - 1) * self._quantile)] if len(values) >= _FEWEST else None


class RestingValue:
    """The median of a value while it stays within ``calm`` of its own level.

    Samples wait a moment before they are learnt and are dropped when the value has left its level by then, so that the
    slow beginning of a turn does not become the rest. A pose kept longer than ``patience_s`` is the new rest.
    """

    def __init__(self, seconds: float, calm: float, patience_s: float) -> None:
        self._running = RunningLevel(seconds, 0.5)
        self._calm = calm
        self._patience = patience_s
        self._pending: deque[tuple[float, float]] = deque()
        self._away_since: float | None = None
        self._first_s: float | None = None

    @property
    def level(self) -> float | None:
        """The level now."""
        return self._running.level

    def add(self, time_s: float, value: float) -> None:
        """Take the next sample."""
        if self._first_s is None:
            self._first_s = time_s
        level = self._running.level
        if level is None or time_s - self._first_s < _FIRST_S:
            self._running.add(time_s, value)
            return
        if abs(value - level) <= self._calm:
            self._away_since = None
            self._pending.append((time_s, value))
            while self._pending and time_s - self._pending[0][0] >= _WAIT_S:
                self._running.add(*self._pending.popleft())
            return
        self._pending.clear()
        if self._away_since is None:
            self._away_since = time_s
        elif time_s - self._away_since > self._patience:
            self._running.clear()
            self._first_s = time_s
            self._running.add(time_s, value)
            self._away_since = None


@dataclass(frozen=True, slots=True)
class Neutral:
    """The person at rest: eye openness, blink and mouth values, pose in degrees."""

    eye_open_left: float
    eye_open_right: float
    blink_left: float
    blink_right: float
    jaw_open: float
    mouth_gap: float
    yaw: float
    pitch: float
