"""A signature written by hand, as lines: how it comes from a pad and how it is drawn into a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MOST_STROKES: Final = 200
_MOST_POINTS: Final = 8000
_PEN: Final = 1.4  # points

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Handwriting:
    """Strokes of points, each in parts of the pad's height from its upper left corner, y downwards.

    Raises :class:`ValueError` for more than anybody writes, or for points that are no numbers in range.
    """

    strokes: tuple[tuple[Point, ...], ...]

    def __post_init__(self) -> None:
        """Refuse what no pad gives."""
        points = [point for stroke in self.strokes for point in stroke]
        shaped = all(self.strokes) and all(-1 <= x <= 100 and -1 <= y <= 2 for x, y in points)
        if not points or len(self.strokes) > _MOST_STROKES or len(points) > _MOST_POINTS or not shaped:
            raise ValueError("this is not handwriting")

    def __repr__(self) -> str:
        return "Handwriting(...)"  # personal: how somebody signs

    def drawn(self, box: tuple[float, float, float, float], colour: Sequence[float]) -> bytes:
        """PDF operators that draw it at the left of ``box`` (left, bottom, right, top, in points), as large as fits."""
        points = [point for stroke in self.strokes for point in stroke]
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        room_across, room_up = box[2] - box[0], box[3] - box[1]
        size = min(room_across / max(right - left, 0.01), room_up / max(bottom - top, 0.01), 2 * room_up)
        red, green, blue = colour
        parts = [f"q {red} {green} {blue} RG {_PEN} w 1 J 1 j"]
        for stroke in self.strokes:
            places = [(box[0] + (x - left) * size, box[3] - (y - top) * size) for x, y in stroke]
            places += places if len(places) == 1 else []  # a dot
            parts.append(" ".join(f"{x:.2f} {y:.2f} {'l' if place else 'm'}" for place, (x, y) in enumerate(places)))
            parts.append("S")
        return "\n".join([*parts, "Q"]).encode("ascii")
