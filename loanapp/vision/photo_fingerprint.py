"""What a photograph looks like in 576 bits, by which the same photograph is known again after it was saved anew.

A perceptual hash of the whole picture: the signs, against their median, of the 24 x 24 lowest frequencies of its
cosine transform (a usual construction, as in pHash of D. Zauner, "Implementation and Benchmarking of Perceptual Image
Hash Functions", 2010, at a higher resolution: cards look alike, so 64 bits do not tell two of them apart).
"""

from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from loanapp.domain.photo_fingerprint import BANDS
from loanapp.vision.arrays import Image

_SIDE: Final = 128
_FREQUENCIES: Final = 24


def photo_fingerprint(image: Image) -> tuple[str, ...]:
    """The bands, hexadecimal, of a picture ``(height, width, 3)`` in BGR."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(grey.astype(np.float32))[1 : _FREQUENCIES + 1, 1 : _FREQUENCIES + 1].ravel()
    packed = np.packbits(waves > np.median(waves)).tobytes()
    edges = [round(len(packed) * place / BANDS) for place in range(BANDS + 1)]
    return tuple(packed[start:end].hex() for start, end in pairwise(edges))
