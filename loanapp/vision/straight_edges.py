"""Looks for the border of a sheet or a screen in the cells around a face: long straight edges that do not keep still.

What a hand holds is never still, and what is behind a camera that stands is: the edges of a door, a window or a shelf
stay where they are to a hundredth of a cell, and those of a sheet wander by a tenth. How far an edge moved is read from
how the cells on it change in step with their slope (Lucas and Kanade, 1981); a cell that an edge crosses is a mixture
of both sides, so this sees much less than a cell. An edge counts where it is long, over the head or beside it from
above the head to below the chin, and moves as a whole. A camera that is not still moves everything: so what lies
outside of the edges must stay.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from loanapp.vision.arrays import Floats
from loanapp.vision.surroundings import Surroundings

# All in sides (the longer side of the face's box): beside the head beyond _ASIDE, from _ABOVE over the middle of the
# face to _BELOW under it; over the head to the edges beside it.
_ASIDE: Final = 0.55
_ABOVE: Final = 0.7
_BELOW: Final = 0.6
_WIDE: Final = 0.8
# Edges are looked for at quarters of a cell and up to 6 degrees from upright: hair leans more.
_PARTS: Final = 4
_SLOPES: Final = np.linspace(-0.1, 0.1, 5)
_LEAST_ROWS: Final = 4
# Steps of 255 that three quarters of an edge must have between their two sides.
_LEAST_CONTRAST: Final = 4.0
_MOST_EDGES: Final = 5
# Cells across an edge that its movement is read from: fewer on the side of the head, which moves by itself.
_OUTER: Final = 1.6
_INNER: Final = 0.8
# Sum of squared slopes of a row that has the least contrast: below, its movement is noise.
_LEAST_SLOPES: Final = 8.0
_ROWS_TO_READ: Final = 0.85
# Three quarters of the rows that can be read must take this share in the common movement.
_LEAST_SHARE: Final = 0.4
# From so much a side is one whose outside is asked about; the rule's own limit lies above.
_SOME: Final = 0.01
_BEYOND: Final = 0.9
_CALM: Final = 0.3
_LEAST_CALM: Final = 6
# Steps that a cell would change by if it moved with the edges, and how many such cells tell whether it does.
_TELLING: Final = 0.6
_LEAST_TELLING: Final = 5
_LEAST_CELLS: Final = 6
# Variance of a cell that nothing moves in: rounded to a whole step, and what is left of the sensor's noise.
_NOISE: Final = 0.15
# So many of the grids hold the part that is compared, on each of its sides.
_COMMON: Final = 0.85


@dataclass(frozen=True, slots=True)
class EdgeMotion:
    """How edges moved over an attempt, in cells.

    ``beside`` and ``above``: how far the edge that moved most did, as a standard deviation; 0 where none moved.
    ``outside``: how much what lies beyond the edges changed, over what it would if it moved as they did: about 0 behind
    a thing held up, 1 and more where the camera moved; infinite where nothing there would tell.
    ``grids``: how many were compared.
    """

    beside: float
    above: float
    outside: float
    grids: int


@dataclass(frozen=True, slots=True, eq=False)
class _Edge:
    """An edge at ``place`` in the middle of its rows, ``slope`` cells further in for each row, moving by ``way``."""

    place: float
    slope: float
    moved: float
    way: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The grids (count, rows, columns) turned so that the first column is the outermost of one side.

    An edge is looked for from ``first`` to ``last`` row, up to the column ``inmost``.
    """

    grids: Floats
    first: int
    last: int
    inmost: float

    def columns_of(self, place: float, slope: float) -> Floats:
        """Where an edge is in each of its rows."""
        rows = np.arange(self.first, self.last)
        return np.asarray(place + slope * (rows - (self.first + self.last - 1) / 2), np.float32)


