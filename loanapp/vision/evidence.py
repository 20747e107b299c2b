"""What one attempt leaves the borrower's machine with: face crops, their times, and when each action was asked.

The format is strict, because the lender reads it from whoever sends it: a magic line, a length, a canonical JSON
header, then each frame as time, two lengths, JPEG and, a few times a second, the cells around the face
(``surroundings.py``). Every size is checked before anything is decoded, and each frame can be judged as soon as it is
there. Loads no image library until a frame is decoded.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, FlashColour, SourceKind
from loanapp.vision.surroundings import MOST_SURROUNDINGS_BYTES, read_surroundings

if TYPE_CHECKING:
    from loanapp.vision.arrays import Image

MAGIC: Final = b"LOANAPP-EVIDENCE-3\n"
FRAMES_A_SECOND: Final = 15
MOST_FRAMES: Final = 180
MOST_BYTES: Final = 3_000_000
# Cells around the face come no closer together: an edge needs no more, and nobody agreed to more.
LEAST_SURROUNDINGS_MS: Final = 200
_MOST_HEADER_BYTES: Final = 8_192
_MOST_ACTIONS: Final = 8
_MOST_COLOURS: Final = 8
_MOST_TEXT: Final = 200
# An attempt lasts three minutes at most; beyond ten the times are nonsense.
_MOST_MS: Final = 600_000
# No camera is wider, faster or less regular than this.
_MOST_FIGURE: Final = 10_000_000
_SIDES: Final = (64, 512)
# What the encoder writes for 288 x 288 pixels is 10 to 30 kB; noise of 512 x 512 at its quality is under this.
_MOST_JPEG_BYTES: Final = 262_144
# Application data, quantisation tables, Huffman tables, and these two: all there is in a baseline JPEG of ours.
_FRAME_HEADER: Final = 0xC0
_SCAN_HEADER: Final = 0xDA
_MARKERS: Final = frozenset({0xE0, 0xDB, 0xC4, _FRAME_HEADER, _SCAN_HEADER})
_COMPONENTS: Final = 3
# Time, bytes of the JPEG, bytes of the cells around the face.
_FRAME_HEAD: Final = struct.Struct(">IIH")


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
class FlashWindow:
    """When the screen began and ceased to show a colour, milliseconds from the first frame."""

    colour: FlashColour
    shown_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What the client noticed of the camera; its word alone, for a reviewer and for what contradicts the frames.

    ``frames_a_second`` is measured; ``repeated`` counts frames equal to the one before, bit for bit;
    ``interval_spread_us`` is the standard deviation of the time between frames in microseconds (a real camera's is not
    0); ``virtual`` says that the camera's name is one that programs give.
    """

    camera: str
    width: int
    height: int
    frames_a_second: float
    repeated: int
    interval_spread_us: int
    virtual: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class EvidenceHeader:
    """Which attempt this is, and how it went as the client tells it."""

    session_id: str
    application_id: str
    nonce: str
    source_kind: SourceKind
    windows: tuple[ActionWindow, ...]
    flash: tuple[FlashWindow, ...] = ()
    device: DeviceFacts | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFrame:
    """One face crop as JPEG and its time, milliseconds from the first frame.

    ``around``: the cells around the face as :class:`~loanapp.vision.surroundings.Surroundings` packs them; most frames
    have none.
    """

    time_ms: int
    jpeg: bytes
    around: bytes = b""

    def decode(self) -> "Image":
        """The picture. Raises :class:`EvidenceFormatError` where it cannot be decoded."""
        import cv2  # noqa: PLC0415  (whoever only hands frames on needs no image library)
        import numpy as np  # noqa: PLC0415

        width, height = jpeg_size(self.jpeg)
        as_stored = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        try:
            image = cv2.imdecode(np.frombuffer(self.jpeg, dtype=np.uint8), as_stored)
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
    content = {
        "session_id": header.session_id,
        "application_id": header.application_id,
        "nonce": header.nonce,
        "source_kind": header.source_kind.value,
        "windows": [[window.action.value, window.asked_ms, window.done_ms] for window in header.windows],
        "flash": [[window.colour.value, window.shown_ms, window.until_ms] for window in header.flash],
        "device": None if header.device is None else asdict(header.device),
        "frames": len(frames),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    parts = [MAGIC, struct.pack(">I", len(text)), text]
    for frame in frames:
        parts += [_FRAME_HEAD.pack(frame.time_ms, len(frame.jpeg), len(frame.around)), frame.jpeg, frame.around]
    packed = b"".join(parts)
    unpack_evidence(packed)
    return packed


def unpack_evidence(packed: bytes) -> Evidence:
    """Read evidence that anybody may have written; frames are checked by size, not yet decoded.

    Raises :class:`EvidenceFormatError`.
    """
    reader = EvidenceReader()
    frames = reader.feed(packed)
    return Evidence(reader.finish(), tuple(frames))


class EvidenceReader:
    """Reads evidence while it arrives, in pieces of any size; every method raises :class:`EvidenceFormatError`.

    No length is believed before it is held against what evidence may be; at most one frame is kept here.
    """

    def __init__(self) -> None:
        self.header: EvidenceHeader | None = None
        self._held = bytearray()
        self._taken = 0
        self._count = 0
        self._read = 0
        self._last_ms = -1
        self._around_ms, self._around_cell = -LEAST_SURROUNDINGS_MS, 0

    def feed(self, part: bytes) -> list[EvidenceFrame]:
        """Take the next piece; the frames that are whole now, checked by size."""
        self._taken += len(part)
        if self._taken > MOST_BYTES:
            raise EvidenceFormatError("size")
        self._held += part
        if self.header is None and not self._begin():
            return []
        frames: list[EvidenceFrame] = []
        while self._read < self._count and (frame := self._next_frame()) is not None:
            frames.append(frame)
        if self._read == self._count and self._held:
            raise EvidenceFormatError("trailing bytes")
        return frames

    def finish(self) -> EvidenceHeader:
        """Nothing follows: the header, if everything it announces was there."""
        if self.header is None:
            raise EvidenceFormatError("header")
        if self._read < self._count:
            raise EvidenceFormatError("frame")
        return self.header

    def _begin(self) -> bool:
        start = len(MAGIC) + 4
        if not self._held.startswith(MAGIC[: len(self._held)]):
            raise EvidenceFormatError("magic")
        if len(self._held) < start:
            return False
        (length,) = struct.unpack_from(">I", self._held, len(MAGIC))
        if length > _MOST_HEADER_BYTES:
            raise EvidenceFormatError("header")
        if len(self._held) < start + length:
            return False
        self.header, self._count = _read_header(bytes(self._held[start : start + length]))
        del self._held[: start + length]
        return True

    def _next_frame(self) -> EvidenceFrame | None:
        size = _FRAME_HEAD.size
        if len(self._held) < size:
            return None
        time_ms, length, around_length = _FRAME_HEAD.unpack_from(self._held)
        if not self._last_ms < time_ms <= _MOST_MS:
            raise EvidenceFormatError("frame time")
        if around_length > MOST_SURROUNDINGS_BYTES:
            raise EvidenceFormatError("surroundings")
        end = size + length + around_length
        if end > MOST_BYTES - (self._taken - len(self._held)):
            raise EvidenceFormatError("frame")
        if len(self._held) < end:
            return None
        jpeg, around = bytes(self._held[size : size + length]), bytes(self._held[size + length : end])
        jpeg_size(jpeg)
        if around:
            self._check_around(around, time_ms)
        del self._held[:end]
        self._read, self._last_ms = self._read + 1, time_ms
        return EvidenceFrame(time_ms, jpeg, around)

    def _check_around(self, around: bytes, time_ms: int) -> None:
        """No finer, no further and no more often than the person was told, nor finer than one before."""
        if time_ms - self._around_ms < LEAST_SURROUNDINGS_MS:
            raise EvidenceFormatError("surroundings")
        try:
            cell = read_surroundings(around).cell
        except ValueError:
            raise EvidenceFormatError("surroundings") from None
        if cell < self._around_cell:
            raise EvidenceFormatError("surroundings")
        self._around_ms, self._around_cell = time_ms, cell


def _read_header(text: bytes) -> tuple[EvidenceHeader, int]:
    try:
        content: Any = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError):
        raise EvidenceFormatError("header") from None
    expected = {"session_id", "application_id", "nonce", "source_kind", "windows", "flash", "device", "frames"}
    if not isinstance(content, dict) or set(content) != expected:
        raise EvidenceFormatError("header")
    count = content["frames"]
    if type(count) is not int or not 1 <= count <= MOST_FRAMES:
        raise EvidenceFormatError("frame count")
    for name in ("session_id", "application_id", "nonce", "source_kind"):
        if not isinstance(content[name], str) or len(content[name]) > _MOST_TEXT:
            raise EvidenceFormatError(name)
    try:
        header = EvidenceHeader(
            session_id=content["session_id"],
            application_id=content["application_id"],
            nonce=content["nonce"],
            source_kind=SourceKind(content["source_kind"]),
            windows=tuple(
                ActionWindow(Action(word), asked, done)
                for word, asked, done in _spans(content["windows"], "windows", _MOST_ACTIONS)
            ),
            flash=tuple(
                FlashWindow(FlashColour(word), shown, until)
                for word, shown, until in _spans(content["flash"], "flash", _MOST_COLOURS)
            ),
            device=_read_device(content["device"]),
        )
    except ValueError:
        raise EvidenceFormatError("header") from None
    return header, count


