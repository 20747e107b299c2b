"""Whether the face before the camera is still the one from before: cheap, on every frame, and only a hint.

The lender's own look is :mod:`loanapp.vision.continuity`; this only tells a borrower at once that another came in.
"""

from typing import Any, Final

import cv2
import numpy as np

from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Floats
from loanapp.vision.face_match import TEMPLATE, similarity_transform
from loanapp.vision.face_part import FacePart

# Middles of the irises, tip of the nose, corners of the mouth; and where they come to lie in 48 x 48.
_POINTS: Final = (468, 473, 1, 61, 291)
_SIDE: Final = 48
_PLACES: Final = np.asarray(TEMPLATE * (_SIDE / 112), np.float32)


class OwnFace:
    """Follows one face; a change that no face makes between two frames makes it another's until it is like before."""

    def __init__(self) -> None:
        self._limits: dict[str, Any] = read_toml("vision", "thresholds.toml")["own_face"]
        self._last: Floats | None = None
        self._last_s = 0.0
        self._own: Floats | None = None
        self._other_since: float | None = None

    def forget(self) -> None:
        """Whoever comes next is the person."""
        self._last = self._own = self._other_since = None

    def likeness(self, part: FacePart, time_s: float) -> float:
        """Correlation, -1..1: with the frame before, or after a jump with the person's own face; 1 at the beginning."""
        patch = _patch(part)
        before, elapsed = self._last, time_s - self._last_s
        self._last, self._last_s = patch, time_s
        if before is None:
            self._own = patch
            return 1.0
        alike = float(before @ patch)
        if self._other_since is None:
            if alike >= self._limits["jump_below"] or elapsed > self._limits["jump_seconds"]:
                return max(alike, float(self._limits["jump_below"]))
            self._own, self._other_since = before, time_s
        own = float(self._own @ patch) if self._own is not None else 1.0
        settled = time_s - self._other_since > self._limits["patience_seconds"]
        if own >= self._limits["back_above"] or settled:
            self._other_since = None
            return 1.0
        return min(own, float(self._limits["jump_below"]) * 0.5)


def _patch(part: FacePart) -> Floats:
    """The face upright in grey, (2304,) with mean 0 and length 1."""
    points = np.asarray(part.points[list(_POINTS)], np.float32)
    upright = cv2.warpAffine(part.image, similarity_transform(points, _PLACES), (_SIDE, _SIDE))
    patch = np.asarray(cv2.cvtColor(upright, cv2.COLOR_BGR2GRAY), np.float32).reshape(-1)
    patch -= patch.mean()
    return np.asarray(patch / max(float(np.linalg.norm(patch)), 1e-6), np.float32)
