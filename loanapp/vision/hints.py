"""What the borrower can change now: every hint that holds for a frame, the most important first.

Covering, posture and expression are judged only while the person should be at rest (``pose``), never during an action.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final

from loanapp.domain.liveness import HintCode
from loanapp.resource_files import read_toml
from loanapp.vision.asked_action import AskedAction
from loanapp.vision.frame_analysis import FrameFacts

PRIORITY: Final = {code: place for place, code in enumerate(HintCode)}


class _Limits:
    """Comparisons with hysteresis: the threshold of a hint that held just before is stricter, so that none flickers."""

    def __init__(self, held: Collection[HintCode]) -> None:
        self._held = held
        self._tables: dict[str, Any] = read_toml("vision", "thresholds.toml")
        self._share = float(self._tables["hysteresis"]["share"])

    def table(self, name: str) -> dict[str, Any]:
        return dict(self._tables[name])

    def over(self, value: float, limit: float, code: HintCode) -> bool:
        return value > limit * (1 - self._share if code in self._held else 1)

    def under(self, value: float, limit: float, code: HintCode) -> bool:
        return value < limit * (1 + self._share if code in self._held else 1)


def hints_for(
    facts: FrameFacts, *, held: Collection[HintCode] = (), pose: bool = True, asked: AskedAction | None = None
) -> Iterator[HintCode]:
    """Every hint that holds for a frame, in the order of :class:`HintCode`.

    ``held`` are those of the frame before. ``pose`` is false while the person need not be at rest. ``asked`` is the
    action asked now: then the hints about it are given, and none about covering, posture or expression.
    """
    limits = _Limits(held)
    yield from sorted(_holding(facts, limits, pose=pose and asked is None, asked=asked), key=PRIORITY.__getitem__)


def hint_for(
    facts: FrameFacts, *, shown: HintCode | None = None, pose: bool = True, asked: AskedAction | None = None
) -> HintCode | None:
    """The most important hint of one frame, or None where nothing need change."""
    held = () if shown is None else (shown,)
    return next(hints_for(facts, held=held, pose=pose, asked=asked), None)


def _holding(facts: FrameFacts, limits: _Limits, *, pose: bool, asked: AskedAction | None) -> Iterator[HintCode]:
    light, stream = limits.table("light"), limits.table("stream")
    if limits.over(facts.frozen_s, stream["frozen_seconds"], HintCode.CAMERA_FROZEN):
        yield HintCode.CAMERA_FROZEN
    if (
        limits.under(facts.frame_luma, light["black_mean"], HintCode.CAMERA_BLACK)
        and facts.frame_spread < light["black_spread"]
    ):
        yield HintCode.CAMERA_BLACK
        return
    if facts.frame_rate and limits.under(facts.frame_rate, stream["slow_rate"], HintCode.CAMERA_SLOW):
        yield HintCode.CAMERA_SLOW
    if facts.face is None:
        yield HintCode.NO_FACE
        return
    if facts.faces > 1:
        yield HintCode.SEVERAL_FACES
    if limits.under(facts.likeness, stream["another_face"], HintCode.ANOTHER_FACE):
        yield HintCode.ANOTHER_FACE
    yield from _light_hints(facts, limits, light)
    yield from _place_hints(facts, limits)
    if asked is not None:
        yield from _action_hints(asked, limits)
    if pose:
        yield from _covering_hints(facts, limits)
        yield from _rest_hints(facts, limits)


def _light_hints(facts: FrameFacts, limits: _Limits, light: dict[str, Any]) -> Iterator[HintCode]:
    dim = limits.under(facts.face_light, light["dim_face"], HintCode.TOO_DARK)
    dark = limits.under(facts.face_light, light["dark_face"], HintCode.TOO_DARK)
    if dark or (dim and facts.background_luma < light["dim_room"]):
        yield HintCode.TOO_DARK
    bright = limits.over(facts.face_light, light["bright_face"], HintCode.TOO_BRIGHT)
    if bright or limits.over(facts.face_blown, light["blown"], HintCode.TOO_BRIGHT):
        yield HintCode.TOO_BRIGHT
    behind = facts.background_luma / max(facts.face_light, 1.0)
    if facts.background_luma > light["backlit_room"] and limits.over(behind, light["backlit"], HintCode.BACKLIT):
        yield HintCode.BACKLIT
    frontal = abs(facts.yaw) < light["uneven_yaw"]
    if frontal and limits.under(facts.cheek_ratio, light["uneven"], HintCode.UNEVEN_LIGHT):
        yield HintCode.UNEVEN_LIGHT


def _place_hints(facts: FrameFacts, limits: _Limits) -> Iterator[HintCode]:
    place = limits.table("place")
    cut_off = limits.over(facts.cut_off, place["cut_off"], HintCode.CUT_OFF)
    if cut_off:
        yield HintCode.CUT_OFF
    if limits.under(facts.eye_distance_ratio, place["far"], HintCode.TOO_FAR):
        yield HintCode.TOO_FAR
    if limits.over(facts.eye_distance_ratio, place["near"], HintCode.TOO_NEAR):
        yield HintCode.TOO_NEAR
    if limits.over(facts.centre_offset, place["off_centre"], HintCode.OFF_CENTRE):
        yield HintCode.OFF_CENTRE


def _action_hints(asked: AskedAction, limits: _Limits) -> Iterator[HintCode]:
    action = limits.table("action")
    if asked.furthest >= 1:
        return
    if limits.over(asked.opposite, action["opposite"], HintCode.WRONG_DIRECTION):
        yield HintCode.WRONG_DIRECTION
    elif asked.furthest > action["tried"] and asked.since_furthest_s > action["patience_seconds"]:
        yield HintCode.ACTION_TOO_SMALL


def _covering_hints(facts: FrameFacts, limits: _Limits) -> Iterator[HintCode]:
    covering = facts.covering
    for value, code in (
        (covering.mask, HintCode.MASK),
        (covering.hand, HintCode.HAND_ON_FACE),
        (covering.sunglasses, HintCode.SUNGLASSES),
        (covering.brows, HintCode.BROWS_COVERED),
        (covering.glare, HintCode.GLARE),
    ):
        if limits.over(value, 1.0, code):
            yield code


def _rest_hints(facts: FrameFacts, limits: _Limits) -> Iterator[HintCode]:
    pose, rest = limits.table("pose"), limits.table("rest")
    if limits.over(abs(facts.roll), pose["frontal_roll"], HintCode.TILTED):
        yield HintCode.TILTED
    aside = limits.over(abs(facts.yaw), pose["frontal_yaw"], HintCode.NOT_FRONTAL)
    if aside or limits.over(abs(facts.pitch), pose["frontal_pitch"], HintCode.NOT_FRONTAL):
        yield HintCode.NOT_FRONTAL
    if limits.over(facts.eyes_closed_s, rest["eyes_closed_seconds"], HintCode.EYES_CLOSED):
        yield HintCode.EYES_CLOSED
    if limits.over(facts.mouth_open_s, rest["mouth_open_seconds"], HintCode.MOUTH_OPEN):
        yield HintCode.MOUTH_OPEN
    blurred = limits.under(facts.sharpness, rest["blurred"], HintCode.BLURRED)
    if blurred or limits.under(facts.sharpness_measured, rest["surely_blurred"], HintCode.BLURRED):
        yield HintCode.BLURRED
    if limits.over(facts.motion, rest["moving"], HintCode.MOVING):
        yield HintCode.MOVING
