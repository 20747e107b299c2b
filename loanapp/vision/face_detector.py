"""Where faces are: the short-range face detector, decoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.models import FaceModels

_SIDE: Final = 128
# The third of a detection's key points.
NOSE: Final = 2
# (cells a side, anchors a cell) of the short-range model's two layers.
_LAYERS: Final = ((16, 2), (8, 6))
# MediaPipe's own settings of the face landmarker: least score, overlap at which two boxes are one face.
_LEAST_SCORE: Final = 0.5
_SAME_FACE_OVERLAP: Final = 0.3
# A box under this share of the picture's longer side is looked at again, with this many of its sizes on each side.
_SMALL: Final = 0.25
_AROUND: Final = 1.5
# The model misses faces under about a tenth of what it is shown; parts of half the picture show smaller ones.
_PART: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face box (left, top, right, bottom) and its key points (6, 2), all in pixels of the picture.

    The key points are: the eye at the picture's left, the eye at its right, nose tip, mouth, and the two ears.
    """

    box: Floats
    key_points: Floats
    score: float


def _anchors() -> Floats:
    centres = [
        ((x + 0.5) / cells, (y + 0.5) / cells)
        for cells, count in _LAYERS
        for y in range(cells)
        for x in range(cells)
        for _ in range(count)
    ]
    return np.array(centres, dtype=np.float32) * _SIDE


class FaceDetector:
    """Finds every face of a picture, the largest first."""

    def __init__(self, models: FaceModels) -> None:
        self._graph = models.detector
        self._anchors = _anchors()

    def detect(self, image: Image, known: Sequence[Floats] = ()) -> list[Detection]:
        """All faces of a picture of any size; small ones are looked at again, closer.

        ``known`` are boxes (4,) in pixels: a face whose nose is in one of them is left out, and costs no second look.
        """
        found: list[Detection] = []
        for face in self._detect(image):
            if any(inside(face.key_points[NOSE], box) for box in known):
                continue
            closer = self._look_closer(image, face)
            if all(_overlap(closer.box, other.box) <= _SAME_FACE_OVERLAP for other in found):
                found.append(closer)
        return sorted(found, key=lambda face: float(face.box[0] - face.box[2]))

    def parts(self, image: Image) -> list[tuple[int, int, int]]:
        """Left, top and side of overlapping squares; :meth:`detect_in` finds faces there that are too small else."""
        height, width = image.shape[:2]
        side = max(1, round(max(height, width) * _PART))
        lefts, tops = (sorted({0, max(0, (length - side) // 2), max(0, length - side)}) for length in (width, height))
        return [(left, top, side) for top in tops for left in lefts]

    def detect_in(self, image: Image, part: tuple[int, int, int], known: Sequence[Floats] = ()) -> list[Detection]:
        """Faces of one part of the picture, in the picture's own pixels; ``known`` as for :meth:`detect`."""
        left, top, side = part
        offset = np.array([left, top], dtype=np.float32)
        moved = [box - np.tile(offset, 2) for box in known]
        return [_moved(face, offset) for face in self.detect(image[top : top + side, left : left + side], moved)]

    def _look_closer(self, image: Image, face: Detection) -> Detection:
        """The model draws the box of a small face up to twice too large: let it see that part alone."""
        height, width = image.shape[:2]
        size = float(max(face.box[2] - face.box[0], face.box[3] - face.box[1]))
        if size >= _SMALL * max(height, width):
            return face
        middle = (face.box[:2] + face.box[2:]) / 2
        left, top = (max(0, round(float(value) - size * _AROUND)) for value in middle)
        right, bottom = (max(1, round(float(value) + size * _AROUND)) for value in middle)
        part = image[top:bottom, left:right]
        if part.size == 0:
            return face
        offset = np.array([left, top], dtype=np.float32)
        nearest = [_moved(other, offset) for other in self._detect(part)]
        return min(nearest, key=lambda other: float(np.linalg.norm(other.box - face.box)), default=face)

    def _detect(self, image: Image) -> list[Detection]:
        height, width = image.shape[:2]
        scale = _SIDE / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = image
        while max(small.shape[:2]) >= 4 * _SIDE:  # OpenCV halves several times faster than it shrinks otherwise
            halved = (small.shape[1] // 2, small.shape[0] // 2)
            small = np.asarray(cv2.resize(small, halved, interpolation=cv2.INTER_AREA), np.uint8)
        small = np.asarray(
            cv2.resize(small, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
        )
        left, top = (_SIDE - size[0]) // 2, (_SIDE - size[1]) // 2
        square = np.zeros((_SIDE, _SIDE, 3), dtype=np.uint8)
        square[top : top + size[1], left : left + size[0]] = small
        blob = cv2.dnn.blobFromImage(square, 1 / 127.5, (_SIDE, _SIDE), (127.5, 127.5, 127.5), swapRB=True)
        outputs = self._graph.run(np.asarray(blob, dtype=np.float32))
        logits = np.clip(outputs["classificators"].reshape(-1), -50, 50)
        scores = np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
        chosen = np.flatnonzero(scores >= _LEAST_SCORE)
        raw = outputs["regressors"].reshape(-1, 16)[chosen]
        centre = self._anchors[chosen]
        offset = np.array([left, top], dtype=np.float32)
        middle = raw[:, :2] + centre
        half = raw[:, 2:4] / 2
        boxes = (np.hstack([middle - half, middle + half]) - np.tile(offset, 2)) / scale
        points = (raw[:, 4:].reshape(-1, 6, 2) + centre[:, None] - offset) / scale
        found = _merge(boxes, points, scores[chosen])
        return sorted(found, key=lambda face: float(face.box[0] - face.box[2]))


def inside(point: Floats, box: Floats) -> bool:
    """Whether a point (2,) is in a box (left, top, right, bottom)."""
    return bool(box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3])


def _moved(face: Detection, offset: Floats) -> Detection:
    return Detection(face.box + np.tile(offset, 2), face.key_points + offset, face.score)


def _merge(boxes: Floats, points: Floats, scores: Floats) -> list[Detection]:
    """Overlapping boxes become one, averaged by score: steadier than keeping the best (BlazeFace, section 3.4)."""
    left = list(np.argsort(-scores))
    found = []
    while left:
        best = left[0]
        overlaps = [_overlap(boxes[best], boxes[index]) for index in left]
        group = [index for index, overlap in zip(left, overlaps, strict=True) if overlap > _SAME_FACE_OVERLAP] or [best]
        weights = scores[group] / scores[group].sum()
        found.append(
            Detection(
                box=np.asarray((boxes[group] * weights[:, None]).sum(axis=0), dtype=np.float32),
                key_points=np.asarray((points[group] * weights[:, None, None]).sum(axis=0), dtype=np.float32),
                score=float(scores[best]),
            )
        )
        left = [index for index in left if index not in group]
    return found


def _overlap(first: Floats, second: Floats) -> float:
    """Intersection over union of two boxes."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = float(width * height)
    area = float((first[2] - first[0]) * (first[3] - first[1]) + (second[2] - second[0]) * (second[3] - second[1]))
    return shared / (area - shared)