def edge_motion(around: Sequence[Surroundings], least_grids: int) -> EdgeMotion:
    """How long straight edges moved; only grids with the same width of a cell can be compared."""
    alike, left, top, right, bottom = _alike(around)
    if len(alike) < least_grids or min(right - left, bottom - top) < _LEAST_CELLS:
        return EdgeMotion(0.0, 0.0, float("inf"), len(alike))
    grids = np.stack(
        [one.grid()[top - one.row : bottom - one.row, left - one.column : right - one.column] for one in alike]
    ).astype(np.float32)
    # The exposure by the whole grid: by a few cells alone an edge that moves looks like a change of it.
    usual = np.maximum(np.median(grids, axis=0), 1)
    grids /= np.median(grids / usual, axis=(1, 2)).clip(0.05)[:, None, None]
    box = np.median([one.box for one in alike], axis=0) / alike[0].cell - [left, top, left, top]
    x, y, side = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, max(box[2] - box[0], box[3] - box[1])
    rows, width = (y - _ABOVE * side, y + _BELOW * side), grids.shape[2]
    views = [_view(grids, rows, x - _ASIDE * side), _view(grids[:, :, ::-1], rows, width - x - _ASIDE * side)]
    edges = [_edges(view) for view in views]
    near, far = (max(some, key=lambda edge: edge.moved, default=None) for some in edges)
    if near is None and far is None:
        return EdgeMotion(0.0, 0.0, float("inf"), len(alike))
    # Hair is as straight and moves as well: an edge over the head reaches to those beside it, or far beyond the head.
    start = x - _WIDE * side if near is None else near.place
    end = x + _WIDE * side if far is None else width - far.place
    views.append(_view(grids.transpose(0, 2, 1), (start, end), y - _ABOVE * side))
    edges.append(_edges(views[-1]))
    moved = [max((edge.moved for edge in some), default=0.0) for some in edges]
    return EdgeMotion(max(moved[:2]), moved[2], _outside(views, edges), len(alike))


def _alike(around: Sequence[Surroundings]) -> tuple[list[Surroundings], int, int, int, int]:
    """Those with the commonest width of a cell that hold a common part: left, top, right, bottom of it, in cells.

    A face that nods is lower, and its grid reaches less far: such a grid is left out rather than what it lacks.
    """
    if not around:
        return [], 0, 0, 0, 0
    cell = Counter(one.cell for one in around).most_common(1)[0][0]
    same = [one for one in around if one.cell == cell]
    first = np.array([(one.column, one.row) for one in same])
    left, top = (int(value) for value in np.quantile(first, _COMMON, axis=0, method="lower"))
    end = first + [(one.columns, one.rows) for one in same]
    right, bottom = (int(value) for value in np.quantile(end, 1 - _COMMON, axis=0, method="higher"))
    whole = (first <= (left, top)).all(axis=1) & (end >= (right, bottom)).all(axis=1)
    return [same[index] for index in np.flatnonzero(whole)], left, top, right, bottom


def _view(grids: Floats, rows: tuple[float, float], inmost: float) -> _View:
    first, last = max(0, int(np.floor(rows[0] + 0.25))), min(grids.shape[1], int(np.ceil(rows[1] - 0.25)))
    return _View(grids, first, last, inmost)


def _edges(view: _View) -> list[_Edge]:
    """Every edge of a view that moves as a whole."""
    if view.last - view.first < _LEAST_ROWS:
        return []
    usual = np.median(view.grids, axis=0).astype(np.float32)
    found = [_followed(view, usual, place, slope) for place, slope in _places(view, usual)]
    return [edge for edge in found if edge is not None]


def _places(view: _View, usual: Floats) -> list[tuple[float, float]]:
    """Place and slope of the clearest edges, a cell apart or more, by the contrast that three quarters of each have."""
    columns = np.arange(2, np.floor(view.inmost * _PARTS) + 1) / _PARTS
    if not len(columns):
        return []
    contrast = _contrast(usual[view.first : view.last])
    ways = np.stack([view.columns_of(0.0, float(slope)) for slope in _SLOPES])
    index = np.rint((columns[:, None, None] + ways[None]) * _PARTS).astype(int)
    inside = (index >= 0) & (index < contrast.shape[1])
    values = contrast[np.arange(len(contrast)), np.clip(index, 0, contrast.shape[1] - 1)] * inside
    sure = np.quantile(values, 0.25, axis=2, method="lower")
    best = (sure + 0.05 * values.mean(axis=2)).argmax(axis=1)
    clear = sure[np.arange(len(columns)), best]
    found: list[tuple[float, float]] = []
    while len(found) < _MOST_EDGES and clear.max() >= _LEAST_CONTRAST:
        chosen = int(clear.argmax())
        found.append((float(columns[chosen]), float(_SLOPES[best[chosen]])))
        clear = np.where(np.abs(columns - columns[chosen]) < 1, 0, clear)
    return found


def _contrast(rows: Floats) -> Floats:
    """How much brightness changes across each quarter of a cell (rows, columns times 4 and 1).

    Between two sides lies at most one mixed cell, whose value says where in it the edge is; a line narrower than a cell
    stands out against both of its neighbours.
    """
    steps = np.diff(rows, axis=1)
    before, after = steps[:, :-1], steps[:, 1:]
    both = before + after
    rising = np.abs(both) > 0.6 * (np.abs(before) + np.abs(after))
    part = np.clip(np.divide(after, both, out=np.full_like(both, 0.5), where=np.abs(both) > 1e-3), 0, 1)
    middle = np.arange(1, rows.shape[1] - 1)
    line = np.where(before * after < 0, np.minimum(np.abs(before), np.abs(after)), 0)
    at = np.arange(rows.shape[1] * _PARTS + 1) / _PARTS
    out = np.zeros((len(rows), len(at)), np.float32)
    for column in range(rows.shape[1] - 2):
        away = np.abs(at - (middle[column] + part[:, column, None]))
        near = np.clip(1 - np.maximum(away - 0.15, 0) / 0.35, 0, 1)
        np.maximum(out, np.where(rising, np.abs(both), 0)[:, column, None] * near, out=out)
        near = np.clip(1 - np.maximum(np.abs(at - middle[column] - 0.5) - 0.4, 0) / 0.25, 0, 1)
        np.maximum(out, line[:, column, None] * near, out=out)
    return out


