"""Makes the cells around a face that go with a few frames of the evidence."""

import math

import cv2
import numpy as np

from loanapp.capture.face_crop import cell_of
from loanapp.vision.arrays import Image
from loanapp.vision.face_mesh import Face
from loanapp.vision.surroundings import REACH, Surroundings


def look_around(image: Image, face: Face, *, least_cell: int = 1) -> Surroundings | None:
    """The cells around ``face`` in a BGR frame; None where no whole cell is in reach.

    Only cells that lie in the frame as a whole: the frame's own edge must not look like one held into it.
    ``least_cell``: the width of the cells before, in pixels. A face that comes nearer makes them wider, one that goes
    back does not make them finer: two fine grids laid over each other would tell more than either.
    """
    left, top, right, bottom = (round(float(value)) for value in face.box)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    side = max(right - left, bottom - top)
    cell, reach = max(cell_of(side), least_cell), REACH * side
    spans: list[tuple[int, int]] = []
    for low, high, size in ((left, right, image.shape[1]), (top, bottom, image.shape[0])):
        first = max(0, math.floor((low - reach) / cell))
        spans.append((first, min(size // cell, math.ceil((high + reach) / cell))))
    (first_x, end_x), (first_y, end_y) = spans
    if end_x <= first_x or end_y <= first_y:
        return None
    patch = image[first_y * cell : end_y * cell, first_x * cell : end_x * cell]
    means = cv2.resize(patch, (end_x - first_x, end_y - first_y), interpolation=cv2.INTER_AREA)
    values = np.asarray(cv2.cvtColor(means, cv2.COLOR_BGR2GRAY), np.uint8).tobytes()
    return Surroundings(
        cell=cell,
        column=first_x,
        row=first_y,
        columns=end_x - first_x,
        rows=end_y - first_y,
        box=(left, top, right, bottom),
        values=values,
    )
