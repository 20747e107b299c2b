"""Keeps what the lender needs to see of an attempt: face crops, at 15 a second, in memory alone."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.capture.flash_sequence import SETTLE_SECONDS, ShownColour
from loanapp.domain.liveness import Action, Challenge, SourceKind
from loanapp.vision.arrays import Image
from loanapp.vision.evidence import (
    FRAMES_A_SECOND,
    MOST_BYTES,
    MOST_FRAMES,
    ActionWindow,
    DeviceFacts,
    EvidenceFrame,
    EvidenceHeader,
    FlashWindow,
    pack_evidence,
)
from loanapp.vision.face_mesh import Face

# The crop: a square of so many face boxes, so that landmarks near its edge stay as sure as in the whole frame.
_CROP_BOXES: Final = 1.8
_CROP_SIDE: Final = 288
_QUALITIES: Final = (82, 65, 45, 20, 8)
# So that the largest attempt still fits, headers included.
_MOST_JPEG_BYTES: Final = MOST_BYTES // MOST_FRAMES - 100
_BEFORE_S: Final = 1.2
_BEFORE_FRAMES: Final = 18
_AFTER_FRAMES: Final = 12
# The lender asks for 8 (verdict.toml): on a slow machine these few reach further back than the usual time.
LEAST_BEFORE_FRAMES: Final = 10
# An action and the moment before it fit into this even where colours and actions leave little room.
_LEAST_WINDOW_FRAMES: Final = 15
# Frames younger than this are never thinned out: the action itself is among them.
_RECENT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Crop:
    time_s: float
    jpeg: bytes


class Sampler:
    """Picks frames at 15 a second from a stream of any rate."""

    def __init__(self) -> None:
        self._due: float | None = None

    def takes(self, time_s: float) -> bool:
        """Whether the frame of this moment is one of the 15."""
        interval = 1 / FRAMES_A_SECOND
        if self._due is None or time_s - self._due > 1 or time_s < self._due - 1:
            self._due = time_s
        if time_s < self._due - interval / 4:
            return False
        self._due = max(self._due + interval, time_s + interval / 2)
        return True


class EvidenceRecorder:
    """Collects the crops of one attempt: the calm second before it, each action's window, the colours, the end.

    However long an action takes, an attempt stays within 180 frames: of a long wait only every few frames are kept.
    Of the colours every frame is kept.
    """

    def __init__(self) -> None:
        self._before: deque[_Crop] = deque(maxlen=_BEFORE_FRAMES)
        self._kept: list[_Crop] = []
        self._segment: list[_Crop] = []
        self._windows: list[tuple[Action, float, float]] = []
        self._colours: tuple[ShownColour, ...] = ()
        self._cap = MOST_FRAMES
        self._running = False

    @property
    def running(self) -> bool:
        """Whether an attempt is being recorded."""
        return self._running

    @property
    def before_seconds(self) -> float:
        """How much of the time before an attempt is at hand."""
        return self._before[-1].time_s - self._before[0].time_s if self._before else 0.0

    @property
    def before_frames(self) -> int:
        """How many frames of the time before an attempt are at hand."""
        return len(self._before)

    def rest(self) -> None:
        """Forget the attempt; keep watching for the next."""
        if self._running:
            self._before.clear()
        self._running = False
        self._kept, self._segment, self._windows, self._colours = [], [], [], ()

    def start(self, challenge: Challenge) -> None:
        """The attempt begins: what was seen in the last second is its beginning."""
        self._kept = list(self._before)
        self._segment = []
        self._windows = []
        self._colours = ()
        room = MOST_FRAMES - _BEFORE_FRAMES - _AFTER_FRAMES - _flash_frames(challenge)
        self._cap = max(_LEAST_WINDOW_FRAMES, room // max(1, len(challenge.actions)))
        self._running = True

    def add(self, image: Image, face: Face, time_s: float) -> None:
        """Take one sampled frame."""
        crop = _Crop(time_s, encode_crop(image, face))
        if not self._running:
            while len(self._before) >= LEAST_BEFORE_FRAMES and time_s - self._before[0].time_s > _BEFORE_S:
                self._before.popleft()
            self._before.append(crop)
            return
        self._segment.append(crop)
        if len(self._segment) > self._cap:
            del self._segment[self._least_needed(time_s)]

    def window(self, action: Action, asked_s: float, done_s: float) -> None:
        """An action was asked and done; the next frames belong to the next."""
        self._windows.append((action, asked_s, done_s))
        self._kept += self._segment
        self._segment = []

    def keep_all(self) -> None:
        """From now on nothing is thinned out: the colours come."""
        self._kept += self._segment
        self._segment = []
        self._cap = MOST_FRAMES

    def flash(self, colours: tuple[ShownColour, ...]) -> None:
        """The colours were shown at these times."""
        self._colours = colours

    def pack(self, challenge: Challenge, source_kind: SourceKind, device: DeviceFacts | None = None) -> bytes:
        """The whole attempt, ready to be sealed. Raises ``EvidenceFormatError`` where it broke a limit."""
        crops = (self._kept + self._segment)[:MOST_FRAMES]
        start = crops[0].time_s if crops else 0.0
        frames: list[EvidenceFrame] = []
        for crop in crops:
            time_ms = round((crop.time_s - start) * 1000)
            if not frames or time_ms > frames[-1].time_ms:
                frames.append(EvidenceFrame(time_ms, crop.jpeg))
        header = EvidenceHeader(
            session_id=challenge.session_id,
            application_id=challenge.application_id,
            nonce=challenge.nonce,
            source_kind=source_kind,
            windows=tuple(
                ActionWindow(action, round((asked - start) * 1000), round((done - start) * 1000))
                for action, asked, done in self._windows
            ),
            flash=tuple(
                FlashWindow(one.colour, round((one.shown_s - start) * 1000), round((one.until_s - start) * 1000))
                for one in self._colours
            ),
            device=device,
        )
        return pack_evidence(header, frames)

    def _least_needed(self, now_s: float) -> int:
        """The old frame whose neighbours are closest together: the wait is thinned evenly."""
        old = [index for index, crop in enumerate(self._segment) if now_s - crop.time_s > _RECENT_S]
        inner = [index for index in old if 0 < index < len(self._segment) - 1]
        if not inner:
            return 0
        return min(inner, key=lambda index: self._segment[index + 1].time_s - self._segment[index - 1].time_s)


def _flash_frames(challenge: Challenge) -> int:
    """Room for every frame of the colours, those of the calm before them and one more for each late change."""
    if not challenge.flash:
        return 0
    seconds = SETTLE_SECONDS + len(challenge.flash) * challenge.flash_colour_ms / 1000
    return math.ceil(seconds * FRAMES_A_SECOND) + len(challenge.flash) + 1


def encode_crop(image: Image, face: Face) -> bytes:
    """The square around a face as JPEG of 288 x 288; what lies outside the frame is black."""
    left, top, right, bottom = (float(value) for value in face.box)
    side = max(right - left, bottom - top) * _CROP_BOXES
    scale = _CROP_SIDE / max(side, 1.0)
    half = _CROP_SIDE / 2
    matrix = np.array(
        [[scale, 0, half - (left + right) / 2 * scale], [0, scale, half - (top + bottom) / 2 * scale]], dtype=np.float32
    )
    shrinks = scale < 0.5  # linear sampling would skip pixels
    source = image
    if shrinks:
        source = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        matrix[:, :2] *= 2
    crop = cv2.warpAffine(source, matrix, (_CROP_SIDE, _CROP_SIDE), flags=cv2.INTER_LINEAR)
    jpeg = b""
    for quality in _QUALITIES:
        _, encoded = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
        jpeg = encoded.tobytes()
        if len(jpeg) <= _MOST_JPEG_BYTES:
            break
    return jpeg
