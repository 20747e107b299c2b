"""How light comes back from parts of the face and from what is around it, frame by frame, in linear light."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_mesh import Face

FOREHEAD, RIGHT_CHEEK, LEFT_CHEEK, NOSE = range(4)
# Landmark numbers around each part: above the brows, below the eyes beside the nose, bridge to tip of the nose.
_PARTS: Final = (
    (108, 151, 337, 336, 9, 107),
    (117, 118, 101, 36, 205, 187, 147, 123),
    (346, 347, 330, 266, 425, 411, 376, 352),
    (195, 51, 5, 281, 4, 45, 275, 3, 248),
)
# The picture is taken in at this size: the smallest part still covers some forty of its pixels.
_SIDE: Final = 96
# Cells of the ring, each way; the evidence itself is no finer there.
CELLS: Final = 16
# The ring begins this much outside the outline of the mesh, so that no skin of the face is counted to it.
_GROWN: Final = 1.25
# sRGB to light, IEC 61966-2-1.
_VALUES: Final = np.arange(256, dtype=np.float64) / 255
_TO_LIGHT: Final = np.where(_VALUES <= 0.04045, _VALUES / 12.92, ((_VALUES + 0.055) / 1.055) ** 2.4).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Reflection:
    """Mean light, 0 to 1 of the camera's white, in red, green and blue.

    ``parts`` (4, 3): forehead, right and left cheek, nose. ``ring`` (16, 16, 3): cells of the picture that lie outside
    the face, NaN elsewhere.
    """

    parts: Floats
    ring: Floats


def to_light(value: Floats) -> Floats:
    """Linear light of sRGB values 0 to 255, any shape."""
    return np.asarray(np.interp(value, np.arange(256), _TO_LIGHT), np.float32)


def measure_reflection(image_bgr: Image, face: Face) -> Reflection:
    """The light that comes from the parts of a face and from around it."""
    height, width = image_bgr.shape[:2]
    light = np.asarray(cv2.LUT(image_bgr, _TO_LIGHT), np.float32)
    small = np.asarray(cv2.resize(light, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)[..., ::-1], np.float32)
    points = np.asarray(face.landmarks[:, :2] * (_SIDE / width, _SIDE / height), np.float32)
    parts = [_inside(small, points[list(part)]) for part in _PARTS]
    hull = np.asarray(cv2.convexHull(np.ascontiguousarray(points)), np.float32).reshape(-1, 2)
    middle = hull.mean(axis=0)
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.fillConvexPoly(mask, np.round(middle + (hull - middle) * _GROWN).astype(np.int32), 1)
    cell = _SIDE // CELLS
    covered = mask.reshape(CELLS, cell, CELLS, cell).any(axis=(1, 3))
    ring = small.reshape(CELLS, cell, CELLS, cell, 3).mean(axis=(1, 3))
    ring[covered] = np.nan
    return Reflection(np.asarray(parts, np.float32), np.asarray(ring, np.float32))


def _inside(small: Floats, outline: Floats) -> Floats:
    mask = np.zeros(small.shape[:2], np.uint8)
    hull = cv2.convexHull(np.round(outline).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 1)
    found = small[mask > 0]
    return np.asarray(found.mean(axis=0) if len(found) else np.zeros(3), np.float32)
