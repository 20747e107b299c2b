"""A zip archive with one form: the same parts in the same order give the same bytes, and no others are accepted.

Nothing is compressed, every date is 1 January 1980, there are no comments, extra fields, folders or gaps (PKWARE
APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16). Any program opens it; whatever any program writes instead is refused.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_CENTRAL_MARK: Final = b"PK\x01\x02"
_END_MARK: Final = b"PK\x05\x06"
_VERSION: Final = 20  # 2.0, which every reader knows
_MIDNIGHT: Final = 0
_FIRST_DAY: Final = (1 << 5) | 1  # 1 January of 1980, the first year of the format
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?")
_MOST_FILES: Final = 100
_LARGEST: Final = 50_000_000

File = tuple[str, bytes]


class ArchiveFormError(ValueError):
    """The bytes are not an archive in its one form."""


def looks_like_zip(data: bytes) -> bool:
    """Whether the file begins as an archive does."""
    return data.startswith(_LOCAL_MARK)


def pack(files: Sequence[File]) -> bytes:
    """The archive of ``files``, in the order given; raises :class:`ArchiveFormError` for what it cannot hold."""
    names = [name for name, _content in files]
    fits = 0 < len(files) <= _MOST_FILES and sum(len(content) for _name, content in files) <= _LARGEST
    if not fits or len(set(names)) != len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise ArchiveFormError("too many files, too large, or a name that is not allowed")
    body, directory = bytearray(), bytearray()
    for name, content in files:
        written, place = name.encode("ascii"), len(body)
        facts = (_MIDNIGHT, _FIRST_DAY, crc32(content), len(content), len(content), len(written), 0)
        body += _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, *facts) + written + content
        directory += _CENTRAL.pack(_CENTRAL_MARK, _VERSION, _VERSION, 0, 0, *facts, 0, 0, 0, 0, place) + written
    end = _END.pack(_END_MARK, 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes) -> list[File]:
    """The files of an archive; raises :class:`ArchiveFormError` unless ``data`` is exactly what :func:`pack` writes."""
    files = list(_files(data))
    if pack(files) != data:
        raise ArchiveFormError("there is more, or less, than the files need")
    return files


def _files(data: bytes) -> Iterator[File]:
    place = 0
    for _ in range(_MOST_FILES):
        if data[place : place + 4] != _LOCAL_MARK:
            return
        if len(data) < place + _LOCAL.size:
            raise ArchiveFormError("the archive is cut off")
        *_rest, size, name_length, _extra = _LOCAL.unpack_from(data, place)
        start = place + _LOCAL.size
        name, content = data[start : start + name_length], data[start + name_length : start + name_length + size]
        if len(content) != size or not name.isascii():
            raise ArchiveFormError("the archive is cut off")
        yield name.decode("ascii"), content
        place = start + name_length + size
