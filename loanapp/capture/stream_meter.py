"""What the client notices of the camera while it runs: for the lender, and to see that a picture stands still."""

import math
import threading
from typing import Final

import numpy as np

from loanapp.capture.sources import Frame
from loanapp.vision.arrays import Image
from loanapp.vision.camera_names import is_virtual_name
from loanapp.vision.evidence import DeviceFacts

# Every n-th pixel tells at once that two pictures differ; only where it does not, all are compared.
_PROBE: Final = 16
_MOST_NAME: Final = 200


class StreamMeter:
    """Counts the frames of one source as they come from it, before any is left out; any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: Image | None = None
        self._last_s = 0.0
        self._changed_s = 0.0
        self._frames = self._repeated = 0
        self._changed = False
        self._intervals: list[float] = []
        self._device = ("", 0, 0)

    def begin(self) -> None:
        """An attempt begins: count from here."""
        with self._lock:
            self._frames = self._repeated = 0
            self._changed = False
            self._intervals = []

    def forget(self) -> None:
        """Keep no picture."""
        with self._lock:
            self._last = None

    def add(self, frame: Frame, camera: str) -> None:
        """Take the next frame of the source called ``camera``."""
        with self._lock:
            repeated = self._last is not None and _same(self._last, frame.image)
            if not repeated:
                self._changed_s = frame.time_s
            height, width = frame.image.shape[:2]
            if self._frames:
                self._repeated += repeated
                self._intervals.append(frame.time_s - self._last_s)
                self._changed |= (camera, width, height) != self._device
            self._device = (camera, width, height)
            self._frames += 1
            self._last, self._last_s = frame.image, frame.time_s

    @property
    def still_seconds(self) -> float:
        """How long the picture has stood still, bit for bit."""
        with self._lock:
            return self._last_s - self._changed_s

    def facts(self) -> DeviceFacts:
        """What was noticed since :meth:`begin`."""
        with self._lock:
            camera, width, height = self._device
            intervals = self._intervals
            mean = math.fsum(intervals) / len(intervals) if intervals else 0.0
            spread = math.sqrt(math.fsum((one - mean) ** 2 for one in intervals) / len(intervals)) if intervals else 0.0
            return DeviceFacts(
                camera=camera[:_MOST_NAME],
                width=width,
                height=height,
                frames_a_second=round(1 / mean, 2) if mean > 0 else 0.0,
                repeated=self._repeated,
                interval_spread_us=round(spread * 1_000_000),
                virtual=is_virtual_name(camera),
                changed=self._changed,
            )


def _same(one: Image, other: Image) -> bool:
    if one.shape != other.shape or not np.array_equal(one[::_PROBE, ::_PROBE], other[::_PROBE, ::_PROBE]):
        return False
    return np.array_equal(one, other)
