"""Why a photo of a card could not be read: the fault that its taker can mend.

Measured on the picture alone, and consulted when reading failed or is unsure: what is read well is good enough.
"""

from typing import Final

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode
from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Floats, Image

# Looked at in this width: one that does not depend on the camera.
_WIDTH: Final = 1280
# Noise is smoothed away by so many pixels before edges are measured; their own width is taken off again.
_SMOOTHED: Final = 1.5


def fault_of(photo: Image) -> ErrorCode | None:
    """The gravest fault of a BGR picture, or ``None`` where it looks as a photo should.

    Limits are those of ``[faults]`` in ``resources/policy/document_photos.toml``.
    """
    limits = read_toml("policy", "document_photos.toml")["faults"]
    scale = _WIDTH / max(photo.shape[:2])
    size = (round(photo.shape[1] * scale), round(photo.shape[0] * scale))
    grey = np.asarray(cv2.resize(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA), np.uint8)
    bright = _bright(grey)
    if 0 < _sides_touched(bright, limits["side_covered"]) <= limits["sides_cut_off"]:
        return ErrorCode.PHOTO_CUT_OFF
    if limits["softest_edge"] < edge_width(grey) < float("inf"):
        return ErrorCode.PHOTO_BLURRED
    card = grey[bright > 0]
    if not card.size or float(np.median(card)) < limits["darkest_paper"]:
        return ErrorCode.PHOTO_TOO_DARK
    if glare_part(grey) > limits["largest_glare"]:
        return ErrorCode.PHOTO_GLARE
    return None


def edge_width(grey: Image) -> float:
    """How soft the sharpest edges are: sigma in pixels of the blur that would make them so; infinite without any."""
    smooth = np.asarray(cv2.GaussianBlur(grey, (0, 0), _SMOOTHED), np.float32)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    steepest = float(np.percentile(cv2.magnitude(across, down), 99.7))
    low, high = np.percentile(smooth, (2, 98))
    if high - low < 1 or steepest <= 0:
        return float("inf")
    # A step of height h blurred by sigma rises by h / (sigma * sqrt(2 pi)) a pixel at its steepest.
    width = float(high - low) / (steepest * float(np.sqrt(2 * np.pi)))
    return float(np.sqrt(max(0.0, width**2 - _SMOOTHED**2)))


def glare_part(grey: Image) -> float:
    """The largest spot of full white, as a part of the picture."""
    white = np.asarray(cv2.morphologyEx((grey >= 253).astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9))), np.uint8)
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(white)
    return float(max((one[cv2.CC_STAT_AREA] for one in stats[1:]), default=0)) / grey.size


def is_grey(portrait: Image) -> bool:
    """Whether a portrait (BGR) has no colours of its own, whatever the light's: that of a black and white copy."""
    smooth = np.asarray(cv2.GaussianBlur(portrait, (0, 0), 3), np.float32) + 16
    spread = float(np.std(np.log(smooth[..., 2] / smooth[..., 0])))
    return spread < float(read_toml("policy", "document_photos.toml")["faults"]["least_colours"])


def _bright(grey: Image) -> Image:
    """255 where the card is likely to be: what is brighter than the table."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 9)
    _limit, bright = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(bright, np.uint8)


def _sides_touched(bright: Image, part: float) -> int:
    """At how many of the picture's sides the card goes on beyond it."""
    sides: tuple[Floats | Image, ...] = (bright[0], bright[-1], bright[:, 0], bright[:, -1])
    return sum(float((side > 0).mean()) > part for side in sides)
