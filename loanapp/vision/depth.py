"""Depth seen in a turn: how far the nose moves against the rest of the face.

A flat sheet turned before a camera changes by a homography, a bent one nearly by a smooth warp of the second degree;
neither lets the nose slide over the cheeks. The mesh alone is a weak witness, because the net completes a print to the
face it looks like; so each point is also followed from frame to frame in the picture itself (Lucas and Kanade 1981, as
OpenCV does it), where the mesh only says about how far to look.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from loanapp.vision.arrays import Floats, Image

_Doubles = npt.NDArray[np.float64]

# Landmark numbers around the nose that hardly move in themselves: corners of the eyes, brows, the root between them,
# corners and middle of the mouth, cheeks. The first and fourth are the outer corners of the eyes.
_AROUND: Final = (
    *(33, 133, 362, 263, 70, 63, 105, 66, 107, 300, 293, 334, 296, 336, 9, 8),
    *(61, 291, 0, 17, 37, 267, 50, 280, 101, 330, 205, 425, 199),
)
# Tip, underside and wings of the nose: what stands out.
_NOSE: Final = (1, 4, 19, 2, 98, 327)
_POINTS: Final = (*_AROUND, *_NOSE)
# Following: side of the patch, and how far it may stray there and back, and from where the mesh saw it; pixels of 288.
_PATCH: Final = (23, 23)
_BACK: Final = 1.5
_STRAY: Final = 14.0
# Fewest points that make a warp of six numbers each way sure, and fewest of the nose.
_FEWEST_AROUND: Final = 16
_FEWEST_NOSE: Final = 3
_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Depth:
    """What a turn shows, in eye distances at rest, over the sine of the yaw read.

    ``planar``: root mean square of what the best homography of the mesh's points leaves. ``parallax``: how far along
    the turn the nose is from where a warp of the second degree, fitted around it, puts it: the mean of what the mesh
    and what the picture say, the latter 0 where too few points could be followed.
    """

    planar: float
    parallax: float


def measure_depth(images: Sequence[Image], landmarks: Sequence[Floats], yaw_change: float) -> Depth:
    """Depth over the frames of one turn, from rest to its height; ``yaw_change`` in degrees, to the own left."""
    points = [np.asarray(one[list(_POINTS), :2], np.float32) for one in landmarks]
    eyes = float(np.linalg.norm(points[0][0] - points[0][3]))
    turn = max(abs(float(np.sin(np.radians(yaw_change)))), 1e-3)
    # The own left is at the picture's right: what stands out moves there.
    unit = float(np.sign(yaw_change)) / (max(eyes, 1e-6) * turn)
    before, after = points[0].astype(np.float64), points[-1].astype(np.float64)
    by_mesh = _parallax(before, after, np.ones(len(_POINTS), np.bool_)) * unit
    followed, kept = _follow(images, points)
    by_picture = _parallax(before, followed, kept) * unit
    return Depth(_planar(before, after) / (max(eyes, 1e-6) * turn), (by_mesh + by_picture) / 2)


def _planar(before: _Doubles, after: _Doubles) -> float:
    matrix, _ = cv2.findHomography(before, after, 0)
    if matrix is None:
        return 0.0
    left = cv2.perspectiveTransform(before[None], matrix)[0] - after
    return float(np.sqrt(np.square(left).sum(axis=1).mean()))


def _parallax(before: _Doubles, after: _Doubles, kept: npt.NDArray[np.bool_]) -> float:
    """Pixels; 0 where too few points are kept."""
    around, nose = kept[: len(_AROUND)], kept[len(_AROUND) :]
    if around.sum() < _FEWEST_AROUND or nose.sum() < _FEWEST_NOSE:
        return 0.0
    source, target = before[: len(_AROUND)][around], after[: len(_AROUND)][around]
    middle, spread = source.mean(axis=0), float(source.std())
    design, weights = _design((source - middle) / spread), np.ones(len(source))
    warp: _Doubles = np.zeros((6, 2))
    for _ in range(_ROUNDS):
        solved = np.linalg.lstsq(design * weights[:, None], target * weights[:, None], rcond=None)[0]
        warp = np.asarray(solved, np.float64)
        left = np.linalg.norm(design @ warp - target, axis=1)
        # Cauchy's weights: a point that slid off counts little.
        weights = 1 / np.sqrt(1 + np.square(left / (2 * max(1.48 * float(np.median(left)), 0.3))))
    foreseen = _design((before[len(_AROUND) :][nose] - middle) / spread) @ warp
    return float(np.median((after[len(_AROUND) :][nose] - foreseen)[:, 0]))


def _design(places: _Doubles) -> _Doubles:
    x, y = places.T
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _follow(images: Sequence[Image], points: Sequence[Floats]) -> tuple[_Doubles, npt.NDArray[np.bool_]]:
    """Where the points of the first frame are in the last, and which of them were never lost."""
    grey = [cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in images]
    place, kept = points[0], np.ones(len(_POINTS), np.bool_)
    for index, (before, after) in enumerate(itertools.pairwise(grey)):
        guess = place + points[index + 1] - points[index]
        found, seen = _flow(before, after, place, guess)
        back, _ = _flow(after, before, found, place)
        kept &= seen & (np.linalg.norm(back - place, axis=1) < _BACK)
        kept &= np.linalg.norm(found - guess, axis=1) < _STRAY
        place = found
    return place.astype(np.float64), kept


def _flow(
    before: npt.NDArray[np.generic], after: npt.NDArray[np.generic], place: Floats, guess: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        *(np.asarray(before, np.uint8), np.asarray(after, np.uint8)),
        np.ascontiguousarray(place[:, None]),
        np.ascontiguousarray(guess[:, None]).copy(),
        winSize=_PATCH,
        maxLevel=2,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(found[:, 0], np.float32), np.asarray(status[:, 0] == 1, np.bool_)
