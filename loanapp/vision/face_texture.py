"""The face laid flat: every frame's face in one and the same small picture, whatever its place, pose and expression.

Each texel belongs to a triangle of the average face and takes its colour from the same spot of that triangle in the
frame (piecewise affine warp, as in Cootes' active appearance models). So lips lie where lips lie, open or shut.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_part import FacePart
from loanapp.vision.models import CanonicalFace

SIDE: Final = 64
_MARGIN: Final = 0.02


class FaceTexture:
    """Lays faces flat; prepare once per stream (some milliseconds), then about 0.2 ms a face. For one thread."""

    def __init__(self, canonical: CanonicalFace) -> None:
        flat = np.asarray(canonical.points[:, :2] * (1, -1), np.float32)
        low, high = flat.min(axis=0), flat.max(axis=0)
        scale = (SIDE * (1 - 2 * _MARGIN)) / float((high - low).max())
        self.points: Floats = np.asarray((flat - (low + high) / 2) * scale + SIDE / 2, np.float32)
        """Where each landmark lies in the texture, (468, 2) in texels."""
        self._corners, self._weights, self.inside = _barycentric(self.points)
        self._across = np.zeros((SIDE, SIDE), np.float32)
        self._down = np.zeros((SIDE, SIDE), np.float32)

    def of(self, part: FacePart) -> Image:
        """The flat face (SIDE, SIDE, 3), blue-green-red; what lies outside the frame repeats the frame's edge."""
        spots = np.einsum("tcx,tc->xt", part.points[self._corners], self._weights)
        self._across[self.inside], self._down[self.inside] = spots
        flat = cv2.remap(part.image, self._across, self._down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(flat, np.uint8)


def _barycentric(points: Floats) -> tuple[npt.NDArray[np.intp], Floats, npt.NDArray[np.bool_]]:
    """For each texel inside the face its triangle's landmarks (n, 3) and weights (n, 3); and which texels those are."""
    subdivision = cv2.Subdiv2D((0, 0, SIDE, SIDE))
    numbers: dict[tuple[float, float], int] = {}
    for index, (x, y) in enumerate(points.tolist()):
        if (x, y) not in numbers:
            numbers[(x, y)] = index
            subdivision.insert((x, y))
    corners = np.zeros((SIDE, SIDE, 3), np.intp)
    weights = np.zeros((SIDE, SIDE, 3), np.float32)
    inside = np.zeros((SIDE, SIDE), bool)
    columns, rows = np.meshgrid(np.arange(SIDE, dtype=np.float32), np.arange(SIDE, dtype=np.float32))
    for triangle in np.asarray(subdivision.getTriangleList(), np.float32):
        spots = [(float(x), float(y)) for x, y in triangle.reshape(3, 2)]
        if not all(spot in numbers for spot in spots):
            continue  # reaches to the frame that the subdivision starts from
        (ax, ay), (bx, by), (cx, cy) = spots
        area = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy)
        if abs(area) < 1e-6:
            continue
        first = ((by - cy) * (columns - cx) + (cx - bx) * (rows - cy)) / area
        second = ((cy - ay) * (columns - cx) + (ax - cx) * (rows - cy)) / area
        here = (first >= -1e-4) & (second >= -1e-4) & (first + second <= 1 + 1e-4) & ~inside
        inside |= here
        corners[here] = [numbers[spot] for spot in spots]
        weights[here] = np.stack([first, second, 1 - first - second], axis=-1)[here]
    return corners[inside], weights[inside], inside
