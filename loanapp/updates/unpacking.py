"""Unpack a program's archive as if it were hostile: nothing lands outside, nothing grows without end."""

import lzma
import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from loanapp.updates.refusal import Reason, UpdateRefusedError

MOST_BYTES: Final = 1_000_000_000
MOST_MEMBERS: Final = 20_000
_DEEPEST: Final = 24
_LONGEST_NAME: Final = 240
# The archives are packed with 64 MiB to look back into; twice as much memory is for blocks and filters.
_MEMORY: Final = 192 * 1024 * 1024
_PIECE: Final = 1024 * 1024
# A file where a folder should be is the archive's fault, not the disk's.
_NO_ARCHIVE: Final = (
    *(tarfile.TarError, lzma.LZMAError, EOFError, UnicodeError, ValueError),
    *(FileExistsError, NotADirectoryError),
)


def unpack(archive: Path, into: Path, *, most_bytes: int = MOST_BYTES, most_members: int = MOST_MEMBERS) -> Path:
    """Unpack a ``.tar.xz`` whose one folder becomes ``into``, which must not be there yet; returns ``into``.

    Files, folders and links that stay inside are taken, anything else refuses the whole. Raises
    :class:`UpdateRefusedError`; nothing of a refused archive stays.
    """
    into.mkdir(mode=0o755)
    try:
        with archive.open("rb") as packed:
            unpacked = _Unpacked(packed, most_bytes)
            with tarfile.open(fileobj=unpacked.as_file(), mode="r|") as tar:
                _take(tar, into, most_members)
            while unpacked.read(_PIECE):
                pass  # to the end, where the sum of everything stands
    except _NO_ARCHIVE:
        shutil.rmtree(into)
        raise UpdateRefusedError(Reason.HARMFUL) from None
    except UpdateRefusedError:
        shutil.rmtree(into)
        raise
    except OSError:
        shutil.rmtree(into, ignore_errors=True)
        raise UpdateRefusedError(Reason.NO_ROOM) from None
    return into


def _take(tar: tarfile.TarFile, into: Path, most_members: int) -> None:
    tops: set[str] = set()
    seen: set[PurePosixPath] = set()
    links: dict[PurePosixPath, str] = {}
    for count, member in enumerate(tar, 1):
        place = _place(member.name)
        tops.add(place.parts[0])
        if count > most_members or len(tops) > 1 or place in seen:
            raise UpdateRefusedError(Reason.HARMFUL)
        seen.add(place)
        inner = PurePosixPath(*place.parts[1:])
        if member.type == tarfile.DIRTYPE:
            (into / inner).mkdir(mode=0o755, parents=True, exist_ok=True)
        elif member.type == tarfile.SYMTYPE and inner.parts:
            _stays_inside(inner, member.linkname)
            links[inner] = member.linkname
        elif member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and inner.parts:
            _write(tar, member, into / inner)
        else:
            raise UpdateRefusedError(Reason.HARMFUL)
    if any(parent in links for place in seen for parent in PurePosixPath(*place.parts[1:]).parents):
        raise UpdateRefusedError(Reason.HARMFUL)
    # Links last: no file was written through one.
    for inner, target in links.items():
        (into / inner).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        (into / inner).symlink_to(target)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is None:
        raise UpdateRefusedError(Reason.HARMFUL)
    with content, path.open("xb") as file:
        shutil.copyfileobj(content, file, _PIECE)
    path.chmod(0o755 if member.mode & 0o100 else 0o644)


def _place(name: str) -> PurePosixPath:
    """A member's place, if it is one plain path below the archive's folder."""
    parts = name.rstrip("/").split("/")
    plain = all(part not in ("", ".", "..") and "\\" not in part and ":" not in part for part in parts)
    if not plain or not name.isprintable() or len(name) > _LONGEST_NAME or len(parts) > _DEEPEST:
        raise UpdateRefusedError(Reason.HARMFUL)
    return PurePosixPath(*parts)


def _stays_inside(inner: PurePosixPath, target: str) -> None:
    led = os.path.normpath(inner.parent / target)
    if not target or not target.isprintable() or target.startswith("/") or "\\" in target or led.split("/")[0] == "..":
        raise UpdateRefusedError(Reason.HARMFUL)


class _Unpacked:
    """What tarfile reads from: never more than ``most`` bytes, never more memory than the archives need."""

    def __init__(self, packed: IO[bytes], most: int) -> None:
        self._packed, self._left = packed, most
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)

    def as_file(self) -> IO[bytes]:
        """Itself: a stream is only read."""
        return cast("IO[bytes]", self)

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; nothing at the end."""
        found = b""
        while len(found) < size and not self._decompressor.eof:
            given = self._packed.read(_PIECE) if self._decompressor.needs_input else b""
            if self._decompressor.needs_input and not given:
                raise EOFError("the archive ends too early")
            found += self._decompressor.decompress(given, size - len(found))
        self._left -= len(found)
        if self._left < 0:
            raise UpdateRefusedError(Reason.TOO_LARGE)
        return found
