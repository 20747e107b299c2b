"""Photos of a resident identity card to its fields and portrait, all on this machine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from loanapp.domain.clock import CHINA, Clock, SystemClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Image
from loanapp.vision.document_fields import (
    LONG_TERM,
    FieldReading,
    Fields,
    is_specimen,
    read_back,
    read_front,
    side_scores,
)
from loanapp.vision.face_match import PortraitDetector
from loanapp.vision.photo_faults import fault_of, is_grey
from loanapp.vision.photo_fingerprint import photo_fingerprint
from loanapp.vision.photos import decode_photo, shrink
from loanapp.vision.text_reading import Row, TextBox, TextReader, into_rows, lies_on_its_side

__all__ = ["DocumentReader", "DocumentReading", "DocumentSide", "FieldReading"]

# The photo is read at this size: the digits of a card that fills it are 40 px high.
_WORKING_SIDE: Final = 1600
# A side is taken for what it is from this many labels on (a number that holds counts as two).
_LABELS_NEEDED: Final = 2.0
# The portrait is cut out with this much of the face's size around it, as the face detector likes it.
_PORTRAIT_MARGIN: Final = 0.6
# Text that fills less than this part of the picture is worth a closer look.
_SMALL_CARD: Final = 0.6
_FULL_SIDE: Final = 6400


class DocumentSide(StrEnum):
    """Front is the side with the portrait, back the one with the issuing authority."""

    FRONT = "front"
    BACK = "back"


@dataclass(frozen=True, slots=True, eq=False)
class DocumentReading:
    """What one photo says.

    Front: ``name``, ``sex`` (male, female), ``ethnic_group``, ``birth`` (ISO), ``address``, ``identity_number``,
    and ``portrait``, a BGR crop around the face. Back: ``authority``, ``valid_from``, ``valid_until`` (ISO or
    ``long_term``), no portrait. ``specimen`` is true for a card that is marked as simulated (模拟样张).
    ``fingerprint``: what the whole photograph looks like (:mod:`loanapp.domain.photo_fingerprint`).
    """

    side: DocumentSide
    fields: dict[str, FieldReading]
    portrait: Image | None
    specimen: bool
    fingerprint: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"DocumentReading({self.side}, {sorted(self.fields)})"  # values are personal data


class DocumentReader:
    """Reads identity cards; loads its models at the first photo, then takes about half a second each.

    Safe to share between threads. ``clock`` tells whether a document has expired, in China's time.
    """

    def __init__(self, clock: Clock | None = None, detector: PortraitDetector | None = None) -> None:
        self._clock = clock or SystemClock()
        self._text = TextReader()
        self._detector = detector or PortraitDetector()

    def read(self, content: bytes, side_expected: DocumentSide | str) -> DocumentReading:
        """Read a photo (JPEG, PNG, WebP or BMP) that should show ``side_expected`` ("front" or "back").

        The side is recognised from what is printed. Birth and sex are taken from the number, once it holds.

        Raises :class:`LoanAppError` with ``PHOTO_NOT_AN_IMAGE``, ``PHOTO_TOO_LARGE``, ``PHOTO_TOO_MANY_PIXELS``,
        ``PHOTO_UNREADABLE`` (detail ``part``: size, text, number, name, portrait, authority or validity) or, where the
        picture shows why, ``PHOTO_BLURRED``, ``PHOTO_TOO_DARK``, ``PHOTO_GLARE`` or ``PHOTO_CUT_OFF`` (the same
        detail), ``PHOTO_OF_COPY`` for a portrait without colours, ``PHOTO_SIDES_SWAPPED``, ``DOCUMENT_EXPIRED``, or
        ``ASSET_MISSING``.
        """
        expected = DocumentSide(side_expected)
        today = self._clock.now().astimezone(CHINA).date()
        part = "text"
        image = decode_photo(content, _WORKING_SIDE)
        for view, boxes in self._attempts(content, image):
            rows = into_rows(boxes)
            side = _side(rows)
            if side is None:
                continue
            if side is not expected:
                raise LoanAppError(ErrorCode.PHOTO_SIDES_SWAPPED)
            fields = read_front(rows, today) if side is DocumentSide.FRONT else read_back(rows)
            portrait = self._portrait(view) if side is DocumentSide.FRONT else None
            if missing := _missing(side, fields, portrait):
                part = missing
                continue
            if portrait is not None and is_grey(portrait):
                raise LoanAppError(ErrorCode.PHOTO_OF_COPY)
            if unsure := _unsure(side, fields):
                fault = fault_of(image)
                if fault or unsure == "number":
                    raise LoanAppError(fault or ErrorCode.PHOTO_UNREADABLE, part=unsure)
            if side is DocumentSide.BACK:
                _refuse_expired(fields, today)
            return DocumentReading(side, fields, portrait, is_specimen(rows), photo_fingerprint(image))
        raise LoanAppError(fault_of(image) or ErrorCode.PHOTO_UNREADABLE, part=part)

    def _attempts(self, content: bytes, image: Image) -> Iterator[tuple[Image, list[TextBox]]]:
        """The picture as it is, then a closer look, then turned; each made and read only when asked for."""
        boxes = self._text.read(image)
        turns = [cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE]
        if not lies_on_its_side(boxes):
            yield image, boxes
            turns = [cv2.ROTATE_180]
            if boxes and (closer := _closer(content, image, boxes)) is not None:
                yield closer, self._text.read(closer)
            if _side(into_rows(boxes)) is not None:
                return  # its labels were read upright
        for turn in turns:
            turned = np.asarray(cv2.rotate(image, turn), np.uint8)
            yield turned, self._text.read(turned)

    def _portrait(self, view: Image) -> Image | None:
        face = self._detector.largest(view)
        if face is None:
            return None
        left, top, width, height = (float(value) for value in face.box)
        x, y = _PORTRAIT_MARGIN * width, _PORTRAIT_MARGIN * height
        rows = slice(max(0, round(top - y)), round(top + height + y))
        columns = slice(max(0, round(left - x)), round(left + width + x))
        return view[rows, columns].copy()


def _side(rows: Sequence[Row]) -> DocumentSide | None:
    front, back = side_scores(rows)
    if max(front, back) < _LABELS_NEEDED or front == back:
        return None
    return DocumentSide.FRONT if front > back else DocumentSide.BACK


def _missing(side: DocumentSide, fields: Fields, portrait: Image | None) -> str:
    """The first part without which the photo is of no use; the borrower can correct the others."""
    if side is DocumentSide.FRONT:
        parts = [("number", fields["identity_number"].value), ("name", fields["name"].value)]
        without = [part for part, value in parts if not value] + ([] if portrait is not None else ["portrait"])
    else:
        parts = [("authority", fields["authority"].value), ("validity", fields["valid_until"].value)]
        without = [part for part, value in parts if not value]
    return without[0] if without else ""


def _unsure(side: DocumentSide, fields: Fields) -> str:
    """The first part that was read, but not surely; a number that is, is never accepted."""
    limits = read_toml("policy", "document_photos.toml")["faults"]
    front = (("number", "identity_number"), ("name", "name"))
    parts = front if side is DocumentSide.FRONT else (("authority", "authority"),)
    return next((part for part, field in parts if fields[field].confidence < limits[f"sure_{part}"]), "")


def _refuse_expired(fields: Fields, today: date) -> None:
    until = fields["valid_until"].value
    if until != LONG_TERM and date.fromisoformat(until) < today:
        raise LoanAppError(ErrorCode.DOCUMENT_EXPIRED)


def _closer(content: bytes, image: Image, boxes: list[TextBox]) -> Image | None:
    """What lies around the text, from the photo at its full size; ``None`` when it fills the picture already."""
    corners = np.concatenate([box.corners for box in boxes])
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = np.array(image.shape[1::-1], np.float32)
    margin = 0.12 * (high - low).max()
    low, high = np.maximum(low - margin, 0), np.minimum(high + margin, size)
    if float(((high - low) / size).max()) > _SMALL_CARD:
        return None
    full = decode_photo(content, _FULL_SIDE)
    scale = full.shape[1] / size[0]
    left, top = (low * scale).astype(int)
    right, bottom = (high * scale).astype(int)
    crop = np.ascontiguousarray(full[top:bottom, left:right])
    enlarge = _WORKING_SIDE / 2 / max(crop.shape[:2])
    if enlarge > 1:
        crop = np.asarray(cv2.resize(crop, None, fx=enlarge, fy=enlarge, interpolation=cv2.INTER_CUBIC), np.uint8)
    return shrink(crop, _WORKING_SIDE)
