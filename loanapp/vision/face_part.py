"""The face cut out of a frame, small: what every measure of light, sharpness and covering works on."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_mesh import Face

# The part is halved as often as the face keeps at least this many pixels across.
_ACROSS: Final = 96
_MARGIN: Final = 0.04
_LEAST: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class FacePart:
    """``image``: the surroundings of a face, at most 192 pixels across it; ``points`` (478, 2): its landmarks there."""

    image: Image
    points: Floats


def face_part(image: Image, face: Face) -> FacePart | None:
    """Cut the face out of a frame; None where (nearly) nothing of it lies inside the frame."""
    height, width = image.shape[:2]
    left, top, right, bottom = (float(value) for value in face.box)
    margin = _MARGIN * (right - left)
    x0, y0 = max(0, int(left - margin)), max(0, int(top - margin))
    x1, y1 = min(width, int(right + margin) + 1), min(height, int(bottom + margin) + 1)
    halvings = max(0, math.floor(math.log2(max((right - left) / _ACROSS, 1))))
    shrink = 2**halvings
    columns, rows = (x1 - x0) // shrink, (y1 - y0) // shrink
    if columns < _LEAST or rows < _LEAST:
        return None
    part = image[y0 : y0 + rows * shrink, x0 : x0 + columns * shrink]
    for left_over in range(halvings - 1, -1, -1):  # OpenCV halves three times faster than it shrinks otherwise
        size = (columns * 2**left_over, rows * 2**left_over)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    points = (face.landmarks[:, :2] - (x0, y0) + 0.5) / shrink - 0.5
    return FacePart(part, np.asarray(points, np.float32))
