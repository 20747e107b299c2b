"""Which way the head points, from the mesh."""

import math
from dataclasses import dataclass

import numpy as np

from loanapp.vision.arrays import Floats
from loanapp.vision.models import CanonicalFace


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
    basis = np.array(canonical.basis)
    weights = canonical.weights[:, None].astype(np.float64)
    weights /= weights.sum()
    source = canonical.points[basis].astype(np.float64)
    # The picture's y points down and the mesh's z away from the camera; the average face is the other way round.
    target = landmarks[basis].astype(np.float64) * (1, -1, -1)
    source = source - (weights * source).sum(axis=0)
    target = target - (weights * target).sum(axis=0)
    left, _, right = np.linalg.svd((weights * target).T @ source)
    turn = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(left @ right)))])
    rotation = left @ turn @ right
    yaw = math.atan2(rotation[0, 2], rotation[2, 2])
    pitch = math.asin(max(-1.0, min(1.0, float(rotation[1, 2]))))
    roll = -math.atan2(rotation[1, 0], rotation[1, 1])
    return HeadPose(math.degrees(yaw), math.degrees(pitch), math.degrees(roll))
