"""What one attempt leaves the borrower's machine with: face crops, their times, and when each action was asked.

The format is strict, because the lender reads it from whoever sends it: a magic line, a length, a canonical JSON
header, then each frame as time, length and JPEG. Every size is checked before anything is decoded.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, SourceKind
from loanapp.vision.arrays import Image

MAGIC: Final = b"LOANAPP-EVIDENCE-1\n"
FRAMES_A_SECOND: Final = 15
MOST_FRAMES: Final = 180
MOST_BYTES: Final = 3_000_000
_MOST_HEADER_BYTES: Final = 8_192
_MOST_ACTIONS: Final = 8
_MOST_TEXT: Final = 200
# An attempt lasts three minutes at most; beyond ten the times are nonsense.
_MOST_MS: Final = 600_000
_SIDES: Final = (64, 512)
# A JPEG may ask to be turned when shown; the one that is judged is the one that was stored.
_AS_STORED: Final = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
_FRAME_HEAD: Final = struct.Struct(">II")


class EvidenceFormatError(LoanAppError):
    """The bytes are not evidence as this version writes it; ``what`` names the part, for the log."""

    def __init__(self, what: str) -> None:
        super().__init__(ErrorCode.EVIDENCE_INVALID)
        self.what: Final = what


@dataclass(frozen=True, slots=True)
class ActionWindow:
    """When an action was asked and when the client saw it done, milliseconds from the first frame."""

    action: Action
    asked_ms: int
    done_ms: int


@dataclass(frozen=True, slots=True)
class EvidenceHeader:
    """Which attempt this is, and how it went as the client tells it."""

    session_id: str
    application_id: str
    nonce: str
    source_kind: SourceKind
    windows: tuple[ActionWindow, ...]


@dataclass(frozen=True, slots=True)
class EvidenceFrame:
    """One face crop as JPEG and its time, milliseconds from the first frame."""

    time_ms: int
    jpeg: bytes

    def decode(self) -> Image:
        """The picture. Raises :class:`EvidenceFormatError` where it cannot be decoded."""
        width, height = jpeg_size(self.jpeg)
        try:
            image = cv2.imdecode(np.frombuffer(self.jpeg, dtype=np.uint8), _AS_STORED)
        except cv2.error:
            image = None
        if image is None or image.shape != (height, width, 3):
            raise EvidenceFormatError("frame")
        return np.asarray(image, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A whole attempt."""

    header: EvidenceHeader
    frames: tuple[EvidenceFrame, ...]


