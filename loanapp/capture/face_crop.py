"""The picture of a face that leaves this computer: the face sharp, everything around it too coarse to read.

Around the face only a ring of cells is left, each the mean colour of its place. A cell is a sixth of the face's height
wide: about 3 cm at the distance of the face (17.7 cm from hairline to chin in the mesh's canonical face) and three
times that on a wall three times as far away. That keeps the light of a colour flash and the long edges of a screen or
a sheet, and no door number, whose digits are 5 to 10 cm high.

The cells lie still in the frame of the camera while the head moves over them, and change their width only in steps:
many frames of a resting camera tell no more about what is behind than one.
"""

import math
from typing import Any, Final

import cv2
import numpy as np

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.evidence import MOST_BYTES, MOST_FRAMES
from loanapp.vision.face_mesh import Face
from loanapp.vision.surroundings import CELLS_ACROSS, MOST_SURROUNDINGS_BYTES

# The crop: a square of so many face boxes, so that landmarks near its edge stay as sure as in the whole frame.
_BOXES: Final = 1.8
SIDE: Final = 288
# Width of a cell over the longer side of the face's box, and the steps in which it follows that.
_CELL: Final = 1 / CELLS_ACROSS
_STEP: Final = 1.2
# What stays sharp around the outline of the landmarks, over the same side.
_MARGIN: Final = 0.1
# The landmarks end at the hairline. So much of the face's height of hair stays sharp above them: without it the mesh
# reads a quick squint as a blink (measured on one of the clips).
_HAIR: Final = 0.2
_TOP: Final = 10
_CHIN: Final = 152
_LANDMARKS: Final = 468  # without the irises, which lie inside
_QUALITIES: Final = (82, 65, 45, 20, 8)
# So that the largest attempt still fits, headers and the cells around the face included.
_MOST_JPEG_BYTES: Final = MOST_BYTES // MOST_FRAMES - MOST_SURROUNDINGS_BYTES - 100


def encode_crop(image: Image, face: Face) -> bytes:
    """The square around a face of a BGR frame as a colour JPEG of 288 x 288; 180 of them fit into an attempt."""
    crop = face_crop(image, face)
    jpeg = b""
    for quality in _QUALITIES:
        _, encoded = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
        jpeg = encoded.tobytes()
        if len(jpeg) <= _MOST_JPEG_BYTES:
            break
    return jpeg


def face_crop(image: Image, face: Face) -> Image:
    """The square around a face, BGR (288, 288, 3): the face as it is, a ring of means around it."""
    left, top, right, bottom = (float(value) for value in face.box)
    height = max(right - left, bottom - top, 1.0)
    scale = SIDE / (height * _BOXES)
    half = SIDE / 2
    to_crop = np.array(
        [[scale, 0, half - (left + right) / 2 * scale], [0, scale, half - (top + bottom) / 2 * scale]], dtype=np.float32
    )
    sharp = _sharp(image, to_crop)
    ring = _ring(image, to_crop, height)
    cover = _cover(face, to_crop)
    mixed = cv2.blendLinear(sharp, ring, cover, np.asarray(1 - cover, np.float32))
    return np.asarray(mixed, np.uint8)


def cell_width(face: Face) -> int:
    """Pixels of the frame that a cell of the ring is wide and high."""
    left, top, right, bottom = (float(value) for value in face.box)
    return cell_of(max(right - left, bottom - top, 1.0))


def cell_of(face_height: float) -> int:
    """Pixels that a cell is wide for a face whose box is ``face_height`` pixels on its longer side."""
    # Rounded up, so that a cell is never narrower than said.
    steps = math.ceil(math.log(max(face_height * _CELL, 1.0), _STEP) - 1e-9)
    return max(1, math.ceil(_STEP**steps))


def _sharp(image: Image, to_crop: Floats) -> Image:
    matrix = to_crop.copy()
    source = image
    if matrix[0, 0] < 0.5:  # linear sampling would skip pixels
        left, top = (max(0, math.floor(-value / matrix[0, 0]) - 2) for value in matrix[:, 2])
        reach = math.ceil(SIDE / matrix[0, 0]) + 4
        part = image[top : top + reach, left : left + reach]
        if not part.size:
            return np.zeros((SIDE, SIDE, 3), np.uint8)
        source = np.asarray(cv2.resize(part, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        matrix[:, 2] += matrix[0, 0] * np.array([left, top], np.float32)
        matrix[:, :2] *= 2
    return np.asarray(cv2.warpAffine(source, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def _ring(image: Image, to_crop: Floats, face_height: float) -> Image:
    """The whole square as means of cells that lie in the frame at multiples of their width."""
    frame_height, frame_width = image.shape[:2]
    cell = cell_of(face_height)
    scale = float(to_crop[0, 0])
    spans: list[tuple[int, int]] = []
    for axis, size in ((0, frame_width), (1, frame_height)):
        low, high = -float(to_crop[axis, 2]) / scale, (SIDE - float(to_crop[axis, 2])) / scale
        most = math.ceil(size / cell) - 1
        first = min(max(math.floor(low / cell) - 1, 0), most)
        spans.append((first, min(max(math.ceil(high / cell), first), most)))
    (first_x, last_x), (first_y, last_y) = spans
    patch = image[first_y * cell : (last_y + 1) * cell, first_x * cell : (last_x + 1) * cell]
    # A cell cut by the frame's edge is filled with what is next to it, and so is what lies outside the frame: an edge
    # that no one holds into the picture must not be seen there.
    missing_y, missing_x = -patch.shape[0] % cell, -patch.shape[1] % cell
    whole = cv2.copyMakeBorder(patch, 0, missing_y, 0, missing_x, cv2.BORDER_REPLICATE)
    columns, rows = last_x - first_x + 1, last_y - first_y + 1
    means = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    # From cells to the square: the middle of the first cell is at half a cell.
    stretch = cell * scale
    matrix = np.array(
        [
            [stretch, 0, (first_x + 0.5) * cell * scale + to_crop[0, 2]],
            [0, stretch, (first_y + 0.5) * cell * scale + to_crop[1, 2]],
        ],
        np.float32,
    )
    stretched: Any = cv2.warpAffine(
        means, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(stretched, np.uint8)


def _cover(face: Face, to_crop: Floats) -> Floats:
    """Where the square is sharp, 0 to 1 (288, 288): the outline of the landmarks and a margin around it."""
    half = SIDE // 2  # fine enough, and its edge becomes soft
    points = (face.landmarks[:_LANDMARKS, :2] @ to_crop[:, :2].T + to_crop[:, 2]) / 2
    outline = np.round(cv2.convexHull(_with_hair(np.asarray(points, np.float32)))).astype(np.int32)
    cover = np.zeros((half, half), np.uint8)
    cv2.fillConvexPoly(cover, outline, (255,))
    margin = 2 * round(_MARGIN * half / _BOXES) + 1
    cover = np.asarray(cv2.dilate(cover, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (margin, margin))), np.uint8)
    soft = cv2.resize(cover, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft, np.float32) / np.float32(255)


def _with_hair(points: Floats) -> Floats:
    """The points (n, 2), those above the middle of the face drawn upwards along its own axis."""
    upwards = points[_TOP] - points[_CHIN]
    height = max(float(np.linalg.norm(upwards)), 1e-6)
    rise = (points - (points[_TOP] + points[_CHIN]) / 2) @ (upwards / height) / (height / 2)
    return np.asarray(points + np.clip(rise, 0, 1)[:, None] * upwards * _HAIR, np.float32)
