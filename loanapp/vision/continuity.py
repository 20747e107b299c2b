"""Whether one face is seen from the first frame of an attempt to the last.

Every frame is compared with the one before it, cheaply; where two neighbours are least alike, at rest before, within
and after each action, in each action itself and at random, the face is described and held against the best frame's.
"""

import itertools
import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.arrays import Floats, Image
from loanapp.vision.events import ActionEvent
from loanapp.vision.face_match import TEMPLATE, FaceMatcher, similarity_transform
from loanapp.vision.face_mesh import Face
from loanapp.vision.frame_analysis import FrameFacts
from loanapp.vision.parallel import in_parallel

# The five points a matcher aligns by, as landmarks: middles of the irises, tip of the nose, corners of the mouth.
_POINTS: Final = (468, 473, 1, 61, 291)
# Where they come to lie in a patch of 48 x 48: the matcher's template, smaller.
_PATCH_SIDE: Final = 48
_PATCH_POINTS: Final = np.asarray(TEMPLATE * (_PATCH_SIDE / 112), np.float32)
# The picture is made this small first: noise of the sensor is not the face.
_SMALL: Final = 144


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two frames that follow each other, with faces: ``alike`` is the correlation of their patches, -1 to 1."""

    before: int
    after: int
    seconds: float
    alike: float


@dataclass(frozen=True, slots=True)
class Continuity:
    """``least_similar``: the lowest cosine to the best frame; ``jumps``: neighbours no face can move between."""

    least_similar: float
    least_alike: float
    jumps: int
    described: int


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """An attempt as the engine saw it, by frame: facts, pictures, and patches (None where there is no face)."""

    facts: Sequence[FrameFacts]
    images: Sequence[Image]
    patches: Sequence[Floats | None]


def face_points(face: Face) -> Floats:
    """The five points (5, 2) a :class:`FaceMatcher` aligns by, in pixels."""
    return np.asarray(face.landmarks[list(_POINTS), :2], np.float32)


def face_patch(image: Image, face: Face) -> Floats:
    """The face upright in grey, (2304,) with mean 0 and length 1: the product of two is their correlation."""
    scale = min(1.0, _SMALL / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    matrix = similarity_transform(face_points(face) * np.float32(scale), _PATCH_POINTS)
    grey = cv2.cvtColor(cv2.warpAffine(small, matrix, (_PATCH_SIDE, _PATCH_SIDE)), cv2.COLOR_BGR2GRAY)
    patch = np.asarray(grey, np.float32).reshape(-1)
    patch -= patch.mean()
    return np.asarray(patch / max(float(np.linalg.norm(patch)), 1e-6), np.float32)


def neighbours(course: Course) -> list[Neighbours]:
    """Each frame with a face and the next one with a face, in order of time."""
    seen = [(index, patch) for index, patch in enumerate(course.patches) if patch is not None]
    return [
        Neighbours(
            before,
            after,
            course.facts[after].time_s - course.facts[before].time_s,
            float(first @ second),
        )
        for (before, first), (after, second) in itertools.pairwise(seen)
    ]


def most_at_rest(facts: Sequence[FrameFacts], allowed: Iterable[int] | None = None) -> int | None:
    """The frame whose face is frontal, eyes open, mouth shut, more than in the others; None where there is no face."""
    indices = range(len(facts)) if allowed is None else allowed
    scored = [(_unrest(facts[index]), index) for index in indices if facts[index].face is not None]
    return min(scored)[1] if scored else None


def _unrest(facts: FrameFacts) -> float:
    eyes = min(facts.eye_open_left, facts.eye_open_right)
    return abs(facts.yaw) / 10 + abs(facts.pitch) / 15 + facts.jaw_open * 2 - 4 * eyes


def same_face(
    course: Course,
    *,
    best: int,
    spans: Sequence[tuple[float, float]],
    events: Iterable[ActionEvent],
    matcher: FaceMatcher,
    limits: dict[str, Any],
) -> Continuity:
    """Hold every chosen face of the course against the frame ``best``.

    ``spans`` are its pieces in seconds, ``events`` the actions it counts for.
    ``limits`` is the table ``continuity`` of ``verdict.toml``. Raises :class:`LoanAppError` where a model is missing.
    """
    pairs = neighbours(course)
    jumps = [pair for pair in pairs if pair.alike < limits["jump_below"]]
    rests = {best, *_rests(course.facts, spans)}
    chosen = {*_in_actions(course.facts, events), *_around_cuts(pairs, jumps, limits)} - rests
    chosen |= _at_random(course.facts, rests | chosen, limits["random_frames"])
    looks = [(index, True) for index in sorted(rests)] + [(index, False) for index in sorted(chosen)]

    def describe(look: tuple[int, bool]) -> Floats | None:
        index, search = look
        face = course.facts[index].face
        try:
            # At rest a second detector must see the face too; in a turn or a blink it need not.
            if search or face is None:
                return matcher.describe(course.images[index])
            return matcher.describe_at(course.images[index], face_points(face))
        except LoanAppError as error:
            if error.code is not ErrorCode.FACE_LOST:
                raise
            return None

    vectors = dict(zip([index for index, _ in looks], in_parallel(describe, looks), strict=True))
    reference = vectors[best]
    least = 1.0
    for vector in vectors.values():
        alike = math.nan if vector is None or reference is None else float(reference @ vector)
        # What cannot be compared is not alike.
        least = min(least, alike if math.isfinite(alike) else 0.0)
    return Continuity(
        least_similar=least,
        least_alike=min((pair.alike for pair in pairs), default=1.0),
        jumps=sum(pair.seconds <= limits["jump_seconds"] for pair in jumps),
        described=len(looks),
    )


def _rests(facts: Sequence[FrameFacts], spans: Sequence[tuple[float, float]]) -> set[int]:
    found = {
        most_at_rest(facts, [index for index, one in enumerate(facts) if start <= one.time_s <= end])
        for start, end in spans
    }
    return {index for index in found if index is not None}


def _in_actions(facts: Sequence[FrameFacts], events: Iterable[ActionEvent]) -> set[int]:
    """Of each action itself the frame that can be compared best."""
    found = {most_at_rest(facts, range(event.start_frame, event.end_frame + 1)) for event in events}
    return {index for index in found if index is not None}


def _around_cuts(pairs: list[Neighbours], jumps: list[Neighbours], limits: dict[str, Any]) -> set[int]:
    """Both sides of the places where the face changes most: one of them shows whoever came in."""
    suspect = sorted((pair for pair in pairs if pair.alike < limits["cut_below"]), key=lambda pair: pair.alike)
    cuts = suspect[: min(max(len(jumps), limits["least_cuts"]), limits["most_cuts"])]
    return {index for pair in cuts for index in (pair.before, pair.after)}


def _at_random(facts: Sequence[FrameFacts], taken: set[int], count: int) -> set[int]:
    """Frames nobody can know beforehand."""
    left = [index for index, one in enumerate(facts) if one.face is not None and index not in taken]
    return set(secrets.SystemRandom().sample(left, min(count, len(left))))
