"""Small live pictures of every camera, so that the borrower can choose one by what it sees."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from loanapp.capture.sources import CameraError, CameraInfo, CameraSource, FrameSource
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.arrays import Image
from loanapp.vision.camera_names import is_grey_picture

_log = logging.getLogger(__name__)

_WIDTH: Final = 240
# How long each camera is looked at before the next, and how often its picture is taken meanwhile.
_LOOK_S: Final = 1.5
_EVERY_S: Final = 0.1
# A camera that is busy or fails is asked again at the next round, after this pause where it is the only one.
_PAUSE_S: Final = 1.0
# How long stop() waits for a thread that is inside a device's driver.
_JOIN_S: Final = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """A camera's newest small picture (BGR, 240 wide), or why there is none; neither until it has been looked at.

    ``infrared``: its name or its picture says so.
    """

    camera: CameraInfo
    image: Image | None = field(default=None, repr=False)
    infrared: bool = False
    error: LoanAppError | None = None


class CameraThumbnails:
    """Opens one camera after the other, round after round, in a thread of its own.

    Only after the consent: it opens cameras. Only :meth:`stop` blocks; after it no picture is kept and every camera is
    closed, so that a capture can open the chosen one.
    """

    def __init__(
        self,
        cameras: Sequence[CameraInfo],
        make: Callable[[CameraInfo], FrameSource] = CameraSource,
        *,
        look_s: float = _LOOK_S,
    ) -> None:
        self._cameras = tuple(cameras)
        self._make = make
        self._look_s = look_s
        self._lock = threading.Lock()
        self._found = [Thumbnail(camera, infrared=camera.infrared) for camera in self._cameras]
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; a second call changes nothing."""
        if self._thread is None and self._cameras and not self._stopping.is_set():
            self._thread = threading.Thread(target=self._go_round, name="capture-thumbnails", daemon=True)
            self._thread.start()

    def latest(self) -> tuple[Thumbnail, ...]:
        """What is known of every camera now, in the order they were given; never blocks."""
        with self._lock:
            return tuple(self._found)

    def stop(self) -> None:
        """Close the camera that is open and forget every picture; may be called twice, and is final."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_JOIN_S)
        self._forget()

    def _go_round(self) -> None:
        while not self._stopping.is_set():
            for place, camera in enumerate(self._cameras):
                self._look_at(place, camera)
            if len(self._cameras) == 1:
                self._stopping.wait(_PAUSE_S)

    def _look_at(self, place: int, camera: CameraInfo) -> None:
        if self._stopping.is_set():
            return
        source = self._make(camera)
        try:
            source.open()
            self._follow(place, camera, source)
        except LoanAppError as error:
            self._keep(place, Thumbnail(camera, infrared=camera.infrared, error=error))
        except Exception as error:  # noqa: BLE001 - drivers raise what they like
            _log.warning("a camera failed: %s", type(error).__name__)
            lost = CameraError(ErrorCode.CAMERA_LOST)
            self._keep(place, Thumbnail(camera, infrared=camera.infrared, error=lost))
        finally:
            source.close()

    def _follow(self, place: int, camera: CameraInfo, source: FrameSource) -> None:
        """Look until it is the next camera's turn; an only camera stays open."""
        began = taken = time.monotonic()
        first = True
        while not self._stopping.is_set():
            frame = source.read()
            now = time.monotonic()
            if frame is None:
                raise CameraError(ErrorCode.CAMERA_LOST)
            if first or now - taken >= _EVERY_S:
                first, taken = False, now
                small = _small(frame.image)
                infrared = camera.infrared or is_grey_picture(frame.image)
                self._keep(place, Thumbnail(camera, small, infrared))
            if len(self._cameras) > 1 and now - began >= self._look_s:
                return

    def _keep(self, place: int, thumbnail: Thumbnail) -> None:
        with self._lock:
            if not self._stopping.is_set():
                self._found[place] = thumbnail

    def _forget(self) -> None:
        with self._lock:
            self._found = [Thumbnail(camera, infrared=camera.infrared) for camera in self._cameras]


def _small(image: Image) -> Image:
    height, width = image.shape[:2]
    size = (_WIDTH, max(1, round(height * _WIDTH / width)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
