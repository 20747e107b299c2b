"""Which characters a typeface has, read from its file: nothing that is signed may show a box instead of a name."""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from loanapp.resource_files import assets_folder

MAIN_FACE: Final = "NotoSerifSC-Regular.otf"
_WINDOW_FACE: Final = "NotoSansSC-Regular.otf"
RARE_FACE: Final = "HanaMinB.ttf"
"""For the CJK Extensions B to F; optional: see ``resources/assets.toml``."""

_WHOLE_UNICODE: Final = (3, 10)
_SEGMENTED: Final = 12
_DRAW_NOTHING: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")


def without_glyph(text: str, faces: Iterable[Path]) -> str:
    """The characters of ``text`` that none of the faces draws, each once; spaces and controls draw nothing."""
    tables = [_ranges(str(face)) for face in faces if face.is_file()]
    seen = dict.fromkeys(character for character in text if unicodedata.category(character) not in _DRAW_NOTHING)
    return "".join(character for character in seen if not any(_has(table, ord(character)) for table in tables))


def signature_faces() -> tuple[Path, ...]:
    """What a visible signature is drawn in: the program's own face, and the one of rare characters."""
    folder = assets_folder()
    return (folder / _WINDOW_FACE, folder / RARE_FACE)


def document_faces() -> tuple[Path, ...]:
    """What a contract is set in, the rare characters last."""
    folder = assets_folder()
    return (folder / MAIN_FACE, folder / _WINDOW_FACE, folder / RARE_FACE)


def _has(table: tuple[tuple[int, int], ...], code: int) -> bool:
    place = bisect_right(table, (code, 0x10FFFF)) - 1
    return place >= 0 and table[place][0] <= code <= table[place][1]


@cache
def _ranges(path: str) -> tuple[tuple[int, int], ...]:
    """First and last code of each run of characters, in order (OpenType ``cmap``, format 12).

    Raises :class:`ValueError` for a file without such a table.
    """
    with Path(path).open("rb") as file:
        (tables,) = struct.unpack_from(">H", file.read(12), 4)
        directory = file.read(16 * tables)
        for tag, _, offset, length in struct.iter_unpack(">4sIII", directory):
            if tag == b"cmap":
                file.seek(offset)
                return _of_cmap(file.read(length))
    raise ValueError("no table of characters")


def _of_cmap(table: bytes) -> tuple[tuple[int, int], ...]:
    (subtables,) = struct.unpack_from(">H", table, 2)
    for number in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        (kind,) = struct.unpack_from(">H", table, offset)
        if (platform, encoding) == _WHOLE_UNICODE and kind == _SEGMENTED:
            (groups,) = struct.unpack_from(">I", table, offset + 12)
            found = struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * groups])
            return tuple(sorted((first, last) for first, last, _ in found))
    raise ValueError("no table of the whole of Unicode")
