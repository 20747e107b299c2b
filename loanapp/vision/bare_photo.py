"""Photos without what a camera wrote beside the picture: place, time, device, previews, films, comments.

Nothing is decoded and the picture stays bit for bit: whole segments are left out. Which way up it is stays, as the one
mark that is kept, and colour profiles do. JPEG: ITU-T T.81 annex B; Exif 2.32; PNG: ISO/IEC 15948; WebP: RFC 9649.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from loanapp.domain.errors import ErrorCode, LoanAppError

_ORIENTATION: Final = 0x0112
_EXIF: Final = b"Exif\0\0"
_JFIF: Final = b"JFIF\0"
_JFIF_SAYS: Final = 7  # bytes: version, unit and density, both ways; a thumbnail follows (ISO/IEC 10918-5)
_JPEG, _PNG, _RIFF = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF"
# What the picture needs: its tables and scans, the colour transform, the colour profile.
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP"}
)
_WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04  # flags of VP8X


def bare_photo(content: bytes) -> bytes:
    """The same picture without what lies beside it; a BMP, which holds nothing else, as it is.

    Raises :class:`LoanAppError` with ``PHOTO_NOT_AN_IMAGE`` for anything that cannot be read so far: what is beside a
    picture that is damaged cannot be told from it.
    """
    try:
        if content.startswith(_JPEG):
            return _bare_jpeg(content)
        if content.startswith(_PNG):
            return _bare_png(content)
        if content.startswith(_RIFF) and content[8:12] == b"WEBP":
            return _bare_webp(content)
    except (struct.error, IndexError, ValueError):
        raise LoanAppError(ErrorCode.PHOTO_NOT_AN_IMAGE) from None
    if content.startswith(b"BM"):
        return content
    raise LoanAppError(ErrorCode.PHOTO_NOT_AN_IMAGE)


def _bare_jpeg(content: bytes) -> bytes:
    kept, turned = [], 1
    for marker, segment in _segments(content):
        if marker == _APP0:
            kept.extend([_without_thumbnail(segment)] if segment[4:].startswith(_JFIF) else [])
            continue
        if marker == _APP1 and segment[4:].startswith(_EXIF):
            turned = _orientation(segment[4 + len(_EXIF) :]) or turned
        profile = marker == _APP2 and segment[4:].startswith(b"ICC_PROFILE\0")
        beside = _APP0 < marker <= _APP15 or marker == _COMMENT
        if not beside or marker == _APP14 or profile:
            kept.append(segment)
    mark = b"" if turned == 1 else _segment(_APP1, _EXIF + _written_orientation(turned))
    return bytes([0xFF, _SOI]) + mark + b"".join(kept)


def _without_thumbnail(segment: bytes) -> bytes:
    """The JFIF header, which says how dense the picture is, with a thumbnail of no width and no height."""
    told = segment[4 + len(_JFIF) : 4 + len(_JFIF) + _JFIF_SAYS]
    if len(told) < _JFIF_SAYS:
        raise ValueError("the JFIF header is cut")
    return _segment(_APP0, _JFIF + told + b"\0\0")


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment after the first, up to the end of the picture; what follows it is left out."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker")
        while content[at] == 0xFF:
            at += 1
        marker = content[at]
        at += 1
        if marker == _EOI:
            yield marker, b"\xff\xd9"
            return
        if marker in _ALONE:
            yield marker, bytes([0xFF, marker])
            continue
        if marker in {0x00, _SOI}:
            raise ValueError("no segment begins so")
        (length,) = struct.unpack_from(">H", content, at)
        if length < 2 or at + length > len(content):
            raise ValueError("the segment goes beyond the file")
        end = at + length
        if marker == _SOS:
            end = _after_scan(content, end)
        yield marker, bytes([0xFF, marker]) + content[at:end]
        at = end


def _after_scan(content: bytes, at: int) -> int:
    """Where the coded data of a scan ends: at a marker that is neither stuffing nor a restart."""
    while True:
        at = content.index(b"\xff", at)
        following = content[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0x00 or 0xD0 <= following <= 0xD7:
            at += 2
        else:
            return at


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _bare_png(content: bytes) -> bytes:
    kept, turned, at = [], 1, len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("the chunk goes beyond the file")
        if kind in _PNG_KEPT:
            kept.append(content[at:end])
        elif kind == b"eXIf":
            turned = _orientation(content[at + 8 : end - 4]) or turned
        if kind == b"IEND":
            break
        at = end
    if turned != 1:
        kept.insert(1, _chunk(b"eXIf", _written_orientation(turned)))
    return _PNG + b"".join(kept)


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", len(payload), kind) + payload + struct.pack(">I", zlib.crc32(kind + payload))


def _bare_webp(content: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", content, 4)
    stop = 8 + size
    if stop > len(content):
        raise ValueError("the file is cut")
    kept: list[tuple[bytes, bytes]] = []
    turned, at = 1, 12
    while at + 8 <= stop:
        kind, length = struct.unpack_from("<4sI", content, at)
        payload = content[at + 8 : at + 8 + length]
        if len(payload) < length:
            raise ValueError("the chunk goes beyond the file")
        if kind in _WEBP_KEPT:
            kept.append((kind, payload))
        elif kind == b"EXIF":
            turned = _orientation(payload.removeprefix(_EXIF)) or turned
        at += 8 + length + length % 2
    if turned != 1 and kept and kept[0][0] == b"VP8X":
        kept.append((b"EXIF", _written_orientation(turned)))
    if kept and kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~(_WEBP_XMP | _WEBP_EXIF)
        kept[0] = (b"VP8X", bytes([flags | (_WEBP_EXIF if turned != 1 else 0)]) + kept[0][1][1:])
    body = b"".join(struct.pack("<4sI", kind, len(one)) + one + b"\0" * (len(one) % 2) for kind, one in kept)
    return struct.pack("<4sI4s", _RIFF, 4 + len(body), b"WEBP") + body


def _orientation(exif: bytes) -> int | None:
    """Which way up the picture is, 1 to 8; ``None`` where it is not said, or said in no way that can be read."""
    try:
        order = {b"II*\0": "<", b"MM\0*": ">"}[exif[:4]]
        (place,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, place)
        for number in range(min(count, 512)):
            tag, kind, many, value = struct.unpack_from(f"{order}HHIH", exif, place + 2 + 12 * number)
            if tag == _ORIENTATION and kind == 3 and many == 1 and 1 <= value <= 8:
                return int(value)
    except (KeyError, struct.error):
        return None
    return None


def _written_orientation(turned: int) -> bytes:
    return struct.pack("<4sIHHHIHHI", b"II*\0", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
