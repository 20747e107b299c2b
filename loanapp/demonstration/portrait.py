"""The portrait that stands in for a person: NASA's public-domain photograph of Eileen Collins."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import asset_path


@cache
def load_portrait() -> NDArray[np.uint8]:
    """The portrait, BGR uint8 512x512x3; treat it as read-only.

    Raises :class:`LoanAppError` with ``ASSET_MISSING``, or ``ASSET_DAMAGED`` when it cannot be decoded.
    """
    data = np.frombuffer(asset_path("astronaut.png").read_bytes(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if image is None:
        raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset="astronaut.png")
    portrait = np.asarray(image, np.uint8)
    portrait.setflags(write=False)
    return portrait
