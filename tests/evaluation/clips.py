"""Clips of real people, outside the project: what each shows, and whether the engine sees it.

The clips lie in the folder that the environment variable LOANAPP_CLIPS names; their rights are not cleared, so they are
for evaluation only. Frames were counted by eye, from 0.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from loanapp.capture.around_face import look_around
from loanapp.capture.evidence_recorder import Sampler
from loanapp.capture.face_crop import encode_crop
from loanapp.domain.liveness import HintCode
from loanapp.resource_files import read_toml
from loanapp.vision.actions import ActionDetector
from loanapp.vision.edge_rules import moved_by_itself
from loanapp.vision.events import EventKind
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.hints import hints_for
from loanapp.vision.models import FaceModels
from loanapp.vision.straight_edges import edge_motion
from loanapp.vision.surroundings import Surroundings

VARIABLE = "LOANAPP_CLIPS"
# As the client's recorder takes the cells around the face.
_AROUND_EVERY_S = 0.24


@dataclass(frozen=True)
class Clip:
    """What one clip shows. ``never``: spans that are no blink; ``covered``: a hand over the face."""

    blinks: tuple[tuple[int, int], ...] = ()
    never: tuple[tuple[int, int], ...] = ()
    winks: tuple[tuple[int, int], ...] = ()
    mouths: tuple[tuple[int, int], ...] = ()
    covered: tuple[int, int] | None = None
    turns: frozenset[EventKind] | None = None


_NONE: frozenset[EventKind] = frozenset()
_BOTH = frozenset({EventKind.TURN_LEFT, EventKind.TURN_RIGHT})
CLIPS: dict[str, Clip] = {
    "man_smile_blink.mp4": Clip(blinks=((26, 28),)),
    "man_then_no_face.mov": Clip(blinks=((26, 28),)),
    "woman_hand_over_face.mp4": Clip(never=((248, 248), (288, 288)), covered=(61, 230)),
    "man_frontal_blink.mp4": Clip(blinks=((64, 67),), turns=_NONE),
    "woman_dim_wink_turn_mouth.mp4": Clip(never=((8, 20),), winks=((8, 20),), mouths=((290, 353),), turns=_BOTH),
    "man_glasses_backlit_blinks.mp4": Clip(blinks=((42, 46), (78, 82), (102, 104), (314, 317))),
    "man_mouth_wide_blinks.mp4": Clip(blinks=((94, 97), (186, 187)), mouths=((71, 86), (129, 143))),
    "woman_distance_blinks.mp4": Clip(blinks=((69, 74), (214, 219), (260, 266))),
}


@dataclass
class ClipResult:
    """Counts for one clip; ``rates`` has ``full`` (the clip's own rate) and ``evidence`` (15/s, crops as sent).

    ``edges``: stretches of three seconds, one from each second, over which a reviewer would be told of an edge; of how
    many. The whole clip counts as one more.
    """

    name: str
    frames: int = 0
    found: dict[str, int] = field(default_factory=dict)
    listed: int = 0
    wrongly: dict[str, int] = field(default_factory=dict)
    never: int = 0
    winks: dict[str, int] = field(default_factory=dict)
    listed_winks: int = 0
    mouths: int = 0
    listed_mouths: int = 0
    turns: list[str] = field(default_factory=list)
    turns_as_listed: bool | None = None
    covered: tuple[int, int] | None = None
    covered_elsewhere: tuple[int, int] | None = None
    edges: tuple[int, int] = (0, 0)


def folder() -> Path | None:
    """Where the clips are; None when the environment names no folder."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def look(name: str, models: FaceModels) -> ClipResult:
    """Run one clip through the engine, at its own rate and as the evidence keeps it."""
    where = folder()
    assert where is not None
    clip, result = CLIPS[name], ClipResult(name)
    capture = cv2.VideoCapture(str(where / name))
    fps = capture.get(cv2.CAP_PROP_FPS)
    analysers = {rate: FrameAnalyser(models) for rate in ("full", "evidence")}
    detectors = {rate: ActionDetector() for rate in analysers}
    numbers: dict[str, list[int]] = {rate: [] for rate in analysers}
    events: dict[str, list] = {rate: [] for rate in analysers}
    sampler, held, hands = Sampler(), frozenset(), []
    around: list[tuple[float, Surroundings]] = []
    while True:
        ok, image = capture.read()
        if not ok:
            break
        time_s = result.frames / fps
        facts = analysers["full"].analyse(image, time_s)
        held = frozenset(hints_for(facts, held=held))
        hands.append(HintCode.HAND_ON_FACE in held)
        seen = {"full": facts}
        if sampler.takes(time_s) and facts.face is not None:
            crop = cv2.imdecode(np.frombuffer(encode_crop(image, facts.face), np.uint8), cv2.IMREAD_COLOR)
            seen["evidence"] = analysers["evidence"].analyse(crop, time_s)
        if facts.face is not None and (not around or time_s - around[-1][0] >= _AROUND_EVERY_S):
            cells = look_around(image, facts.face, least_cell=around[-1][1].cell if around else 1)
            around += [] if cells is None else [(time_s, cells)]
        for rate, one in seen.items():
            numbers[rate].append(result.frames)
            events[rate] += detectors[rate].feed(one)
        result.frames += 1
    capture.release()
    for rate, detector in detectors.items():
        events[rate] += detector.finish()
        spans = _spans(events[rate], numbers[rate])
        blinks = spans.get(EventKind.BLINK, [])
        result.found[rate] = sum(_met(span, blinks) for span in clip.blinks)
        result.wrongly[rate] = sum(_met(span, blinks, slack=0) for span in clip.never)
        result.winks[rate] = sum(_met(span, spans.get(EventKind.WINK, [])) for span in clip.winks)
    spans = _spans(events["full"], numbers["full"])
    result.mouths = sum(_met(span, spans.get(EventKind.MOUTH_OPEN, [])) for span in clip.mouths)
    turned = {kind for kind in _BOTH if spans.get(kind)}
    result.turns = sorted(kind.value for kind in turned)
    result.turns_as_listed = None if clip.turns is None else turned == clip.turns
    result.listed, result.never = len(clip.blinks), len(clip.never)
    result.listed_winks, result.listed_mouths = len(clip.winks), len(clip.mouths)
    _cover(result, hands, clip.covered)
    result.edges = _edges(around)
    return result


def _edges(around: list[tuple[float, Surroundings]]) -> tuple[int, int]:
    limits = read_toml("vision", "verdict.toml")["edges"]
    starts = range(max(1, int(around[-1][0]) - 2))
    stretches = [[cells for time_s, cells in around if start <= time_s < start + 3] for start in starts]
    noted = 0
    for some in (*stretches, [cells for _, cells in around]):
        motion = edge_motion(some, int(limits["least_grids"]))
        noted += moved_by_itself(motion, limits["most_outside"]) > limits["most_moved"]
    return noted, len(stretches) + 1


def _cover(result: ClipResult, hands: list[bool], covered: tuple[int, int] | None) -> None:
    inside = hands[covered[0] : covered[1] + 1] if covered else []
    outside = hands[: covered[0]] + hands[covered[1] + 1 :] if covered else hands
    result.covered = (sum(inside), len(inside)) if covered else None
    result.covered_elsewhere = (sum(outside), len(outside))


def _spans(events: list, numbers: list[int]) -> dict[EventKind, list[tuple[int, int]]]:
    spans: dict[EventKind, list[tuple[int, int]]] = {}
    for event in events:
        spans.setdefault(event.kind, []).append((numbers[event.start_frame], numbers[event.end_frame]))
    return spans


def _met(span: tuple[int, int], found: list[tuple[int, int]], *, slack: int = 1) -> bool:
    return any(first <= span[1] + slack and last >= span[0] - slack for first, last in found)
