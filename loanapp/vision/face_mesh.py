"""Pictures to faces: 478 landmarks and 52 blendshapes each, alone or followed from frame to frame."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_detector import NOSE, Detection, FaceDetector, inside
from loanapp.vision.models import FaceModels

_SIDE: Final = 256
_TO_UNIT: Final = np.float32(1 / 255)
_CORNERS: Final = np.array([[0, _SIDE, 0, _SIDE], [0, 0, _SIDE, _SIDE], [1, 1, 1, 1]], np.float32)
# The crop is the box around the face times this, as the net was trained (MediaPipe face landmarker graph).
_CROP_SCALE: Final = 1.5
_LEAST_PRESENCE: Final = 0.5
# To become known a face must be surer: real ones read .999 and more, a badge or a hand that looks like one .6.
_NEWCOMER_PRESENCE: Final = 0.9
# Outer corners of the two eyes; the line through them tells how the head leans.
_EYE_CORNERS: Final = (33, 263)
# While following, look for further faces only now and then, at the whole picture and at one part of it by turns: a
# newcomer is seen within a third of a second at 30 fps, one too small for that within three seconds.
_LOOK_AROUND_EVERY: Final = 5
# Under this share of the largest face's width another face does not count.
_BEHIND: Final = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of one picture.

    ``landmarks`` (478, 3): x, y in pixels, z on the same scale, smaller towards the camera. ``blendshapes`` (52,) from
    0 to 1 in the order of ``FaceModels.blendshape_names``. ``box`` (4,): left, top, right, bottom of the landmarks in
    pixels.
    ``presence`` 0..1: how sure the net is that this is a face (it cannot see a hand over it).
    """

    landmarks: Floats
    blendshapes: Floats
    box: Floats
    presence: float


@dataclass(frozen=True, slots=True)
class _Crop:
    """A turned square of the picture: middle, side in pixels, turn in radians."""

    x: float
    y: float
    side: float
    angle: float

    def to_picture(self) -> Floats:
        """Affine matrix (2, 3) from the net's 256 x 256 square to the picture."""
        scale = self.side / _SIDE
        cosine, sine = math.cos(self.angle) * scale, math.sin(self.angle) * scale
        half = _SIDE / 2
        return np.array(
            [
                [cosine, -sine, self.x - half * cosine + half * sine],
                [sine, cosine, self.y - half * sine - half * cosine],
            ],
            dtype=np.float32,
        )


class FaceMesh:
    """Finds faces and follows them. One object per stream; not for several threads at once."""

    def __init__(self, models: FaceModels, *, most_faces: int = 2) -> None:
        self._models = models
        self._detector = FaceDetector(models)
        self._indices = np.array(models.blendshape_landmarks)
        self._most = most_faces
        self._followed: list[Face] = []
        self._count = 0
        self._part = -1

    def find(self, image: Image) -> list[Face]:
        """The faces of one picture (at most ``most_faces``, largest first), without memory of earlier ones."""
        faces = self._with_newcomers(image, [], self._detector.detect(image))
        for part in self._detector.parts(image):
            faces = self._with_newcomers(image, faces, self._detector.detect_in(image, part))
        return _people(faces)

    def track(self, image: Image) -> list[Face]:
        """Every face of the next frame of a stream, starting from where the faces of the last frame were."""
        kept = [self._mesh(image, _crop_of_face(face)) for face in self._followed]
        faces = _without_doubles([face for face in kept if face is not None])
        if not faces:
            faces = self._with_newcomers(image, faces, self._detector.detect(image))
            faces = self._with_newcomers(image, faces, self._in_next_part(image, faces))
        elif self._count % _LOOK_AROUND_EVERY == 0 and len(faces) < self._most:
            whole = self._count % (2 * _LOOK_AROUND_EVERY) == 0
            known = [face.box for face in faces]
            found = self._detector.detect(image, known) if whole else self._in_next_part(image, faces)
            faces = self._with_newcomers(image, faces, found)
        self._count += 1
        self._followed = _people(faces)
        return list(self._followed)

    def forget(self) -> None:
        """Start a new stream."""
        self._followed = []
        self._count = 0
        self._part = -1

    def _in_next_part(self, image: Image, faces: list[Face]) -> list[Detection]:
        """One part each time, in turn: all of them at once would cost more than following a face does."""
        parts = self._detector.parts(image)
        self._part = (self._part + 1) % len(parts)
        return self._detector.detect_in(image, parts[self._part], [face.box for face in faces])

    def _with_newcomers(self, image: Image, faces: list[Face], detections: list[Detection]) -> list[Face]:
        for detection in detections:
            if len(faces) >= self._most:
                break
            if not any(inside(detection.key_points[NOSE], face.box) for face in faces):
                face = self._mesh(image, _crop_of_detection(detection))
                if face is not None and face.presence >= _NEWCOMER_PRESENCE:
                    faces = _without_doubles([*faces, face])
        return faces

    def _mesh(self, image: Image, crop: _Crop) -> Face | None:
        to_picture = crop.to_picture()
        if crop.side < 8 or not np.isfinite(to_picture).all():
            return None
        outputs = self._models.landmarks.run(_blob(image, to_picture))
        presence = 1 / (1 + math.exp(-max(-50.0, min(50.0, float(outputs["Identity_1"].item())))))
        if presence < _LEAST_PRESENCE:
            return None
        points = outputs["Identity"].reshape(478, 3)
        landmarks = np.empty_like(points)
        landmarks[:, :2] = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        landmarks[:, 2] = points[:, 2] * (crop.side / _SIDE)
        shapes = self._models.blendshapes.run(np.ascontiguousarray(landmarks[self._indices, :2])[None])
        box = np.concatenate([landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)])
        return Face(landmarks, next(iter(shapes.values())).reshape(-1), box, presence)


