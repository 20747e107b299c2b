"""What the borrower can change now: one hint at a time, the most important first, long enough to read."""

from collections.abc import Iterator
from typing import Any, Final

from loanapp.domain.liveness import HintCode
from loanapp.resource_files import read_toml
from loanapp.vision.frame_analysis import FrameFacts

_PRIORITY: Final = {code: place for place, code in enumerate(HintCode)}


def _thresholds() -> dict[str, Any]:
    return read_toml("vision", "thresholds.toml")


class _Limits:
    """Comparisons with hysteresis: the threshold of the hint on the screen is stricter, so that it does not flicker."""

    def __init__(self, shown: HintCode | None) -> None:
        self._shown = shown
        self._share = float(_thresholds()["hysteresis"]["share"])

    def over(self, value: float, limit: float, code: HintCode) -> bool:
        return value > limit * (1 - self._share if code is self._shown else 1)

    def under(self, value: float, limit: float, code: HintCode) -> bool:
        return value < limit * (1 + self._share if code is self._shown else 1)


def hints_for(facts: FrameFacts, *, shown: HintCode | None = None, pose: bool = True) -> Iterator[HintCode]:
    """Every hint that holds for a frame, the most important first.

    ``shown`` is the hint on the screen. ``pose`` is false while an action asks for another pose.
    """
    limits = _Limits(shown)
    light = _thresholds()["light"]
    if (
        limits.under(facts.frame_luma, light["black_mean"], HintCode.CAMERA_BLACK)
        and facts.frame_spread < light["black_spread"]
    ):
        yield HintCode.CAMERA_BLACK
        return
    if facts.face is None:
        yield HintCode.NO_FACE
        return
    if facts.faces > 1:
        yield HintCode.SEVERAL_FACES
    dim = limits.under(facts.face_luma, light["dim_face"], HintCode.TOO_DARK)
    if limits.under(facts.face_luma, light["dark_face"], HintCode.TOO_DARK) or (
        dim and facts.background_luma < light["dim_room"]
    ):
        yield HintCode.TOO_DARK
    yield from _place_hints(facts, limits)
    if pose and _turned_away(facts, limits):
        yield HintCode.NOT_FRONTAL


def _place_hints(facts: FrameFacts, limits: _Limits) -> Iterator[HintCode]:
    place = _thresholds()["place"]
    if limits.under(facts.eye_distance_ratio, place["far"], HintCode.TOO_FAR):
        yield HintCode.TOO_FAR
    if limits.over(facts.eye_distance_ratio, place["near"], HintCode.TOO_NEAR):
        yield HintCode.TOO_NEAR
    away = limits.over(facts.centre_offset, place["off_centre"], HintCode.OFF_CENTRE)
    if away or limits.over(facts.cut_off, place["cut_off"], HintCode.OFF_CENTRE):
        yield HintCode.OFF_CENTRE


def _turned_away(facts: FrameFacts, limits: _Limits) -> bool:
    pose = _thresholds()["pose"]
    angles = ((facts.yaw, "frontal_yaw"), (facts.pitch, "frontal_pitch"), (facts.roll, "frontal_roll"))
    return any(limits.over(abs(angle), pose[name], HintCode.NOT_FRONTAL) for angle, name in angles)


def hint_for(facts: FrameFacts, *, shown: HintCode | None = None, pose: bool = True) -> HintCode | None:
    """The most important hint of one frame, or None where nothing need change."""
    return next(hints_for(facts, shown=shown, pose=pose), None)


def light_level(facts: FrameFacts) -> float:
    """The light meter, 0 (dark) to 1 (good): the light on the face, or in the room while there is no face."""
    limits = _thresholds()["light"]
    luma = facts.frame_luma if facts.face is None else facts.face_luma
    return max(0.0, min(1.0, luma / float(limits["good_face"])))


class HintFilter:
    """Turns the hints of single frames into what is shown.

    A hint appears once it has held for 0.3 s and then stays at least 1 s; a more important one may replace it sooner,
    after its own 0.3 s.
    """

    def __init__(self) -> None:
        limits = _thresholds()["hysteresis"]
        self._hold = float(limits["hold_seconds"])
        self._appear = float(limits["appear_seconds"])
        self._shown: HintCode | None = None
        self._shown_since = 0.0
        self._candidate: HintCode | None = None
        self._candidate_since = 0.0
        self._clean_since: float | None = None

    @property
    def shown(self) -> HintCode | None:
        """The hint on the screen."""
        return self._shown

    def clean_seconds(self, now_s: float) -> float:
        """How long frames have been without any hint."""
        return 0.0 if self._clean_since is None else now_s - self._clean_since

    def feed(self, facts: FrameFacts, *, pose: bool = True) -> HintCode | None:
        """Take the next frame's facts; the hint to show."""
        now = facts.time_s
        hint = hint_for(facts, shown=self._shown, pose=pose)
        if hint is None:
            self._clean_since = now if self._clean_since is None else self._clean_since
        else:
            self._clean_since = None
        if hint is not self._candidate:
            self._candidate, self._candidate_since = hint, now
        if hint is self._shown or now - self._candidate_since < self._appear:
            return self._shown
        more_urgent = hint is not None and self._shown is not None and _PRIORITY[hint] < _PRIORITY[self._shown]
        if self._shown is None or more_urgent or now - self._shown_since >= self._hold:
            self._shown, self._shown_since = hint, now
        return self._shown
