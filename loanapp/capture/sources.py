"""Where frames come from: a camera, a video file, or whatever else behaves like one."""

import os
import sys
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, FlashColour, SourceKind
from loanapp.vision.arrays import Image
from loanapp.vision.camera_names import is_infrared_name, is_virtual_name

_SIZE: Final = (1280, 720)
_FRAMES_A_SECOND: Final = 30
# A camera may miss a frame while it adjusts; without one for this long it is gone.
_LOST_AFTER_S: Final = 2.0
_PAUSE_S: Final = 0.02
_FALLBACK_FPS: Final = 25.0
_DEVICES: Final = Path("/dev")
_WINDOWS_CONSENT: Final = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"


class CameraError(LoanAppError):
    """A source cannot give frames.

    ``CAMERA_NOT_FOUND``, ``_BUSY``, ``_FORBIDDEN``, ``_LOST``, ``_FROZEN``, or ``VIDEO_UNREADABLE``.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: BGR uint8 (height, width, 3), not mirrored; ``time_s`` on a steady clock; counted from 0."""

    image: Image = field(repr=False)  # no log and no message ever shows it
    time_s: float
    sequence: int


class FrameSource(Protocol):
    """Anything that gives frames. All calls but ``prompt`` and ``illuminate`` come from one thread."""

    @property
    def kind(self) -> SourceKind:
        """What the lender is told about the source."""
        ...

    @property
    def name(self) -> str:
        """What the borrower sees: the camera's name, the file's name."""
        ...

    def open(self) -> None:
        """Start. Raises :class:`CameraError`."""
        ...

    def read(self) -> Frame | None:
        """The next frame, when it is due; None at the end. Raises :class:`CameraError`."""
        ...

    def prompt(self, action: Action | None) -> None:
        """What the challenge asks just now; cameras and files ignore it."""
        ...

    def illuminate(self, colour: FlashColour | None) -> None:
        """What colour the screen shows just now; cameras see it by themselves, files ignore it."""
        ...

    def close(self) -> None:
        """Stop; may be called twice, and without ``open``."""
        ...


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of this computer: what to open, and its name as the system knows it."""

    index: int
    name: str
    backend: int = cv2.CAP_ANY

    @property
    def infrared(self) -> bool:
        """Whether its name says that it is an infra-red camera; its picture may say so, too (``CameraThumbnails``)."""
        return is_infrared_name(self.name)

    @property
    def virtual(self) -> bool:
        """Whether its name is one that programs give: to be labelled, and told to the lender."""
        return is_virtual_name(self.name)


def in_order(cameras: Iterable[CameraInfo], infrared: Collection[CameraInfo] = ()) -> list[CameraInfo]:
    """Colour cameras first, then infra-red ones, then virtual ones, else as they come.

    ``infrared`` are those whose picture is grey. Only a first camera that is neither may be picked by itself.
    """
    return sorted(cameras, key=lambda one: (one.virtual, one.infrared or one in infrared))


def list_cameras() -> list[CameraInfo]:
    """The cameras of this computer as :func:`in_order` has them; empty where there is none. Slow: 10-300 ms."""
    from cv2_enumerate_cameras import enumerate_cameras  # noqa: PLC0415 - only this function needs it

    # One way in for each system, so that no camera is listed twice.
    backend = {"win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}.get(sys.platform, cv2.CAP_V4L2)
    try:
        found = list(enumerate_cameras(backend))
    except (OSError, RuntimeError, ValueError):
        return []
    cameras: dict[int, CameraInfo] = {}
    for camera in found:
        cameras.setdefault(camera.index, CameraInfo(camera.index, camera.name, camera.backend))
    return in_order(cameras.values())


class CameraSource:
    """A camera device at 1280 x 720 where it can."""

    def __init__(self, camera: CameraInfo | int = 0) -> None:
        self._camera = CameraInfo(camera, "") if isinstance(camera, int) else camera
        self._capture: cv2.VideoCapture | None = None
        self._sequence = 0

    @property
    def kind(self) -> SourceKind:
        """Always ``CAMERA``."""
        return SourceKind.CAMERA

    @property
    def name(self) -> str:
        """The camera's own name, or its number."""
        return self._camera.name or str(self._camera.index)

    def open(self) -> None:
        """Start the device.

        Raises :class:`CameraError` with ``CAMERA_NOT_FOUND``, ``CAMERA_BUSY`` (another program has it) or
        ``CAMERA_FORBIDDEN`` (the system does not let this program use it).
        """
        self.close()
        _quieten()
        capture = cv2.VideoCapture(self._camera.index, self._camera.backend)
        if not capture.isOpened():
            capture.release()
            raise CameraError(_why_not(self._camera.index))
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw 720p is only 10 a second over USB 2
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, _SIZE[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _SIZE[1])
        capture.set(cv2.CAP_PROP_FPS, _FRAMES_A_SECOND)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture
        self._sequence = 0

    def read(self) -> Frame | None:
        """Wait for the next frame. Raises :class:`CameraError` with ``CAMERA_LOST`` when none comes for 2 s.

        A device that opens but never gives a first frame is in use by another program: ``CAMERA_BUSY``.
        """
        if self._capture is None:
            raise CameraError(ErrorCode.CAMERA_LOST)
        until = time.monotonic() + _LOST_AFTER_S
        while True:
            ok, image = self._capture.read()
            if ok and image is not None and image.size:
                frame = Frame(np.asarray(image, dtype=np.uint8), time.monotonic(), self._sequence)
                self._sequence += 1
                return frame
            if time.monotonic() > until:
                raise CameraError(ErrorCode.CAMERA_LOST if self._sequence else ErrorCode.CAMERA_BUSY)
            time.sleep(_PAUSE_S)

    def prompt(self, action: Action | None) -> None:
        """Ignored: a person acts by themselves."""

    def illuminate(self, colour: FlashColour | None) -> None:
        """Ignored: the light of the screen is in the picture."""

    def close(self) -> None:
        """Give the device back."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class VideoFileSource:
    """A video file, played in real time (late frames are skipped) or, with ``paced=False``, as fast as it is read."""

    def __init__(
        self,
        path: Path,
        *,
        paced: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._paced = paced
        self._clock = clock
        self._sleep = sleep
        self._capture: cv2.VideoCapture | None = None
        self._fps = _FALLBACK_FPS
        self._started = 0.0
        self._position = 0
        self._sequence = 0

    @property
    def kind(self) -> SourceKind:
        """Always ``VIDEO_FILE``."""
        return SourceKind.VIDEO_FILE

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self._path.name

    @property
    def fps(self) -> float:
        """Frames a second as the file says, known after ``open``."""
        return self._fps

    def open(self) -> None:
        """Open the file. Raises :class:`CameraError` with ``VIDEO_UNREADABLE``."""
        self.close()
        _quieten()
        capture = cv2.VideoCapture(str(self._path)) if self._path.is_file() else None
        if capture is None or not capture.isOpened():
            raise CameraError(ErrorCode.VIDEO_UNREADABLE)
        fps = capture.get(cv2.CAP_PROP_FPS)
        self._fps = float(fps) if 1 <= fps <= 1000 else _FALLBACK_FPS
        self._capture = capture
        self._started = self._clock()
        self._position = self._sequence = 0

    def read(self) -> Frame | None:
        """The next frame once it is due, None at the end. Raises :class:`CameraError` if the file was not opened."""
        capture = self._capture
        if capture is None:
            raise CameraError(ErrorCode.VIDEO_UNREADABLE)
        if self._paced:
            late = int((self._clock() - self._started) * self._fps) - self._position
            for _ in range(late):
                if not capture.grab():
                    return None
                self._position += 1
        ok, image = capture.read()
        if not ok or image is None:
            return None
        due = self._started + self._position / self._fps
        if self._paced and (wait := due - self._clock()) > 0:
            self._sleep(wait)
        frame = Frame(np.asarray(image, dtype=np.uint8), due, self._sequence)
        self._position += 1
        self._sequence += 1
        return frame

    def prompt(self, action: Action | None) -> None:
        """Ignored: a film does what it does."""

    def illuminate(self, colour: FlashColour | None) -> None:
        """Ignored: a film was lit when it was made."""

    def close(self) -> None:
        """Close the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _why_not(index: int) -> ErrorCode:
    """Why a camera did not open; what the system says of its permission is asked only then."""
    if sys.platform.startswith("linux"):
        device = _DEVICES / f"video{index}"
        if not device.exists():
            return ErrorCode.CAMERA_NOT_FOUND
        return ErrorCode.CAMERA_BUSY if os.access(device, os.R_OK | os.W_OK) else ErrorCode.CAMERA_FORBIDDEN
    if _denied_by_windows():
        return ErrorCode.CAMERA_FORBIDDEN
    known = any(camera.index == index for camera in list_cameras())
    return ErrorCode.CAMERA_BUSY if known else ErrorCode.CAMERA_NOT_FOUND


def _denied_by_windows() -> bool:
    """Whether the privacy settings keep desktop programs from every camera (Windows 10 and later)."""
    if sys.platform != "win32":
        return False
    import winreg  # noqa: PLC0415 - there is none elsewhere

    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
        for path in (_WINDOWS_CONSENT, rf"{_WINDOWS_CONSENT}\NonPackaged"):
            try:
                with winreg.OpenKey(root, path) as key:
                    if winreg.QueryValueEx(key, "Value")[0] == "Deny":
                        return True
            except OSError:
                continue
    return False


def _quieten() -> None:
    # What OpenCV writes to stderr about a missing camera or a broken file, the borrower is told in a sentence.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
