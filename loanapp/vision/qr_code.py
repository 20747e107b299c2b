"""A text as a QR code, for whoever would have to type it into a telephone otherwise."""

import cv2
import numpy as np

_QUIET = 4  # modules of quiet zone (ISO/IEC 18004, 5.3.8)


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of the code, quiet zone included; ``True`` is dark. Correction level M."""
    wanted = cv2.QRCodeEncoder.Params()
    wanted.correction_level = cv2.QRCodeEncoder_CORRECT_LEVEL_M
    drawn = np.asarray(cv2.QRCodeEncoder.create(wanted).encode(text))
    dark = np.argwhere(drawn == 0)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0)
    whole = np.pad(drawn[top : bottom + 1, left : right + 1] == 0, _QUIET)
    return tuple(tuple(bool(module) for module in row) for row in whole)
