"""Actions seen in a stream: each neutral - act - neutral, against the person's own neutral."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loanapp.domain.liveness import Action
from loanapp.resource_files import read_toml
from loanapp.vision.events import ActionEvent, EventKind
from loanapp.vision.eye_events import EyeEvents
from loanapp.vision.frame_analysis import FrameFacts
from loanapp.vision.neutral import Neutral, RestingValue, RunningLevel


@dataclass(slots=True)
class _Span:
    first: FrameFacts
    first_frame: int
    last: FrameFacts
    last_frame: int
    strength: float


class _Excursion:
    """Follows one value out of its rest and back: begins at 1, is over below ``back``; 1 is what analysis reports."""

    def __init__(self, kind: EventKind, back: float, shortest_s: float, longest_s: float | None = None) -> None:
        self._kind = kind
        self._back = back
        self._shortest = shortest_s
        self._longest = longest_s
        self._span: _Span | None = None
        self._rested = False

    @property
    def under_way(self) -> bool:
        return self._span is not None

    def lose(self) -> None:
        self._span = None
        self._rested = False

    def feed(self, facts: FrameFacts, frame: int, value: float, strength: float) -> ActionEvent | None:
        """``value`` against what is reported, ``strength`` against what a challenge asks."""
        if value >= 1:
            if self._span is None:
                self._span = _Span(facts, frame, facts, frame, strength)
            self._span.last, self._span.last_frame = facts, frame
            self._span.strength = max(self._span.strength, strength)
        elif value <= self._back:
            event = self.finish(complete=self._rested)
            self._rested = True
            return event
        return None

    def finish(self, *, complete: bool) -> ActionEvent | None:
        span, self._span = self._span, None
        if span is None:
            return None
        start, end = span.first.time_s, span.last.time_s
        if end - start < self._shortest or (self._longest is not None and end - start > self._longest):
            return None
        return ActionEvent(self._kind, start, end, span.first_frame, span.last_frame, span.strength, complete)


class ActionDetector:
    """Feeds on the facts of one stream, frame by frame, and tells of each action when it is over.

    Thresholds: ``resources/vision/thresholds.toml``.
    """

    def __init__(self) -> None:
        limits: dict[str, Any] = read_toml("vision", "thresholds.toml")
        self._mouth, self._turn, self._nod = limits["mouth"], limits["turn"], limits["nod"]
        seconds, patience = limits["neutral"]["seconds"], limits["neutral"]["patience_seconds"]
        self._yaw = RestingValue(seconds, limits["neutral"]["calm_yaw"], patience)
        self._pitch = RestingValue(seconds, limits["neutral"]["calm_pitch"], patience)
        # A low quantile, so that talking does not become the rest of a mouth.
        self._jaw = RunningLevel(patience, 0.3)
        self._gap = RunningLevel(patience, 0.3)
        self._eyes = EyeEvents()
        self._mouth_open = _Excursion(
            EventKind.MOUTH_OPEN, self._mouth["closed_share"], self._mouth["shortest_seconds"]
        )
        back = self._turn["back"] / self._turn["report"]
        self._left = _Excursion(EventKind.TURN_LEFT, back, self._turn["shortest_seconds"])
        self._right = _Excursion(EventKind.TURN_RIGHT, back, self._turn["shortest_seconds"])
        self._down = _Excursion(
            EventKind.NOD, self._nod["back_share"], self._nod["shortest_seconds"], self._nod["longest_seconds"]
        )
        self._frame = -1
        self._last: FrameFacts | None = None

    @property
    def neutral(self) -> Neutral | None:
        """The person at rest, as far as learnt; None before."""
        eyes = self._eyes.levels
        jaw, gap, yaw, pitch = self._jaw.level, self._gap.level, self._yaw.level, self._pitch.level
        if eyes is None or jaw is None or gap is None or yaw is None or pitch is None:
            return None
        return Neutral(*eyes, jaw_open=jaw, mouth_gap=gap, yaw=yaw, pitch=pitch)

    def feed(self, facts: FrameFacts) -> list[ActionEvent]:
        """Take the next frame; the actions that end with it."""
        self._frame += 1
        if facts.face is None:
            self._lose()
            return []
        self._last = facts
        self._yaw.add(facts.time_s, facts.yaw)
        self._pitch.add(facts.time_s, facts.pitch)
        self._jaw.add(facts.time_s, facts.jaw_open)
        self._gap.add(facts.time_s, facts.mouth_gap)
        events = self._eyes.feed(facts, self._frame)
        neutral = self.neutral
        if neutral is None:
            return events
        nod = self._nod_value(facts, neutral)
        found = [
            self._mouth_open.feed(facts, self._frame, *(2 * [self._mouth_value(facts, neutral)])),
            self._left.feed(facts, self._frame, *self._turn_values(facts.yaw, neutral.yaw)),
            self._right.feed(facts, self._frame, *self._turn_values(-facts.yaw, -neutral.yaw)),
            self._down.feed(facts, self._frame, nod, nod),
        ]
        return events + [event for event in found if event is not None]

    def finish(self) -> list[ActionEvent]:
        """The stream is over: what was still under way, marked as not complete."""
        found = [part.finish(complete=False) for part in (self._mouth_open, self._left, self._right)]
        return self._eyes.finish() + [event for event in found if event is not None]

    def progress(self, action: Action) -> float:
        """How far the last frame is into an action, 0 at rest to 1 at what is asked."""
        neutral = self.neutral
        if neutral is None or self._last is None:
            return 0.0
        values: dict[Action, Callable[[FrameFacts, Neutral], float]] = {
            Action.BLINK: lambda _facts, _neutral: self._eyes.closure,
            Action.OPEN_MOUTH: self._mouth_value,
            Action.TURN_LEFT: lambda facts, rest: self._turn_values(facts.yaw, rest.yaw)[1],
            Action.TURN_RIGHT: lambda facts, rest: self._turn_values(-facts.yaw, -rest.yaw)[1],
            Action.NOD: self._nod_value,
        }
        return max(0.0, min(1.0, values[action](self._last, neutral)))

    @property
    def at_rest(self) -> bool:
        """Whether the last frame shows the person neutral: ready for the next action."""
        under_way = any(part.under_way for part in (self._mouth_open, self._left, self._right, self._down))
        return self.neutral is not None and not under_way and self._eyes.are_open

    def _lose(self) -> None:
        self._last = None
        self._eyes.lose()
        for part in (self._mouth_open, self._left, self._right, self._down):
            part.lose()

    def _mouth_value(self, facts: FrameFacts, neutral: Neutral) -> float:
        jaw = (facts.jaw_open - neutral.jaw_open) / float(self._mouth["open_rise"])
        gap = (facts.mouth_gap - neutral.mouth_gap) / float(self._mouth["gap_rise"])
        return min(jaw, gap)

    def _turn_values(self, yaw: float, rest: float) -> tuple[float, float]:
        """What analysis reports and what a challenge counts, 1 at each threshold.

        Both the angle itself and the way from the rest must suffice: neither a camera at the side nor a flat photo
        swung from one side to the other makes a turn.
        """
        report = min(yaw / self._turn["report"], (yaw - rest) / self._turn["report_over_rest"])
        counts = min(yaw, yaw - rest) / self._turn["counts"]
        return float(report), float(counts)

    def _nod_value(self, facts: FrameFacts, neutral: Neutral) -> float:
        if abs(facts.yaw) > self._nod["yaw"]:
            return 0.0
        return float((neutral.pitch - facts.pitch) / self._nod["down"])
