"""Signs that frames did not come one after another from a camera: pictures that repeat, a film that runs in a loop.

The noise of a sensor never repeats. Heuristics: whoever adds noise of their own to a loop is not seen here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from loanapp.vision.arrays import Floats, Image

# Pictures are compared at this size, in their middle, where the face is; every second pixel each way.
_SIDE: Final = 288
_ROWS: Final = slice(60, 230, 2)
_COLUMNS: Final = slice(90, 200, 2)
# Frames between which a loop may lie, and how many in a row must come back.
_LEAST_APART: Final = 5
_RUN: Final = 5


@dataclass(frozen=True, slots=True)
class Repeats:
    """``frozen``: share of frames that show the picture of the one before; ``looped``: share seen in a run before."""

    frozen: float
    looped: float


def fingerprint(image_bgr: Image) -> Floats:
    """Luma of the middle of an evidence frame, (4675,)."""
    grey = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
    if grey.shape != (_SIDE, _SIDE):
        grey = np.asarray(cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(grey[_ROWS, _COLUMNS], np.float32).reshape(-1)


def find_repeats(fingerprints: Sequence[Floats], *, same_below: float) -> Repeats:
    """Which pictures come back; ``same_below`` is the root mean square difference in steps of 255."""
    count = len(fingerprints)
    if count < 2:
        return Repeats(0.0, 0.0)
    same = _differences(np.stack(fingerprints)) < same_below
    frozen = np.diag(same, 1)
    # A picture that stands still also equals those long before; that is no loop.
    still = np.concatenate([frozen, [False]]) | np.concatenate([[False], frozen])
    moving = ~still
    looped = np.zeros(count, np.bool_)
    for apart in range(_LEAST_APART, count - _RUN + 1):
        again = np.diag(same, apart) & moving[apart:] & moving[:-apart]
        for start in range(len(again) - _RUN + 1):
            if again[start : start + _RUN].all():
                looped[start + apart : start + apart + _RUN] = True
    return Repeats(float(frozen.mean()), float(looped.mean()))


def _differences(pictures: Floats) -> npt.NDArray[np.float32]:
    """Root mean square difference of each to each, (n, n)."""
    centred = pictures - pictures.mean(axis=0)
    squares = np.square(centred).sum(axis=1)
    apart = squares[:, None] + squares[None] - 2 * centred @ centred.T
    return np.asarray(np.sqrt(np.maximum(apart, 0) / pictures.shape[1]), np.float32)
