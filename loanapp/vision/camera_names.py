"""What a camera's name and picture tell: whether it is an infra-red one, whether a program gives its pictures."""

import re

import cv2

from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Image

_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# Every n-th pixel is enough to tell grey from colour.
_PROBE = 8


def is_infrared_name(name: str) -> bool:
    """Whether a camera is called what systems call infra-red ones; ``resources/vision/camera.toml``."""
    return _is_called(name, "infrared")


def is_virtual_name(name: str) -> bool:
    """Whether a name is one that programs give to pictures of their own. A heuristic: a name is easily changed."""
    return _is_called(name, "virtual")


def is_grey_picture(image: Image) -> bool:
    """Whether the three channels of a BGR picture are one, as an infra-red camera's; never true of a black picture."""
    limits = read_toml("vision", "camera.toml")["picture"]
    sample = image[::_PROBE, ::_PROBE]
    if not sample.size or float(sample.mean()) < limits["least_luma"]:
        return False
    blue, green, red = cv2.split(sample)
    difference = max(float(cv2.absdiff(blue, green).mean()), float(cv2.absdiff(red, green).mean()))
    return difference < float(limits["grey_difference"])


def _is_called(name: str, kind: str) -> bool:
    table = read_toml("vision", "camera.toml")[kind]
    lowered = name.casefold()
    found = set(_WORDS.findall(lowered)) | set(re.findall(r"[^\W_]+", lowered))
    return any(part in lowered for part in table["parts"]) or not found.isdisjoint(table["words"])
