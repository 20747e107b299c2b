"""Where the window stands: remembered, and brought back onto a screen that is there. No Qt: it would cost time."""

from collections.abc import Sequence
from typing import NamedTuple

# Room at the top for the title bar that the system draws around the window.
_TITLE_BAR = 32
# Less of the window than this on any screen, and nobody could take hold of it.
_HOLD = 120


class Rect(NamedTuple):
    """Left, top, width, height in logical pixels, as Qt counts them over all screens."""

    left: int
    top: int
    width: int
    height: int


def read_place(stored: object) -> Rect | None:
    """A place as it was kept; ``None`` for anything else."""
    if not isinstance(stored, list) or len(stored) != len(Rect._fields):
        return None
    if not all(isinstance(value, int) and abs(value) < 1 << 20 for value in stored) or min(stored[2:]) < 1:
        return None
    return Rect(*stored)


def fitted(place: Rect, screens: Sequence[Rect], smallest: tuple[int, int]) -> Rect:
    """``place`` where it can be seen whole: on the screen that shows most of it, else in the middle of the first.

    ``screens`` are the parts of the screens that are free for windows. A window larger than its screen is made as
    large as the screen, and never smaller than ``smallest`` where the screen has that much.
    """
    if not screens:
        return place
    best = max(screens, key=lambda screen: _common(place, screen))
    width = min(max(place.width, smallest[0]), best.width)
    height = min(max(place.height, smallest[1]), best.height - _TITLE_BAR)
    if _common(place, best) < _HOLD * _HOLD:
        left, top = best.left + (best.width - width) // 2, best.top + (best.height - height) // 2
    else:
        left, top = place.left, place.top
    left = min(max(left, best.left), best.left + best.width - width)
    top = min(max(top, best.top + _TITLE_BAR), best.top + best.height - height)
    return Rect(left, top, width, height)


def _common(one: Rect, other: Rect) -> int:
    """The area that two rectangles share."""
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return max(0, across) * max(0, down)
