"""Between the values of a picture and the light they stand for (sRGB, IEC 61966-2-1)."""

from typing import Final

import cv2
import numpy as np

from loanapp.demonstration.mesh_warp import Floats, Image8

_STEPS: Final = 4096
# The foot of the curve's power law, in steps of 255.
_FOOT: Final = 0.055 * 255
_POWER: Final = 2.4


def _decoded(values: Floats) -> Floats:
    low = values / np.float32(12.92)
    return np.where(values <= 0.04045, low, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _encoded(light: Floats) -> Floats:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055).astype(np.float32)


_TO_LIGHT: Final = _decoded(np.linspace(0, 1, 256, dtype=np.float32))
# Fine steps of the square root of light, so that the dark end is not coarse.
_FROM_ROOT: Final = np.rint(255 * _encoded(np.square(np.linspace(0, 1, _STEPS, dtype=np.float32)))).astype(np.uint8)


def to_light(picture: Image8) -> Floats:
    """Relative light 0 to 1 of each value of a picture, same shape, float32."""
    return np.asarray(cv2.LUT(picture, _TO_LIGHT), np.float32).reshape(picture.shape)


def to_picture(light: Floats) -> Image8:
    """The picture a camera makes of ``light``; what is over 1 is white."""
    root = np.asarray(cv2.sqrt(np.maximum(light, 0)), np.float32)
    index = np.minimum(root * np.float32(_STEPS - 1) + np.float32(0.5), _STEPS - 1).astype(np.uint16)
    return np.asarray(_FROM_ROOT.take(index), np.uint8)


def brightened(picture: Image8, factor: Floats) -> Image8:
    """``picture`` under ``factor`` (h, w, 3) times its light; ``factor`` may be smaller and is enlarged softly.

    Over its straight foot (value 10 of 255) the curve is a power of 2.4 of the value and .055, so a factor on light is
    a factor on that: the light itself need not be worked out. Below, the error is under a step for factors up to 1.2.
    """
    size = (picture.shape[1], picture.shape[0])
    gain = cv2.resize(np.asarray(cv2.pow(factor, 1 / _POWER), np.float32), size, interpolation=cv2.INTER_LINEAR)
    raised = cv2.multiply(np.asarray(picture, np.float32) + np.float32(_FOOT), gain)
    return np.asarray(cv2.convertScaleAbs(np.maximum(raised - np.float32(_FOOT), 0)), np.uint8)