def _spans(spans: object, what: str, most: int) -> list[tuple[str, int, int]]:
    """A word and two times each, all times in order."""
    if not isinstance(spans, list) or len(spans) > most:
        raise EvidenceFormatError(what)
    read: list[tuple[str, int, int]] = []
    last = 0
    for span in spans:
        if not isinstance(span, list) or len(span) != 3:
            raise EvidenceFormatError(what)
        word, begin, end = span
        if not isinstance(word, str) or type(begin) is not int or type(end) is not int:
            raise EvidenceFormatError(what)
        if not last <= begin <= end <= _MOST_MS:
            raise EvidenceFormatError(what)
        read.append((word, begin, end))
        last = end
    return read


_DEVICE_KINDS: Final = {field.name: field.type for field in fields(DeviceFacts)}


def _read_device(device: object) -> DeviceFacts | None:
    if device is None:
        return None
    if not isinstance(device, dict) or set(device) != set(_DEVICE_KINDS):
        raise EvidenceFormatError("device")
    for name, kind in _DEVICE_KINDS.items():
        value = device[name]
        if kind is float and type(value) is int:
            value = device[name] = float(value)
        if type(value) is not kind:
            raise EvidenceFormatError("device")
        if isinstance(value, str) and len(value) > _MOST_TEXT:
            raise EvidenceFormatError("device")
        if isinstance(value, int | float) and not 0 <= value <= _MOST_FIGURE:
            raise EvidenceFormatError("device")
    return DeviceFacts(**device)


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a frame, read without decoding (ITU-T T.81, B.2).

    Only what this program's own encoder writes is read: one baseline frame in one scan, and no marker that a decoder
    might understand in another way than this. Raises :class:`EvidenceFormatError` where it is anything else, or is not
    64 to 512 pixels a side.
    """
    if len(jpeg) > _MOST_JPEG_BYTES or not jpeg.startswith(b"\xff\xd8") or not jpeg.endswith(b"\xff\xd9"):
        raise EvidenceFormatError("jpeg")
    size, position = None, 2
    while position + 4 <= len(jpeg):
        if jpeg[position] != 0xFF or jpeg[position + 1] not in _MARKERS:
            raise EvidenceFormatError("jpeg kind")
        marker = jpeg[position + 1]
        (length,) = struct.unpack_from(">H", jpeg, position + 2)
        end = position + 2 + length
        if length < 2 or end > len(jpeg):
            raise EvidenceFormatError("jpeg")
        if marker == _FRAME_HEADER:
            if size is not None:
                raise EvidenceFormatError("jpeg kind")
            size = _frame_size(jpeg[position + 4 : end])
        if marker == _SCAN_HEADER:
            if size is None or jpeg[position + 4] != _COMPONENTS or _has_marker(jpeg, end):
                raise EvidenceFormatError("jpeg kind")
            return size
        position = end
    raise EvidenceFormatError("jpeg")


def _frame_size(fields: bytes) -> tuple[int, int]:
    if len(fields) != 6 + 3 * _COMPONENTS:
        raise EvidenceFormatError("jpeg kind")
    bits, height, width, components = struct.unpack_from(">BHHB", fields)
    low, high = _SIDES
    if bits != 8 or components != _COMPONENTS or not (low <= width <= high and low <= height <= high):
        raise EvidenceFormatError("jpeg size")
    return width, height


def _has_marker(jpeg: bytes, start: int) -> bool:
    """Whether anything but the end comes after the scan's header: in its data every 255 is followed by a 0."""
    return jpeg.count(b"\xff", start) != jpeg.count(b"\xff\x00", start) + 1
