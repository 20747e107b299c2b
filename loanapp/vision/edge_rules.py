"""The note for a reviewer on the straight edges of a sheet or a screen around the face; it decides nothing."""

from math import isfinite

from loanapp.vision.case import Case
from loanapp.vision.observation import Seen
from loanapp.vision.straight_edges import EdgeMotion, edge_motion

# The rules of this note as they are stored.
CELLS_SEEN = "surroundings_seen"
EDGES_MOVE = "straight_edges_move"
UNTOLD = "straight_edges_untold"


def note_edges(case: Case, seen: Seen) -> None:
    """Keep whether the cells around the face were there, and how far straight edges over and beside the head moved.

    Where edges moved and nothing beyond them would tell whether that did as well, it is kept that nobody can tell.
    Only the time before the colours counts: they light what is near more than what is far.
    """
    book, limits = case.book, case.limits["edges"]
    until_ms = case.header.flash[0].shown_ms if case.header.flash else None
    around = [cells for time_ms, cells in seen.around if until_ms is None or time_ms < until_ms]
    motion = edge_motion(around, int(limits["least_grids"]))
    if not book.at_least(CELLS_SEEN, motion.grids, limits["least_grids"]):
        return
    for name, value in (("above", motion.above), ("beside", motion.beside), ("outside", motion.outside)):
        if isfinite(value):
            book.measure(f"edge_{name}", value)
    if min(motion.above, motion.beside) > limits["most_moved"] and not isfinite(motion.outside):
        book.measure(UNTOLD, 1.0)
        return
    book.at_most(EDGES_MOVE, moved_by_itself(motion, limits["most_outside"]), limits["most_moved"])


def moved_by_itself(motion: EdgeMotion, most_outside: float) -> float:
    """How far an edge over the head and one beside it moved, in cells, while what is beyond them stayed; else 0.

    Both, because a room has an upright edge at one side often enough, before which hair and shoulders move.
    """
    return min(motion.above, motion.beside) if motion.outside <= most_outside else 0.0