def pack_evidence(header: EvidenceHeader, frames: Sequence[EvidenceFrame]) -> bytes:
    """The bytes to seal and send; :func:`unpack_evidence` accepts exactly what this writes.

    Raises :class:`EvidenceFormatError` where a limit is broken.
    """
    fields = {
        "session_id": header.session_id,
        "application_id": header.application_id,
        "nonce": header.nonce,
        "source_kind": header.source_kind.value,
        "windows": [[window.action.value, window.asked_ms, window.done_ms] for window in header.windows],
        "frames": len(frames),
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    parts = [MAGIC, struct.pack(">I", len(text)), text]
    for frame in frames:
        parts += [_FRAME_HEAD.pack(frame.time_ms, len(frame.jpeg)), frame.jpeg]
    packed = b"".join(parts)
    unpack_evidence(packed)
    return packed


def unpack_evidence(packed: bytes) -> Evidence:
    """Read evidence that anybody may have written; frames are checked by size, not yet decoded.

    Raises :class:`EvidenceFormatError`.
    """
    if len(packed) > MOST_BYTES:
        raise EvidenceFormatError("size")
    if not packed.startswith(MAGIC):
        raise EvidenceFormatError("magic")
    position = len(MAGIC)
    if len(packed) < position + 4:
        raise EvidenceFormatError("header")
    (length,) = struct.unpack_from(">I", packed, position)
    position += 4
    if length > _MOST_HEADER_BYTES or position + length > len(packed):
        raise EvidenceFormatError("header")
    header, count = _read_header(packed[position : position + length])
    return Evidence(header, _read_frames(packed, position + length, count))


def _read_header(text: bytes) -> tuple[EvidenceHeader, int]:
    try:
        fields: Any = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError):
        raise EvidenceFormatError("header") from None
    expected = {"session_id", "application_id", "nonce", "source_kind", "windows", "frames"}
    if not isinstance(fields, dict) or set(fields) != expected:
        raise EvidenceFormatError("header")
    count = fields["frames"]
    if type(count) is not int or not 1 <= count <= MOST_FRAMES:
        raise EvidenceFormatError("frame count")
    for name in ("session_id", "application_id", "nonce", "source_kind"):
        if not isinstance(fields[name], str) or len(fields[name]) > _MOST_TEXT:
            raise EvidenceFormatError(name)
    windows = fields["windows"]
    if not isinstance(windows, list) or len(windows) > _MOST_ACTIONS:
        raise EvidenceFormatError("windows")
    try:
        header = EvidenceHeader(
            session_id=fields["session_id"],
            application_id=fields["application_id"],
            nonce=fields["nonce"],
            source_kind=SourceKind(fields["source_kind"]),
            windows=tuple(_read_window(window) for window in windows),
        )
    except ValueError:
        raise EvidenceFormatError("header") from None
    ends = [time for window in header.windows for time in (window.asked_ms, window.done_ms)]
    if ends != sorted(ends):
        raise EvidenceFormatError("windows")
    return header, count


def _read_window(window: object) -> ActionWindow:
    if not isinstance(window, list) or len(window) != 3:
        raise EvidenceFormatError("windows")
    action, asked, done = window
    for time in (asked, done):
        if type(time) is not int or not 0 <= time <= _MOST_MS:
            raise EvidenceFormatError("windows")
    if not isinstance(action, str):
        raise EvidenceFormatError("windows")
    return ActionWindow(Action(action), asked, done)


def _read_frames(packed: bytes, position: int, count: int) -> tuple[EvidenceFrame, ...]:
    frames: list[EvidenceFrame] = []
    last = -1
    for _ in range(count):
        if position + _FRAME_HEAD.size > len(packed):
            raise EvidenceFormatError("frame")
        time_ms, length = _FRAME_HEAD.unpack_from(packed, position)
        position += _FRAME_HEAD.size
        if not last < time_ms <= _MOST_MS:
            raise EvidenceFormatError("frame time")
        if position + length > len(packed):
            raise EvidenceFormatError("frame")
        jpeg = packed[position : position + length]
        jpeg_size(jpeg)
        frames.append(EvidenceFrame(time_ms, jpeg))
        position += length
        last = time_ms
    if position != len(packed):
        raise EvidenceFormatError("trailing bytes")
    return tuple(frames)


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height that a JPEG's own frame header claims, read without decoding (ITU-T T.81, B.2.2).

    Raises :class:`EvidenceFormatError` where it is no colour JPEG of 64 to 512 pixels a side.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        raise EvidenceFormatError("jpeg")
    position = 2
    while position + 4 <= len(jpeg):
        if jpeg[position] != 0xFF:
            raise EvidenceFormatError("jpeg")
        marker = jpeg[position + 1]
        (length,) = struct.unpack_from(">H", jpeg, position + 2)
        if length < 2:
            raise EvidenceFormatError("jpeg")
        if marker in {0xC0, 0xC1, 0xC2}:
            if position + 10 > len(jpeg):
                raise EvidenceFormatError("jpeg")
            bits, height, width, components = struct.unpack_from(">BHHB", jpeg, position + 4)
            low, high = _SIDES
            if bits != 8 or components != 3 or not (low <= width <= high and low <= height <= high):
                raise EvidenceFormatError("jpeg size")
            return width, height
        if 0xC3 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            raise EvidenceFormatError("jpeg kind")
        if marker == 0xDA:
            break
        position += 2 + length
    raise EvidenceFormatError("jpeg")
