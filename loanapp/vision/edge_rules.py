"""The note for a reviewer on the straight edges of a sheet or a screen around the face; it decides nothing."""

from loanapp.vision.case import Case
from loanapp.vision.observation import Seen
from loanapp.vision.straight_edges import edge_motion

# The rules of this note as they are stored.
CELLS_SEEN = "surroundings_seen"
EDGES_MOVE = "straight_edges_move"


def note_edges(case: Case, seen: Seen) -> None:
    """Keep whether the cells around the face were there, and how far straight edges over and beside the head moved.

    Only the time before the colours counts: they light what is near more than what is far.
    """
    book, limits = case.book, case.limits["edges"]
    until_ms = case.header.flash[0].shown_ms if case.header.flash else None
    around = [cells for time_ms, cells in seen.around if until_ms is None or time_ms < until_ms]
    motion = edge_motion(around, int(limits["least_grids"]))
    if not book.at_least(CELLS_SEEN, motion.grids, limits["least_grids"]):
        return
    # A room has an upright edge at one side often enough, and hair may move before it: one over the head as well.
    moved = min(motion.above, motion.beside)
    stays = motion.outside <= limits["most_outside"]
    book.measure("edge_above", motion.above)
    book.measure("edge_beside", motion.beside)
    if stays:
        book.measure("edge_outside", motion.outside)
    book.at_most(EDGES_MOVE, moved if stays else 0.0, limits["most_moved"])
