"""Of the hints of single frames, the one to show: calm enough to read."""

from typing import Final

from loanapp.domain.liveness import HintCode
from loanapp.resource_files import read_toml
from loanapp.vision.asked_action import AskedAction
from loanapp.vision.frame_analysis import FrameFacts
from loanapp.vision.hints import PRIORITY, hints_for

# A hint that is away for no longer than this has not gone: its value wavers around the threshold.
_WAVERS_S: Final = 0.1


class HintFilter:
    """Turns the hints of single frames into what is shown.

    A hint appears once it has held for 0.3 s and then stays at least 1 s; a more important one may replace it sooner,
    after its own 0.3 s. Each hint is timed by itself, so that two that alternate do not keep each other away.
    """

    def __init__(self, hold_s: float | None = None) -> None:
        """``hold_s``: how long a hint stays at least, where that is not the usual time."""
        limits = read_toml("vision", "thresholds.toml")["hysteresis"]
        self._hold = float(limits["hold_seconds"]) if hold_s is None else hold_s
        self._appear = float(limits["appear_seconds"])
        self._since: dict[HintCode, float] = {}
        self._last: dict[HintCode, float] = {}
        self._shown: HintCode | None = None
        self._shown_since = 0.0
        self._clean_since: float | None = None
        self._held: frozenset[HintCode] = frozenset()

    @property
    def shown(self) -> HintCode | None:
        """The hint on the screen."""
        return self._shown

    @property
    def held(self) -> frozenset[HintCode]:
        """Every hint of the last frame."""
        return self._held

    def clean_seconds(self, now_s: float) -> float:
        """How long frames have been without any hint."""
        return 0.0 if self._clean_since is None else now_s - self._clean_since

    def feed(self, facts: FrameFacts, *, pose: bool = True, asked: AskedAction | None = None) -> HintCode | None:
        """Take the next frame's facts; the hint to show. ``pose`` and ``asked`` as for :func:`hints_for`."""
        now = facts.time_s
        held = set(self._held) if self._shown is None else {*self._held, self._shown}
        self._held = frozenset(hints_for(facts, held=held, pose=pose, asked=asked))
        if self._held:
            self._clean_since = None
        elif self._clean_since is None:
            self._clean_since = now
        for code in self._held:
            if code not in self._since or now - self._last[code] > _WAVERS_S:
                self._since[code] = now
            self._last[code] = now
        best = self._ripe(now)
        if best is self._shown:
            return self._shown
        more_urgent = best is not None and self._shown is not None and PRIORITY[best] < PRIORITY[self._shown]
        read = now - self._shown_since >= self._hold
        gone = self._shown is not None and now - self._last[self._shown] >= self._appear
        if self._shown is None or more_urgent or (gone and read):
            self._shown, self._shown_since = best, now
        return self._shown

    def _ripe(self, now: float) -> HintCode | None:
        """The most important hint that has held for long enough."""
        ripe = [code for code in self._held if now - self._since[code] >= self._appear - 1e-6]
        return min(ripe, key=PRIORITY.__getitem__, default=None)
