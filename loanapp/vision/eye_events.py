"""Blinks and winks, against the person's own open eyes.

A fixed threshold misses blinks behind glasses and takes narrow open eyes for one long blink; so each eye is compared
with its own level, the head must be near frontal and still, and the time is bounded both ways.
"""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Final

from loanapp.resource_files import read_toml
from loanapp.vision.events import ActionEvent, EventKind
from loanapp.vision.frame_analysis import FrameFacts
from loanapp.vision.neutral import RunningLevel

# How long before and after a blink the pose must keep still, seconds.
_AROUND_S: Final = 0.1
_HISTORY: Final = 120


@dataclass(frozen=True, slots=True)
class _Look:
    """One frame of the eyes: openness and rise of the blink score, each against the own level."""

    frame: int
    time_s: float
    left: float
    right: float
    rise_left: float
    rise_right: float
    yaw: float
    pitch: float

    @property
    def mean(self) -> float:
        return (self.left + self.right) / 2

    @property
    def gap(self) -> float:
        return abs(self.left - self.right)

    @property
    def symmetry(self) -> float:
        strong, weak = max(self.rise_left, self.rise_right), min(self.rise_left, self.rise_right)
        return max(0.0, weak) / strong if strong > 0 else 0.0


class EyeEvents:
    """Feeds on frames, tells of blinks and winks when they are over."""

    def __init__(self) -> None:
        self._limits: dict[str, Any] = read_toml("vision", "thresholds.toml")["eyes"]
        seconds, quantile = self._limits["neutral_seconds"], self._limits["neutral_quantile"]
        self._open_left = RunningLevel(seconds, quantile)
        self._open_right = RunningLevel(seconds, quantile)
        self._blink_left = RunningLevel(seconds, 1 - quantile)
        self._blink_right = RunningLevel(seconds, 1 - quantile)
        self._looks: deque[_Look] = deque(maxlen=_HISTORY)
        self._closed: list[_Look] = []
        self._waiting: list[list[_Look]] = []
        self._winking: list[_Look] = []
        self._shut_since: float | None = None
        self._was_open = False

    @property
    def levels(self) -> tuple[float, float, float, float] | None:
        """Openness of left and right, blink score of left and right at rest; None while unknown."""
        left, right = self._open_left.level, self._open_right.level
        blink_left, blink_right = self._blink_left.level, self._blink_right.level
        if left is None or right is None or blink_left is None or blink_right is None:
            return None
        if min(left, right) < self._limits["least_open"]:
            return None  # only shut eyes were seen so far: nothing to compare with
        return left, right, blink_left, blink_right

    @property
    def are_open(self) -> bool:
        """Whether the eyes are open in the last frame."""
        return not self._looks or self._looks[-1].mean > float(self._limits["open_again"])

    @property
    def closure(self) -> float:
        """How far the eyes are closed in the last frame: 0 open as at rest, 1 closed enough for a blink."""
        if not self._looks:
            return 0.0
        need = 1 - float(self._limits["deepest"])
        return max(0.0, min(1.0, (1 - self._looks[-1].mean) / need))

    def lose(self) -> None:
        """The face is gone: what was under way is not an event."""
        self._closed.clear()
        self._waiting.clear()
        self._winking.clear()
        self._looks.clear()
        self._shut_since = None
        self._was_open = False

    def feed(self, facts: FrameFacts, frame: int) -> list[ActionEvent]:
        """Take the next frame, which has a face."""
        levels = self.levels
        if levels is None:
            self._learn(facts)
            return []
        look = _Look(
            frame,
            facts.time_s,
            facts.eye_open_left / max(levels[0], 1e-6),
            facts.eye_open_right / max(levels[1], 1e-6),
            facts.blink_left - levels[2],
            facts.blink_right - levels[3],
            facts.yaw,
            facts.pitch,
        )
        self._looks.append(look)
        self._learn_unless_shut(facts, look)
        events = self._follow_blink(look) + self._follow_wink(look)
        return sorted(events, key=lambda event: event.start_frame)

    def finish(self) -> list[ActionEvent]:
        """The stream is over: judge what only waited for the head to be still, and an unfinished wink."""
        events = [self._judge_blink(span) for span in self._waiting]
        events.append(self._judge_wink(complete=False))
        self.lose()
        return [event for event in events if event is not None]

    def _learn(self, facts: FrameFacts) -> None:
        self._open_left.add(facts.time_s, facts.eye_open_left)
        self._open_right.add(facts.time_s, facts.eye_open_right)
        self._blink_left.add(facts.time_s, facts.blink_left)
        self._blink_right.add(facts.time_s, facts.blink_right)

    def _learn_unless_shut(self, facts: FrameFacts, look: _Look) -> None:
        if min(look.left, look.right) > self._limits["open_again"]:
            self._shut_since = None
            if abs(facts.yaw) <= self._limits["yaw"]:
                self._learn(facts)
        elif self._shut_since is None:
            self._shut_since = look.time_s
        elif look.time_s - self._shut_since > self._limits["relearn_seconds"]:
            self._learn(facts)

    def _follow_blink(self, look: _Look) -> list[ActionEvent]:
        events = []
        if look.mean <= self._limits["closed"] and max(look.left, look.right) <= self._limits["other_eye"]:
            if self._was_open:
                self._closed.append(look)
        elif look.mean >= self._limits["open_again"]:
            self._was_open = True
            if self._closed:
                self._waiting.append(self._closed)
                self._closed = []
        ready = [span for span in self._waiting if look.time_s - span[-1].time_s >= _AROUND_S]
        for span in ready:
            self._waiting.remove(span)
            event = self._judge_blink(span)
            if event is not None:
                events.append(event)
        return events

    def _judge_blink(self, span: list[_Look]) -> ActionEvent | None:
        limits = self._limits
        first, last = span[0], span[-1]
        seconds = self._seconds(span)
        if not limits["shortest_seconds"] <= seconds <= limits["longest_seconds"]:
            return None
        deepest = min(span, key=lambda look: look.mean)
        closed = max(deepest.left, deepest.right) <= limits["deepest"]
        both = deepest.symmetry >= limits["symmetry"]
        rise = min(deepest.rise_left, deepest.rise_right) >= limits["rise"]
        around = [
            look for look in self._looks if first.time_s - _AROUND_S <= look.time_s <= last.time_s + _AROUND_S
        ] or span
        yaws, pitches = [look.yaw for look in around], [look.pitch for look in around]
        still = (
            max(abs(yaw) for yaw in yaws) <= limits["yaw"]
            and max(yaws) - min(yaws) <= limits["yaw_change"]
            and max(pitches) - min(pitches) <= limits["pitch_change"]
        )
        if not (closed and both and rise and still):
            return None
        strength = float((1 - deepest.mean) / (1 - limits["deepest"]))
        return ActionEvent(EventKind.BLINK, first.time_s, last.time_s, first.frame, last.frame, strength, complete=True)

    def _follow_wink(self, look: _Look) -> list[ActionEvent]:
        one_eye = min(look.left, look.right) <= self._limits["closed"] and look.gap >= self._limits["wink_gap"]
        rise = max(look.rise_left, look.rise_right) >= self._limits["rise"]
        if one_eye and rise and look.symmetry < self._limits["symmetry"]:
            self._winking.append(look)
            return []
        # One odd frame in between does not end a wink.
        if not self._winking or look.frame - self._winking[-1].frame <= 1:
            return []
        event = self._judge_wink(complete=True)
        return [] if event is None else [event]

    def _judge_wink(self, *, complete: bool) -> ActionEvent | None:
        span, self._winking = self._winking, []
        if not span:
            return None
        first, last = span[0], span[-1]
        if (
            self._seconds(span) < self._limits["wink_seconds"]
            or max(abs(look.yaw) for look in span) > self._limits["yaw"]
        ):
            return None
        return ActionEvent(EventKind.WINK, first.time_s, last.time_s, first.frame, last.frame, 1.0, complete)

    def _seconds(self, span: list[_Look]) -> float:
        """How long a span lasts: each frame stands for the time half-way to its neighbours.

        Between frames that come unevenly (15 a second taken from 24) a lid that was seen down once may have been down
        for no longer than the shorter gap; the typical interval would call that a blink.
        """
        first, last = span[0], span[-1]
        before = [first.time_s - look.time_s for look in self._looks if look.time_s < first.time_s]
        after = [look.time_s - last.time_s for look in self._looks if look.time_s > last.time_s]
        typical = self._interval()
        return last.time_s - first.time_s + (min(before, default=typical) + min(after, default=typical)) / 2

    def _interval(self) -> float:
        """Typical time between two frames, seconds."""
        times = [look.time_s for look in self._looks]
        return median(later - earlier for earlier, later in pairwise(times)) if len(times) > 2 else 0.0
