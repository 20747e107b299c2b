"""Text as the outlines of its letters, for small drawings in a PDF: no typesetter is needed, and it stays text.

The characters become a Type 3 font (ISO 32000-2, 9.6.4): each is a little drawing, with the table that lets a reader
select, search and speak it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fontTools.misc.transform import Scale
from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

UNITS: Final = 1000
_MOST_CHARACTERS: Final = 255


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: how far it moves the pen, what it covers and what draws it, in thousandths of its size."""

    width: int
    bounds: tuple[int, int, int, int]
    path: bytes


@dataclass(slots=True)
class DrawnText:
    """The letters of some text, out of the first typeface that has each.

    Raises :class:`ValueError` for a character that no face has, or for more than 255 different ones.
    """

    text: str
    faces: Iterable[Path]
    glyphs: dict[str, Glyph] = field(init=False)

    def __post_init__(self) -> None:
        """Read the outlines."""
        wanted = sorted(set(self.text))
        if len(wanted) > _MOST_CHARACTERS:
            raise ValueError("too many different characters for one drawing")
        found: dict[str, Glyph] = {}
        for face in self.faces:
            missing = [character for character in wanted if character not in found]
            if missing and face.is_file():
                found |= _outlines(face, missing)
        if len(found) < len(wanted):
            raise ValueError("a character has no outline")
        self.glyphs = {character: found[character] for character in wanted}

    def encoded(self, text: str) -> bytes:
        """``text`` as a hexadecimal string of the font's codes."""
        codes = {character: code for code, character in enumerate(self.glyphs, 1)}
        return b"<" + bytes(codes[character] for character in text).hex().encode() + b">"

    def width(self, text: str) -> float:
        """How wide ``text`` is, in multiples of the size it is drawn at."""
        return sum(self.glyphs[character].width for character in text) / UNITS

    def font(self, writer: BasePdfFileWriter) -> generic.IndirectObject:
        """Put the font into ``writer``."""
        glyphs = list(self.glyphs.values())
        names = [pdf_name(f"/g{code}") for code in range(1, len(glyphs) + 1)]
        whole = _around([glyph.bounds for glyph in glyphs])
        font: dict[str, Any] = {
            "/Type": pdf_name("/Font"),
            "/Subtype": pdf_name("/Type3"),
            "/FontBBox": _numbers(whole),
            "/FontMatrix": generic.ArrayObject(generic.FloatObject(one) for one in (0.001, 0, 0, 0.001, 0, 0)),
            "/CharProcs": generic.DictionaryObject(
                {name: writer.add_object(_stream(_drawing(one))) for name, one in zip(names, glyphs, strict=True)}
            ),
            "/Encoding": generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Encoding"),
                    pdf_name("/Differences"): generic.ArrayObject([generic.NumberObject(1), *names]),
                }
            ),
            "/FirstChar": generic.NumberObject(1),
            "/LastChar": generic.NumberObject(len(glyphs)),
            "/Widths": _numbers([glyph.width for glyph in glyphs]),
            "/Resources": generic.DictionaryObject(),
            "/ToUnicode": writer.add_object(_stream(_meanings(self.glyphs))),
        }
        return writer.add_object(generic.DictionaryObject({pdf_name(name): one for name, one in font.items()}))


class _PathPen(BasePen):  # type: ignore[misc] # fontTools ships no types
    """Writes an outline as PDF's operators, in whole thousandths; the methods bear fontTools' names."""

    def __init__(self, glyphs: Any) -> None:  # noqa: ANN401 - a mapping of fontTools' own
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._write([pt], "m")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._write([pt], "l")

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:  # noqa: N802
        self._write([pt1, pt2, pt3], "c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")

    def _write(self, points: Sequence[tuple[float, float]], operator: str) -> None:
        self.operators.append(" ".join(f"{round(x)} {round(y)}" for x, y in points) + f" {operator}")


def _outlines(face: Path, wanted: Iterable[str]) -> dict[str, Glyph]:
    found: dict[str, Glyph] = {}
    with TTFont(face, lazy=True) as font:
        names, glyphs = font.getBestCmap(), font.getGlyphSet()
        scale = UNITS / font["head"].unitsPerEm
        for character in wanted:
            name = names.get(ord(character))
            if name is None:
                continue
            pen, bounds = _PathPen(glyphs), BoundsPen(glyphs)
            for each in (pen, bounds):
                glyphs[name].draw(TransformPen(each, Scale(scale)))
            left, bottom, right, top = (round(one) for one in bounds.bounds or (0, 0, 0, 0))
            path = "\n".join(pen.operators).encode()
            found[character] = Glyph(round(glyphs[name].width * scale), (left, bottom, right, top), path)
    return found


def _drawing(glyph: Glyph) -> bytes:
    """What draws a character in the colour of the text around it."""
    head = " ".join(str(one) for one in (glyph.width, 0, *glyph.bounds)).encode() + b" d1\n"
    return head + (glyph.path + b"\nf" if glyph.path else b"")


def _meanings(characters: Iterable[str]) -> bytes:
    """Which character each code stands for (ISO 32000-2, 9.10.3)."""
    rows = [f"<{code:02x}> <{one.encode('utf-16-be').hex()}>" for code, one in enumerate(characters, 1)]
    # The standard allows a hundred in one block.
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /Drawn def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{mapped}\nendcmap end end\n"
    ).encode("ascii")


def _around(boxes: Sequence[tuple[int, int, int, int]]) -> list[int]:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True) if boxes else ((0,),) * 4
    return [min(lefts), min(bottoms), max(rights), max(tops)]


def _numbers(values: Iterable[int]) -> generic.ArrayObject:
    return generic.ArrayObject(generic.NumberObject(value) for value in values)


def _stream(data: bytes) -> generic.StreamObject:
    stream = generic.StreamObject(stream_data=data)
    stream.compress()
    return stream
