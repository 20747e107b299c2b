"""The cells around a face as they are written and as a lender reads them from anybody."""

import random
import struct
from dataclasses import replace

import pytest

from loanapp.vision.surroundings import MOST_CELLS, MOST_SURROUNDINGS_BYTES, Surroundings, read_surroundings

GOOD = Surroundings(40, 1, 0, 14, 12, (240, 135, 400, 335), bytes(range(14 * 12)))


def test_what_is_packed_is_read_back():
    assert read_surroundings(GOOD.pack()) == GOOD
    assert GOOD.grid().shape == (12, 14)
    assert GOOD.grid()[1, 0] == 14


@pytest.mark.parametrize(
    "changes",
    {
        "finer than a sixth of the face": {"cell": 33, "box": (240, 135, 400, 335)},
        "further than agreed to the left": {"box": (340, 135, 500, 335)},
        "further than agreed to the right": {"column": 5},
        "further than agreed downwards": {"row": 5},
        "no face": {"box": (240, 135, 240, 335)},
        "a face inside out": {"box": (400, 135, 240, 335)},
        "fewer values than cells": {"values": bytes(14 * 12 - 1)},
        "more values than cells": {"values": bytes(14 * 12 + 1)},
        "no columns": {"columns": 0, "values": b""},
        "beyond the numbers": {"cell": 70_000},
    }.items(),
    ids=lambda one: one[0],
)
def test_what_nobody_agreed_to_is_refused(changes):
    with pytest.raises(ValueError, match=r".+"):
        replace(GOOD, **changes[1]).pack()


def test_a_wide_field_of_fine_cells_does_not_fit():
    assert MOST_SURROUNDINGS_BYTES < 520
    side = MOST_CELLS + 1
    head = struct.pack(">HHHBBhhhh", 40, 0, 0, side, side, 0, 0, 240, 240)
    with pytest.raises(ValueError, match="size"):
        read_surroundings(head + bytes(side * side))
    for length in range(18):
        with pytest.raises(ValueError, match="size"):
            read_surroundings(b"\1" * min(length, 16))


def test_flipped_bits_are_refused_or_keep_to_the_agreement():
    source, packed = random.Random(3), GOOD.pack()
    for _ in range(2000):
        broken = bytearray(packed)
        broken[source.randrange(18)] ^= 1 << source.randrange(8)
        try:
            found = read_surroundings(bytes(broken))
        except ValueError:
            continue
        assert found.cell * 6 >= found.side
        assert found.columns * found.cell <= 3.4 * found.side + 2 * found.cell