def _followed(view: _View, usual: Floats, place: float, slope: float) -> _Edge | None:
    """The edge with its movement; None where it does not move as a whole."""
    slopes, ways, clear = _slopes(usual), [], []
    for row, column in zip(range(view.first, view.last), view.columns_of(place, slope) - 0.5, strict=True):
        cells = slice(max(0, int(np.ceil(column - _OUTER))), max(0, int(np.floor(column + _INNER)) + 1))
        slant = slopes[row, cells]
        if slant.size < 2:
            continue
        weight = float(slant @ slant)
        changed = view.grids[:, row, cells] - usual[row, cells]
        ways.append(-(changed @ slant) / max(weight, 1.0))
        clear.append(weight >= _LEAST_SLOPES)
    told = np.array(clear)
    if len(ways) < _LEAST_ROWS or told.mean() < _ROWS_TO_READ:
        return None
    each = np.array(ways)
    common = np.median(each[told], axis=0)
    way = np.clip(common - np.median(common), -1, 1)
    rows = np.clip(each - np.median(each, axis=1)[:, None], -1, 1)
    share = float(np.quantile((rows @ way / (way @ way + 1e-3))[told], 0.25))
    if share < _LEAST_SHARE:
        return None
    # Between the tenths: a few grids that went wrong do not count. For a normal distribution 2.56 deviations.
    spread = float(np.quantile(way, 0.9) - np.quantile(way, 0.1)) / 2.56
    return _Edge(place, slope, spread * min(share, 1.0), np.asarray(way, np.float32))


def _slopes(usual: Floats) -> Floats:
    slopes = np.gradient(usual, axis=1)
    slopes[:, [0, -1]] /= 2
    return np.asarray(slopes, np.float32)


def _outside(views: Sequence[_View], edges: Sequence[list[_Edge]]) -> float:
    """How much what is beyond the outermost moving edges changes, over what it would if it moved as they do.

    The middle one of the cells: a few may lie on the thing held up, where another of its edges was not found.
    """
    outermost = [min((one for one in some if one.moved >= _SOME), key=_place, default=None) for some in edges]
    near, far, over = (None if edge is None else edge.way for edge in outermost)
    # Each side is turned so that it is at the left: what goes to the right for one goes to the left for the other.
    across = [way for way in (near, None if far is None else -far) if way is not None]
    along = (over, over, np.mean(across, axis=0) if across else None)
    # A sheet that is swung reaches further out for a moment, so it is asked while the edges only wander.
    far_off = [np.abs(edge.way) for edge in outermost if edge is not None]
    calm = np.max(far_off, axis=0) <= _CALM if far_off else np.zeros(0, np.bool_)
    if calm.sum() < _LEAST_CALM:
        return float("inf")
    expected, seen = [], []
    for view, edge, other in zip(views, outermost, along, strict=True):
        if edge is None:
            continue
        usual = np.median(view.grids, axis=0).astype(np.float32)
        beyond = view.columns_of(edge.place, edge.slope) - _BEYOND
        rows, columns = np.nonzero(np.arange(1, usual.shape[1] + 1)[None] <= beyond[:, None])
        rows += view.first
        if not len(rows):
            continue
        # Against the next cell outwards: the next one inwards may be the edge itself.
        slopes = np.diff(usual, axis=1, prepend=usual[:, :1])[rows, columns]
        moved = edge.way[:, None] * slopes
        if other is not None:
            moved = moved + other[:, None] * np.gradient(usual, axis=0)[rows, columns]
        changed = view.grids[:, rows, columns] - usual[rows, columns]
        changed = (changed - np.median(changed, axis=0))[calm]
        expected.append(np.sqrt((moved[calm] ** 2).mean(axis=0)))
        seen.append(np.sqrt(((changed**2).mean(axis=0) - _NOISE).clip(0)))
    would, did = (np.concatenate(values) if values else np.zeros(0) for values in (expected, seen))
    telling = would >= _TELLING
    return float(np.median(did[telling] / would[telling])) if telling.sum() >= _LEAST_TELLING else float("inf")


def _place(edge: _Edge) -> float:
    return edge.place
