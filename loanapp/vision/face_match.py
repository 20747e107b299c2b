"""Whether two pictures show the same person: YuNet finds the face, SFace describes it, the cosine compares.

The models are YuNet 2023mar (MIT) and SFace 2021dec (Apache-2.0) of OpenCV's model zoo.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import asset_path, read_toml
from loanapp.vision.arrays import Floats, Image
from loanapp.vision.parallel import Pool
from loanapp.vision.photos import shrink

_DETECTOR: Final = "face_detection_yunet_2023mar_int8bq.onnx"
_RECOGNISER: Final = "face_recognition_sface_2021dec_int8bq.onnx"
_SIDE: Final = 112
# Where the net was taught to expect eyes, nose and corners of the mouth in its 112 x 112 input (ArcFace template).
TEMPLATE: Final = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    np.float32,
)
_LEAST_SCORE: Final = 0.7
# Faces are looked for in a picture of this size at most: 15 to 30 ms, and a document's portrait is still 60 px wide.
_DETECTION_SIDE: Final = 640


class MatchOutcome(StrEnum):
    """What a similarity means under the policy."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """Thresholds on the cosine, from ``resources/policy/face_match.toml``; provisional, as that file says."""

    version: str
    pass_from: float
    review_from: float

    def outcome(self, similarity: float) -> MatchOutcome:
        """Same person, for a person to decide, or different."""
        if similarity >= self.pass_from:
            return MatchOutcome.SAME
        return MatchOutcome.UNSURE if similarity >= self.review_from else MatchOutcome.DIFFERENT


def load_match_policy() -> MatchPolicy:
    """The thresholds in force."""
    row = read_toml("policy", "face_match.toml")
    return MatchPolicy(row["version"], float(row["pass_from"]), float(row["review_from"]))


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """``box`` (4,): left, top, width, height; ``points`` (5, 2): eyes, nose, mouth corners, from the picture's left."""

    box: Floats
    points: Floats
    score: float


class PortraitDetector:
    """YuNet, loaded at the first use; safe to share between threads."""

    def __init__(self) -> None:
        self._nets: Pool[Any] = Pool(_load_detector)

    def preload(self) -> None:
        """Load the net now. Raises as :meth:`largest` does."""
        self._nets.fill()

    def largest(self, image: Image) -> FoundFace | None:
        """The largest face of a BGR picture in its own pixels, or ``None``.

        Raises :class:`LoanAppError` with ``ASSET_MISSING`` or ``ASSET_DAMAGED``.
        """
        small = shrink(image, _DETECTION_SIDE)
        scale = image.shape[1] / small.shape[1]
        with self._nets.lend() as net:
            net.setInputSize((small.shape[1], small.shape[0]))
            found = net.detect(small)[1]
        if found is None or not len(found):
            return None
        row = np.asarray(max(found, key=lambda one: one[2] * one[3]), np.float32)
        return FoundFace(row[:4] * scale, row[4:14].reshape(5, 2) * scale, float(row[14]))


class FaceMatcher:
    """Compares faces; the models are loaded at the first use (about 60 ms), safe to share between threads."""

    def __init__(self, detector: PortraitDetector | None = None) -> None:
        self._detector = detector or PortraitDetector()
        self._nets: Pool[Any] = Pool(_load_recogniser)

    def similarity(self, image_a: Image, image_b: Image) -> float:
        """Cosine, -1 to 1, of the largest faces of two BGR pictures (any size; tight crops will do).

        Raises :class:`LoanAppError` with ``FACE_LOST`` when one of them shows no face, ``ASSET_MISSING`` or
        ``ASSET_DAMAGED``.
        """
        return float(self.describe(image_a) @ self.describe(image_b))

    def describe(self, image: Image) -> Floats:
        """The unit vector (128,) of the largest face; raises as :meth:`similarity` does."""
        return self._vector(self.align(image))

    def describe_at(self, image: Image, points: Floats) -> Floats:
        """The unit vector (128,) of the face whose ``points`` (5, 2) are known, as :class:`FoundFace` has them.

        For faces another net has followed, also turned or with shut eyes; no second search, a third of the time less.
        """
        aligned = cv2.warpAffine(image, similarity_transform(points, TEMPLATE), (_SIDE, _SIDE))
        return self._vector(np.asarray(aligned, np.uint8))

    def preload(self) -> None:
        """Load both nets now. Raises :class:`LoanAppError` with ``ASSET_MISSING`` or ``ASSET_DAMAGED``."""
        self._detector.preload()
        self._nets.fill()
        self._vector(np.zeros((_SIDE, _SIDE, 3), np.uint8))  # the first question prepares the net

    def _vector(self, aligned: Image) -> Floats:
        blob = cv2.dnn.blobFromImage(aligned, 1.0, (_SIDE, _SIDE), swapRB=True)
        with self._nets.lend() as net:
            net.setInput(blob, "data")
            vector = np.array(net.forward(), np.float32).reshape(-1)
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)

    def align(self, image: Image) -> Image:
        """The largest face turned and scaled to the net's 112 x 112; raises as :meth:`similarity` does."""
        face = self._detector.largest(image)
        if face is None:
            # A tight crop leaves no room round the face, which the detector was taught to expect.
            margin = max(image.shape[:2]) // 3
            image = np.asarray(
                cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_REPLICATE),
                np.uint8,
            )
            face = self._detector.largest(image)
        if face is None:
            raise LoanAppError(ErrorCode.FACE_LOST)
        aligned = cv2.warpAffine(image, similarity_transform(face.points, TEMPLATE), (_SIDE, _SIDE))
        return np.asarray(aligned, np.uint8)


def similarity_transform(source: Floats, target: Floats) -> Floats:
    """Turn, scale and shift (2, 3) that bring ``source`` nearest to ``target`` (Umeyama 1991, without mirroring)."""
    # In the plane the best turn and scale are one complex number: the projection of the target on the source. Plain
    # numbers, because for five points numpy would take five times as long, and this runs on every frame.
    first = [complex(x, y) for x, y in source.tolist()]
    second = [complex(x, y) for x, y in target.tolist()]
    from_middle, to_middle = sum(first) / len(first), sum(second) / len(second)
    along = sum((a - from_middle).conjugate() * (b - to_middle) for a, b in zip(first, second, strict=True))
    factor = along / max(sum(abs(a - from_middle) ** 2 for a in first), 1e-9)
    shift = to_middle - factor * from_middle
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]], np.float32)


def _load_detector() -> Any:  # noqa: ANN401 - the library's own object
    model = np.frombuffer(asset_path(_DETECTOR).read_bytes(), np.uint8)
    logging = cv2.utils.logging
    level = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_ERROR)  # it warns of a target nobody asked for
    try:
        return cv2.FaceDetectorYN.create("onnx", model, np.empty(0, np.uint8), (320, 320), _LEAST_SCORE)
    except cv2.error as error:
        raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=_DETECTOR) from error
    finally:
        logging.setLogLevel(level)


def _load_recogniser() -> Any:  # noqa: ANN401 - the library's own object
    # cv2.FaceRecognizerSF cannot run this graph in OpenCV 5.0; the plain net with the new engine can.
    model = np.frombuffer(asset_path(_RECOGNISER).read_bytes(), np.uint8)
    try:
        return cv2.dnn.readNetFromONNX(model, cv2.dnn.ENGINE_NEW)
    except cv2.error as error:
        raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=_RECOGNISER) from error
