"""How one person's skin usually looks, edge by edge, learnt while watching; and what is new against it."""

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Floats
from loanapp.vision.neutral import RunningLevel

# The mesh wavers by about a texel: an edge may move by as much and is still the same edge.
_WAVER: Final = np.ones((3, 3), np.uint8)
_MIRROR: Final = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, slots=True)
class Novelty:
    """``edges``: share of the skin with an edge that is new; ``lopsided``: those without a like on the other side.

    ``lips``: contrast of the lips over the person's own, 1 where that is not known.
    """

    edges: float = 0.0
    lopsided: float = 0.0
    lips: float = 1.0


class OwnLook:
    """Learns from a stream of flat faces; what it takes in waits a moment, so that a slow hand is not learnt."""

    def __init__(self, skin: npt.NDArray[np.bool_]) -> None:
        self._limits: dict[str, Any] = read_toml("vision", "thresholds.toml")["own_look"]
        self._rows, self._columns = (slice(int(where.min()), int(where.max()) + 1) for where in np.nonzero(skin))
        # Symmetric, so that a side can be laid over the other.
        whole = skin & skin[:, ::-1]
        self._columns = slice(min(self._columns.start, skin.shape[1] - self._columns.stop), 0)
        self._columns = slice(self._columns.start, skin.shape[1] - self._columns.start)
        self._skin = whole[self._rows, self._columns]
        self._count = float(np.count_nonzero(self._skin))
        self._usual: Floats | None = None
        self._waiting: deque[tuple[float, Floats]] = deque()
        self._lips = RunningLevel(self._limits["lips_seconds"], self._limits["lips_quantile"])
        self._first_s: float | None = None
        self._last_s = 0.0
        self._odd_since: float | None = None
        self._now: tuple[Floats, float] | None = None

    def compare(self, strength: Floats, lips: float, time_s: float) -> Novelty:
        """What is new in a face whose edges are ``strength`` (SIDE, SIDE)."""
        here = strength[self._rows, self._columns]
        self._now = here, lips
        if self._first_s is None:
            self._first_s = time_s
        usual_lips = self._lips.level
        relative = 1.0 if usual_lips is None or usual_lips < self._limits["least_lips"] else lips / usual_lips
        if self._usual is None or time_s - self._first_s < self._limits["first_seconds"]:
            return Novelty(lips=1.0)
        new = ((here - self._usual) > self._limits["new_edge"]) & self._skin
        edges = float(np.count_nonzero(new))
        if edges == 0:
            return Novelty(lips=relative)
        mirrored = cv2.dilate(np.ascontiguousarray(new[:, ::-1]).astype(np.uint8), _MIRROR) > 0
        lopsided = float(np.count_nonzero(new & ~mirrored))
        return Novelty(edges / self._count, lopsided / self._count, relative)

    def skip(self, time_s: float) -> None:
        """A face that cannot be judged: what waits was on the way to it and is not learnt."""
        self._waiting.clear()
        self._last_s = time_s

    def learn(self, time_s: float, *, clean: bool) -> None:
        """Take the face just compared as the person's own, if it is ``clean``."""
        if self._now is None or self._first_s is None:
            return
        here, lips = self._now
        first = time_s - self._first_s < self._limits["first_seconds"]
        if clean:
            self._odd_since = None
        elif self._odd_since is None:
            self._odd_since = time_s
        patient = self._odd_since is None or time_s - self._odd_since < self._limits["patience_seconds"]
        if not clean and patient:
            self._waiting.clear()
            return
        if not patient:
            # Nobody is kept waiting for ever by a lamp that was switched on: this is how the person looks now.
            self._usual, self._first_s, self._odd_since = None, time_s, None
            self._lips.clear()
            self._waiting.clear()
            first = True
        if first:
            self._take(here)
            self._lips.add(time_s, lips)
        elif not self._waiting or time_s - self._waiting[-1][0] >= self._limits["every_seconds"]:
            self._waiting.append((time_s, here))
            self._lips.add(time_s, lips)
        while self._waiting and time_s - self._waiting[0][0] >= self._limits["wait_seconds"]:
            self._take(self._waiting.popleft()[1])

    def _take(self, here: Floats) -> None:
        around = cv2.dilate(here, _WAVER)
        if self._usual is None:
            self._usual = np.asarray(around, np.float32)
        else:
            faded = self._usual * np.float32(self._limits["fading"])
            self._usual = np.asarray(np.maximum(faded, around), np.float32)
