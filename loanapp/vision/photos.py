"""Bytes somebody chose to pictures, without trusting them: size, format and dimensions are checked before decoding."""

import io
import struct
import zlib
from typing import Final

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Image

# MPO is what many phones write: a JPEG with further pictures behind it.
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "MPO")
_MEGA: Final = 1_000_000
# What Pillow's decoders raise on damaged or hostile files.
_DAMAGED: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)


def decode_photo(content: bytes, longest_side: int) -> Image:
    """Decode a JPEG, PNG, WebP or BMP upright (by its EXIF mark) and shrunk to ``longest_side`` pixels at most.

    Limits are those of ``resources/policy/document_photos.toml``. Raises :class:`LoanAppError` with
    ``PHOTO_TOO_LARGE`` (``limit_mb``), ``PHOTO_TOO_MANY_PIXELS`` (``limit_mp``, unless a side alone is too long),
    ``PHOTO_NOT_AN_IMAGE`` or ``PHOTO_UNREADABLE`` (too small).
    """
    from PIL import Image as Pillow  # noqa: PLC0415 - 60 ms that only this path needs
    from PIL import ImageOps  # noqa: PLC0415

    limits = read_toml("policy", "document_photos.toml")
    if len(content) > limits["largest_bytes"]:
        raise LoanAppError(ErrorCode.PHOTO_TOO_LARGE, limit_mb=limits["largest_bytes"] >> 20)
    too_many = LoanAppError(ErrorCode.PHOTO_TOO_MANY_PIXELS, limit_mp=limits["largest_pixels"] // _MEGA)
    try:
        with Pillow.open(io.BytesIO(content), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > limits["largest_pixels"]:
                raise too_many
            if max(width, height) > limits["largest_side"]:
                raise LoanAppError(ErrorCode.PHOTO_TOO_MANY_PIXELS)
            if min(width, height) < limits["smallest_side"]:
                raise LoanAppError(ErrorCode.PHOTO_UNREADABLE, part="size")
            opened.draft("RGB", (longest_side, longest_side))  # lets JPEG decode at 1/2, 1/4 or 1/8
            picture = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"), np.uint8)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise too_many from None
    except _DAMAGED:
        raise LoanAppError(ErrorCode.PHOTO_NOT_AN_IMAGE) from None
    return shrink(np.ascontiguousarray(picture[..., ::-1]), longest_side)


def shrink(image: Image, longest_side: int) -> Image:
    """The picture with its longer side at most ``longest_side`` pixels; never enlarged."""
    height, width = image.shape[:2]
    scale = longest_side / max(width, height)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
