"""What is around a face, in cells: far enough to hold the edge of a sheet or a screen, too coarse to read.

A few times a second a frame of the evidence carries, beside the picture of the face, the mean brightness of cells that
lie at multiples of their width in the camera's frame. A cell is a sixth of the face wide at least, and the cells reach
about 1.2 face heights beyond the face, no further. The lender refuses what is finer or reaches further: nobody
has agreed to that.
"""

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from loanapp.vision.arrays import Image

# How far the cells reach beyond the box of the face, over its longer side.
REACH: Final = 1.2
# Cells across the longer side of the face's box, at most.
CELLS_ACROSS: Final = 6
# The reach to both sides and the face, and a cell at either end that is only partly within.
MOST_CELLS: Final = round((1 + 2 * REACH) * CELLS_ACROSS) + 2
# Width of a cell in pixels, its first column and row, counts of columns and rows, the box of the face in pixels.
_HEAD: Final = struct.Struct(">HHHBBhhhh")
MOST_SURROUNDINGS_BYTES: Final = _HEAD.size + MOST_CELLS * MOST_CELLS


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The cells around one face.

    ``cell``: width of a cell in pixels of the frame; ``column`` and ``row``: the place of the first cell, in cells;
    ``box``: left, top, right, bottom of the face in pixels; ``values``: brightness of each cell, row by row.
    """

    cell: int
    column: int
    row: int
    columns: int
    rows: int
    box: tuple[int, int, int, int]
    values: bytes

    @property
    def side(self) -> int:
        """The longer side of the face's box in pixels."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)

    def grid(self) -> "Image":
        """Brightness 0 to 255, (rows, columns)."""
        import numpy as np  # noqa: PLC0415  (whoever only hands evidence on needs no arrays)

        return np.frombuffer(self.values, np.uint8).reshape(self.rows, self.columns)

    def pack(self) -> bytes:
        """The bytes that :func:`read_surroundings` reads. Raises ``ValueError`` where that would refuse them."""
        try:
            head = _HEAD.pack(self.cell, self.column, self.row, self.columns, self.rows, *self.box)
        except struct.error:
            raise ValueError("surroundings") from None
        read_surroundings(head + self.values)
        return head + self.values


def read_surroundings(packed: bytes) -> Surroundings:
    """Read what anybody may have written. Raises ``ValueError`` where it is finer, wider or other than agreed."""
    if not _HEAD.size < len(packed) <= MOST_SURROUNDINGS_BYTES:
        raise ValueError("size")
    cell, column, row, columns, rows, *box = _HEAD.unpack_from(packed)
    left, top, right, bottom = box
    found = Surroundings(cell, column, row, columns, rows, (left, top, right, bottom), packed[_HEAD.size :])
    if not (left < right and top < bottom and columns and rows and len(found.values) == columns * rows):
        raise ValueError("shape")
    if cell * CELLS_ACROSS < found.side:
        raise ValueError("too fine")
    reach = REACH * found.side + cell
    for first, count, low, high in ((column, columns, left, right), (row, rows, top, bottom)):
        if first * cell < low - reach or (first + count) * cell > high + reach:
            raise ValueError("too wide")
    return found