def _blob(image: Image, to_picture: Floats) -> Floats:
    """The net's input (1, 3, 256, 256), red first, 0 to 1. Beyond the picture its edge goes on, as in MediaPipe.

    Cut out first and with a fourth channel, which OpenCV warps in half the time of three (measured).
    """
    height, width = image.shape[:2]
    corners = to_picture @ _CORNERS
    (left, top), (right, bottom) = (corners.min(axis=1) - 2).tolist(), (corners.max(axis=1) + 3).tolist()
    x0, y0 = min(max(0, int(left)), width - 1), min(max(0, int(top)), height - 1)
    x1, y1 = max(min(width, int(right)), x0 + 1), max(min(height, int(bottom)), y0 + 1)
    matrix = to_picture.copy()
    matrix[:, 2] -= (x0, y0)
    square = cv2.warpAffine(
        cv2.cvtColor(image[y0:y1, x0:x1], cv2.COLOR_BGR2BGRA),
        matrix,
        (_SIDE, _SIDE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    blob = np.empty((1, 3, _SIDE, _SIDE), np.float32)
    for place, plane in enumerate(cv2.split(square)[:3]):
        blob[0, 2 - place] = plane
    blob *= _TO_UNIT
    return blob


def _crop_of_detection(detection: Detection) -> _Crop:
    left, top, right, bottom = (float(value) for value in detection.box)
    first, second = detection.key_points[0], detection.key_points[1]
    angle = math.atan2(float(second[1] - first[1]), float(second[0] - first[0]))
    side = max(right - left, bottom - top) * _CROP_SCALE
    return _Crop((left + right) / 2, (top + bottom) / 2, side, angle)


def _crop_of_face(face: Face) -> _Crop:
    left, top, right, bottom = (float(value) for value in face.box)
    first, second = face.landmarks[_EYE_CORNERS[0]], face.landmarks[_EYE_CORNERS[1]]
    angle = math.atan2(float(second[1] - first[1]), float(second[0] - first[0]))
    return _Crop((left + right) / 2, (top + bottom) / 2, max(right - left, bottom - top) * _CROP_SCALE, angle)


def _width(face: Face) -> float:
    return float(face.box[2] - face.box[0])


def _people(faces: list[Face]) -> list[Face]:
    """Largest first, without faces far behind: a portrait on the wall is nobody."""
    ordered = sorted(faces, key=_width, reverse=True)
    return [face for face in ordered if _width(face) >= _width(ordered[0]) * _BEHIND]


def _without_doubles(faces: list[Face]) -> list[Face]:
    """Two crops may slide onto the same face; keep the first."""
    kept: list[Face] = []
    for face in faces:
        middle = np.asarray((face.box[:2] + face.box[2:]) / 2, dtype=np.float32)
        if not any(inside(middle, other.box) for other in kept):
            kept.append(face)
    return kept
