"""Light on a face and in the room, measured on thumbnails."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.vision.arrays import Image
from loanapp.vision.face_mesh import Face

# The outline of the face, for the light on it.
_OVAL: Final = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
# Smooth skin under each eye, beside nose and mouth: the own right, then the own left.
_CHEEKS: Final = ((117, 118, 101, 36, 205, 187, 147, 123), (346, 347, 330, 266, 425, 411, 376, 352))
# Side of the thumbnail in which light is measured; more changes the means by less than one step.
_THUMBNAIL: Final = 64
# From here on a sensor says no more than "very bright" (OFIQ counts the same).
_BLOWN: Final = 247


@dataclass(frozen=True, slots=True)
class Light:
    """Mean luma (0..255) of face, background and frame, and the spread of the frame's.

    ``blown``: share of the face's pixels at 247 or above. ``cheeks``: darker cheek's mean over the brighter one's.
    """

    face: float
    background: float
    frame: float
    spread: float
    blown: float = 0.0
    cheeks: float = 1.0


def measure_light(image_bgr: Image, face: Face | None) -> Light:
    """Means over a thumbnail: the face is the inside of its outline, the background all but the person."""
    height, width = image_bgr.shape[:2]
    small = cv2.resize(image_bgr, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_NEAREST)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    frame, spread = float(grey.mean()), float(grey.std())
    if face is None:
        return Light(0.0, frame, frame, spread)
    background = np.ones((_THUMBNAIL, _THUMBNAIL), dtype=bool)
    left, top, right, _ = (float(value) for value in face.box)
    margin = (right - left) * 0.4  # hair and ears; everything under the head may be the body
    columns = np.clip([left - margin, right + margin], 0, width) * _THUMBNAIL / width
    background[max(0, int((top - margin) * _THUMBNAIL / height)) :, int(columns[0]) : math.ceil(columns[1])] = False
    mean, blown, cheeks = _face_light(image_bgr, face)
    return Light(
        face=mean,
        background=float(grey[background].mean()) if background.any() else frame,
        frame=frame,
        spread=spread,
        blown=blown,
        cheeks=cheeks,
    )


def _face_light(image_bgr: Image, face: Face) -> tuple[float, float, float]:
    """Mean of the face, share of blown pixels, cheek ratio."""
    height, width = image_bgr.shape[:2]
    left, top, right, bottom = (int(value) for value in face.box)
    left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
    if right - left < 2 or bottom - top < 2:
        return 0.0, 0.0, 1.0
    patch = cv2.resize(image_bgr[top:bottom, left:right], (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_NEAREST)
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY)
    scale = (_THUMBNAIL / (right - left), _THUMBNAIL / (bottom - top))

    def inside(points: tuple[int, ...]) -> Image:
        outline = (face.landmarks[list(points), :2] - (left, top)) * scale
        mask = np.zeros((_THUMBNAIL, _THUMBNAIL), dtype=np.uint8)
        cv2.fillConvexPoly(mask, cv2.convexHull(np.round(outline).astype(np.int32)), (255,))
        return np.asarray(grey[mask > 0], np.uint8)

    whole = inside(_OVAL)
    if not whole.size:
        return float(grey.mean()), 0.0, 1.0
    cheeks = [float(cheek.mean()) for cheek in map(inside, _CHEEKS) if cheek.size]
    ratio = min(cheeks) / max(*cheeks, 1.0) if len(cheeks) == len(_CHEEKS) else 1.0
    return float(whole.mean()), float(np.count_nonzero(whole >= _BLOWN)) / whole.size, ratio
