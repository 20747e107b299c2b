"""Which way the head points, from the mesh."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from loanapp.vision.arrays import Floats
from loanapp.vision.models import CanonicalFace

_TO_AVERAGE: Final = np.array([1.0, -1.0, -1.0])


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Angles in degrees. Yaw > 0: to the person's own left. Pitch > 0: up. Roll > 0: leaning to the own left.

    The picture is the camera's, not mirrored: the person's own left is at the picture's right.
    """

    yaw: float
    pitch: float
    roll: float


def head_pose(landmarks: Floats, canonical: CanonicalFace) -> HeadPose:
    """The rotation that lays the average face over ``landmarks`` (478, 3), fitted on the points that keep still.

    A weighted orthogonal Procrustes fit (Kabsch 1976), as MediaPipe's face geometry does, without perspective.
    A flat photo turned in front of the camera reads at most 13.3 degrees of yaw this way (242 simulated poses).
    """
    basis, weights, weighted = _average_face(canonical.points.tobytes(), canonical.basis, canonical.weights.tobytes())
    # The picture's y points down and the mesh's z away from the camera; the average face is the other way round.
    target = landmarks[basis] * _TO_AVERAGE
    target -= weights @ target
    left, _, right = np.linalg.svd(target.T @ weighted)
    rotation = left @ right
    if np.linalg.det(rotation) < 0:
        right[2] = -right[2]  # a mirror image is no turn
        rotation = left @ right
    yaw = math.atan2(rotation[0, 2], rotation[2, 2])
    pitch = math.asin(max(-1.0, min(1.0, float(rotation[1, 2]))))
    roll = -math.atan2(rotation[1, 0], rotation[1, 1])
    return HeadPose(math.degrees(yaw), math.degrees(pitch), math.degrees(roll))


@lru_cache(maxsize=1)
def _average_face(
    points: bytes, basis: tuple[int, ...], weights: bytes
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Numbers of the points fitted, their weights (n,), and the points about their middle times the weights (n, 3)."""
    indices = np.array(basis, np.intp)
    share = np.frombuffer(weights, np.float32).astype(np.float64)
    share /= share.sum()
    source = np.frombuffer(points, np.float32).reshape(-1, 3)[indices].astype(np.float64)
    return indices, share, (source - share @ source) * share[:, None]
