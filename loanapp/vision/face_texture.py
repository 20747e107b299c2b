"""The face laid flat: every frame's face in one and the same small picture, whatever its place, pose and expression.

Each texel belongs to a triangle of the average face and takes its colour from the same spot of that triangle in the
frame (piecewise affine warp, as in Cootes' active appearance models). So lips lie where lips lie, open or shut.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_part import FacePart
from loanapp.vision.models import CanonicalFace

SIDE: Final = 64
_MARGIN: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where everything lies in the flat face. Made once per program, never changed.

    ``points`` (468, 2): the landmarks, in texels. ``inside`` (SIDE, SIDE): the face, and ``texels`` (n,) the same as
    numbers. ``corners`` and ``weights`` (n, 3): of each of them the landmarks of its triangle and their weights.
    """

    points: Floats
    inside: npt.NDArray[np.bool_]
    texels: npt.NDArray[np.intp]
    corners: npt.NDArray[np.intp]
    weights: Floats


def layout_of(canonical: CanonicalFace) -> Layout:
    """The layout of the average face."""
    return _layout(canonical.points.tobytes())


class FaceTexture:
    """Lays faces flat; about 0.2 ms each. For one thread."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._weights = layout.weights.astype(np.complex64)
        self._across = np.zeros((SIDE, SIDE), np.float32)
        self._down = np.zeros((SIDE, SIDE), np.float32)

    def of(self, part: FacePart) -> Image:
        """The flat face (SIDE, SIDE, 3), blue-green-red; what lies outside the frame repeats the frame's edge."""
        layout = self._layout
        # A point of the plane as one complex number: a third of the time of two real ones.
        points = part.points[:, 0] + 1j * part.points[:, 1]
        spots = np.einsum("tc,tc->t", np.take(points.astype(np.complex64), layout.corners), self._weights)
        self._across.reshape(-1)[layout.texels] = spots.real
        self._down.reshape(-1)[layout.texels] = spots.imag
        flat = cv2.remap(part.image, self._across, self._down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(flat, np.uint8)


@lru_cache(maxsize=1)
def _layout(canonical_points: bytes) -> Layout:
    solid = np.frombuffer(canonical_points, np.float32).reshape(-1, 3)
    flat = solid[:, :2] * np.array([1, -1], np.float32)
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = (SIDE * (1 - 2 * _MARGIN)) / float((high - low).max())
    points = np.asarray((flat - (low + high) / 2) * scale + SIDE / 2, np.float32)
    corners = np.zeros((SIDE, SIDE, 3), np.intp)
    weights = np.zeros((SIDE, SIDE, 3), np.float32)
    inside = np.zeros((SIDE, SIDE), bool)
    for numbers in _triangles(points):
        (ax, ay), (bx, by), (cx, cy) = points[list(numbers)].astype(np.float64)
        area = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy)
        if abs(area) < 1e-6:
            continue
        box = (
            slice(max(0, int(min(ay, by, cy))), int(max(ay, by, cy)) + 2),
            slice(max(0, int(min(ax, bx, cx))), int(max(ax, bx, cx)) + 2),
        )
        rows, columns = np.mgrid[box].astype(np.float64)
        first = ((by - cy) * (columns - cx) + (cx - bx) * (rows - cy)) / area
        second = ((cy - ay) * (columns - cx) + (ax - cx) * (rows - cy)) / area
        here = (first >= -1e-4) & (second >= -1e-4) & (first + second <= 1 + 1e-4) & ~inside[box]
        inside[box] |= here
        corners[box][here] = numbers
        weights[box][here] = np.stack([first, second, 1 - first - second], axis=-1)[here]
    return Layout(points, inside, np.flatnonzero(inside), corners[inside], weights[inside])


def _triangles(points: Floats) -> Iterator[tuple[int, int, int]]:
    """Delaunay's triangles of points inside the square, as numbers of points."""
    subdivision = cv2.Subdiv2D((0, 0, SIDE, SIDE))
    numbers: dict[tuple[float, float], int] = {}
    for index, (x, y) in enumerate(points.tolist()):
        if (x, y) not in numbers:
            numbers[x, y] = index
            subdivision.insert((x, y))
    for triangle in np.asarray(subdivision.getTriangleList(), np.float32):
        first, second, third = ((float(x), float(y)) for x, y in triangle.reshape(3, 2))
        if first in numbers and second in numbers and third in numbers:  # others reach beyond the square
            yield numbers[first], numbers[second], numbers[third]
