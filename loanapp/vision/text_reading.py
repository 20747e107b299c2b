"""Printed Chinese text in a picture: PP-OCRv6 small through rapidocr, and its boxes put into rows."""

import math
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.arrays import Floats, Image

# Carried in the rapidocr wheel; given by path so that nothing is ever looked for on the network.
_DETECTOR: Final = "PP-OCRv6_det_small.onnx"
_RECOGNISER: Final = "PP-OCRv6_rec_small.onnx"
# At most this many pixels for finding text: 0.4 s a photo on two cores, and every field still read.
_DETECTION_SIDE: Final = 640
_LEAST_SCORE: Final = 0.5
# A character of GB 2312 is taken when it has this part of the likelihood of a rarer one.
_LEAST_LEAD: Final = 0.5
# Two boxes are of one row when they share this part of the lower one's height.
_ROW_OVERLAP: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class TextBox:
    """One piece of text: ``corners`` (4, 2) in pixels from the upper left clockwise, ``score`` 0 to 1."""

    text: str
    score: float
    corners: Floats


@dataclass(frozen=True, slots=True)
class Piece:
    """A text box after deskewing: its extent along and across the lines of text."""

    text: str
    score: float
    left: float
    right: float
    top: float
    bottom: float


Row = list[Piece]


class TextReader:
    """Loads the two models at the first reading (about 0.4 s); one reading at a time, from any thread."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._lock = threading.Lock()

    def read(self, image: Image) -> list[TextBox]:
        """Every piece of text, BGR uint8 in; raises :class:`LoanAppError` with ``ASSET_MISSING``."""
        with self._lock:
            if self._engine is None:
                self._engine = _load_engine()
            result = self._engine(image)
        if result.txts is None or result.boxes is None:
            return []
        return [
            TextBox(str(text), float(score), np.asarray(corners, np.float32))
            for text, score, corners in zip(result.txts, result.scores, result.boxes, strict=True)
        ]


class _Simplified:
    """Decodes as the library does, but prefers a character of GB 2312 that is nearly as likely as a rarer one.

    The net knows the traditional forms too and is now and then undecided (廈 0.57, 厦 0.43); a card prints simplified
    ones. Rare characters of names that are read rightly are far ahead of the next (measured: 皛 0.71, 晶 0.25).
    """

    def __init__(self, decode: Any) -> None:  # noqa: ANN401 - the library's own object
        self._decode = decode
        rare = [not _in_gb2312(character) for character in decode.character]
        rare[0] = False  # the blank between characters
        self._rare: Final = np.array(rare)
        self._common: Final = ~self._rare
        self._common[0] = False

    def __call__(self, likelihoods: Floats, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - passed on
        """Likelihoods are (lines, places, characters); those of a rare character that is passed over become nothing."""
        likeliest = likelihoods.argmax(axis=2)
        for line, place in zip(*np.nonzero(self._rare[likeliest]), strict=True):
            here, rare = likelihoods[line, place], likeliest[line, place]
            if here[self._common].max() >= _LEAST_LEAD * here[rare]:
                here[self._rare] = 0
        return self._decode(likelihoods, *arguments, **options)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _load_engine() -> Any:  # noqa: ANN401 - the library's own object, used as a callable
    import rapidocr  # noqa: PLC0415 - heavy: loads onnxruntime

    folder = Path(rapidocr.__file__).parent / "models"
    for name in (_DETECTOR, _RECOGNISER):
        if not (folder / name).is_file():
            raise LoanAppError(ErrorCode.ASSET_MISSING, asset=name)
    engine: Any = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.text_score": _LEAST_SCORE,
            "Det.limit_side_len": _DETECTION_SIDE,
            "Det.limit_type": "max",
            "Det.model_path": str(folder / _DETECTOR),
            "Rec.model_path": str(folder / _RECOGNISER),
        },
    )
    recogniser = engine._load_rec_model()  # noqa: SLF001 - at its first use otherwise, with no way to reach it
    recogniser.postprocess_op = _Simplified(recogniser.postprocess_op)
    return engine


def lies_on_its_side(boxes: list[TextBox]) -> bool:
    """Whether most of the longer texts run downwards, so that the picture is to be turned by a quarter."""
    upright = [_length(box, 0) < _length(box, 1) for box in boxes if len(box.text) > 1]
    return bool(upright) and sum(upright) * 2 > len(upright)


def into_rows(boxes: list[TextBox]) -> list[Row]:
    """Deskew by the median angle, group by overlap in height; rows from the top, pieces from the left."""
    if not boxes:
        return []
    angle = _median_angle(boxes)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], np.float32)
    pieces = [_piece(box, box.corners @ turn) for box in boxes]
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda one: one.top + one.bottom):
        row = next((row for row in reversed(rows) if _same_row(row, piece)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _length(box: TextBox, side: int) -> float:
    first, second = box.corners[side], box.corners[side + 1]
    return float(np.hypot(*(second - first)))


def _median_angle(boxes: list[TextBox]) -> float:
    """Of the upper edges, the long ones counting more: they know it better."""
    wide = [box for box in boxes if _length(box, 0) > 2 * _length(box, 1)] or boxes
    edges = np.array([box.corners[1] - box.corners[0] for box in wide], np.float32)
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    return float(np.median(np.repeat(angles, np.maximum(1, np.hypot(edges[:, 0], edges[:, 1]) // 40).astype(int))))


def _piece(box: TextBox, corners: Floats) -> Piece:
    # The middle of each edge, so that a little skew left over does not make a long box tall.
    left, right = corners[[0, 3], 0].mean(), corners[[1, 2], 0].mean()
    top, bottom = corners[[0, 1], 1].mean(), corners[[2, 3], 1].mean()
    return Piece(box.text, box.score, float(left), float(right), float(top), float(bottom))


def _same_row(row: Row, piece: Piece) -> bool:
    # Against the nearest neighbour, as perspective lets a row's two ends drift apart.
    nearest = min(row, key=lambda other: abs(other.left + other.right - piece.left - piece.right))
    shared = min(nearest.bottom, piece.bottom) - max(nearest.top, piece.top)
    lower = min(nearest.bottom - nearest.top, piece.bottom - piece.top)
    return shared > _ROW_OVERLAP * lower
