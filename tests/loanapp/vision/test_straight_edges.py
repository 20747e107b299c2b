"""Edges that move around a face: those of a sheet in a hand do, those of a room do not."""

import pytest

from loanapp.resource_files import read_toml
from loanapp.vision.edge_rules import moved_by_itself
from loanapp.vision.straight_edges import edge_motion
from tests.loanapp.vision.cells import Drawn, cells_of, sheet, wander

LIMITS = read_toml("vision", "verdict.toml")["edges"]


def noted(around):
    motion = edge_motion(around, LIMITS["least_grids"])
    return moved_by_itself(motion, LIMITS["most_outside"]) > LIMITS["most_moved"]


@pytest.mark.parametrize("amount", [1.5, 3.0, 6.0])
def test_a_sheet_in_a_hand_is_seen_by_its_edges(amount):
    motion = edge_motion(sheet(amount=amount), 8)
    assert motion.grids == 24
    assert motion.outside < 0.2, "the room behind it stays"
    assert noted(sheet(amount=amount))


def test_movement_is_measured_to_a_part_of_a_cell():
    """A cell is 34 pixels and more here; three pixels to and fro are a tenth of one."""
    small, large = (edge_motion(sheet(amount=amount), 8) for amount in (1.5, 3.0))
    assert large.beside == pytest.approx(2 * small.beside, rel=0.2)
    assert large.above == pytest.approx(2 * small.above, rel=0.2)


@pytest.mark.parametrize("seed", range(6))
def test_the_edges_of_a_room_stay_however_the_head_moves(seed):
    room = Drawn(seed=seed)
    around = cells_of(room.frame(head=way) for way in wander(24, 8.0, seed))
    assert not noted(around)


@pytest.mark.parametrize("seed", range(6))
def test_a_camera_that_moves_is_no_sheet(seed):
    room = Drawn(seed=seed)
    around = cells_of(room.frame(camera=way) for way in wander(24, 4.0, seed))
    assert not noted(around)


def test_a_thing_that_stands_still_is_not_told_from_the_room():
    """The limit of it, kept as a test so that nobody promises more."""
    assert not noted(cells_of([Drawn(held=True).frame()] * 24))


def test_too_little_to_compare_says_nothing():
    for around in ([], sheet(count=7)):
        motion = edge_motion(around, 8)
        assert (motion.beside, motion.above) == (0.0, 0.0)
        assert motion.grids == len(around)
        assert not noted(around)
