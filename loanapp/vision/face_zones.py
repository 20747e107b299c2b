"""Regions of the flat face, their colour and their edges, each against the others and not in absolute numbers."""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_texture import SIDE, Layout

Mask = npt.NDArray[np.bool_]

# Landmarks whose hull is a region; "right" and "left" are the person's own.
_HULLS: Final[dict[str, tuple[int, ...]]] = {
    "under_right": (111, 117, 118, 119, 120, 100, 121, 114, 47, 126, 101, 50, 123),
    "under_left": (340, 346, 347, 348, 349, 329, 350, 343, 277, 355, 330, 280, 352),
    "root": (193, 417, 122, 351, 196, 419, 6),
    "nose": (196, 419, 248, 456, 45, 275, 1),
    "cheek_right": (36, 206, 207, 187, 50, 205),
    "cheek_left": (266, 426, 427, 411, 280, 425),
    "upper_lip": (98, 327, 2, 165, 391, 37, 267, 39, 269),
    "chin": (182, 406, 18, 200, 201, 421, 175, 83, 313),
    "jaw_right": (212, 57, 202, 210, 169, 135, 214),
    "jaw_left": (432, 287, 422, 430, 394, 364, 434),
    "lips": (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
    "brow_right": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    "brow_left": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    "eye_right": (33, 160, 158, 133, 153, 144),
    "eye_left": (263, 387, 385, 362, 380, 373),
    "lid_right": (247, 30, 29, 27, 28, 56, 190, 221, 222, 223, 224, 225, 113),
    "lid_left": (467, 260, 259, 257, 258, 286, 414, 441, 442, 443, 444, 445, 342),
    "bag_right": (110, 24, 23, 22, 26, 112, 232, 231, 230, 229, 228, 31),
    "bag_left": (339, 254, 253, 252, 256, 341, 452, 451, 450, 449, 448, 261),
}
_BROW_LINES: Final = {"above_right": (70, 63, 105, 66, 107), "above_left": (300, 293, 334, 296, 336)}
# The strip above the brows begins and ends so many texels over the line that the mesh draws.
_ABOVE: Final = (1.0, 3.0)
_NOSTRILS: Final = (98, 2, 327, 278, 48, 4)
_BROWS_UP: Final = (10, 168)
_EYE_LINE: Final = 6
# Black has no colour: below this a channel says little.
_FLOOR: Final = 4.0
# Weights of lightness, red over green and blue over green in the difference of two regions: skin differs most in
# lightness, cloth and hair in colour (chosen).
_WEIGHTS: Final = (1.0, 2.5, 1.5)
_BGR_TO_LUMA: Final = np.array([0.114, 0.587, 0.299], np.float32)


Colour: TypeAlias = tuple[float, float, float]
"""Log luma, log red over green, log blue over green."""


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """One flat face by regions.

    ``colours``: of each region by name. ``edges``: of each region the mean edge strength over the mean luma. ``grey``
    (SIDE, SIDE): luma. ``strength`` (SIDE, SIDE): edge strength over the luma around it.
    """

    colours: dict[str, Colour]
    edges: dict[str, float]
    grey: Image
    strength: Floats

    def mean(self, *names: str) -> Colour:
        """Mean colour of regions."""
        if len(names) == 1:
            return self.colours[names[0]]
        # Plain numbers: for three at a time numpy would take ten times as long, and this runs on every frame.
        light = red = blue = 0.0
        for name in names:
            colour = self.colours[name]
            light, red, blue = light + colour[0], red + colour[1], blue + colour[2]
        return light / len(names), red / len(names), blue / len(names)

    def luma(self, *names: str) -> float:
        """Mean luma of regions, 0..255."""
        return math.exp(self.mean(*names)[0])


def difference(first: Colour, second: Colour) -> float:
    """How unlike two colours are, whatever the light: skin and lips about .2 to .7, skin and black hair 1.5."""
    light, red, blue = _WEIGHTS
    return math.hypot((first[0] - second[0]) * light, (first[1] - second[1]) * red, (first[2] - second[2]) * blue)


class FaceZones:
    """Prepared once for a layout; never changed, so any number of threads may use it."""

    def __init__(self, layout: Layout) -> None:
        self.inside: Mask = layout.inside
        """The face, (SIDE, SIDE)."""
        self._texels = layout.texels
        points = layout.points
        masks = {name: _hull(points[list(ids)]) & layout.inside for name, ids in _HULLS.items()}
        up = points[_BROWS_UP[0]] - points[_BROWS_UP[1]]
        up = up / np.linalg.norm(up)
        for name, line in _BROW_LINES.items():
            edges = [points[list(line)] + up * part for part in _ABOVE]
            masks[name] = _hull(np.vstack(edges)) & layout.inside
        self.masks: dict[str, Mask] = masks
        """Where each region lies, (SIDE, SIDE)."""
        self._names = tuple(masks)
        self._weights = np.array([mask[layout.inside] / mask.sum() for mask in masks.values()], np.float32)
        self.lens: dict[str, Mask] = {
            side: masks[f"eye_{side}"] | masks[f"lid_{side}"] | masks[f"bag_{side}"] for side in ("right", "left")
        }
        """What the glass of spectacles would cover."""
        self.skin = self._smooth_skin(points)
        """Cheeks, nose, around the mouth and chin, without what has edges of its own."""

    def of(self, texture: Image) -> Zones:
        """Measure a flat face."""
        grey = np.asarray(cv2.cvtColor(texture, cv2.COLOR_BGR2GRAY), np.uint8)
        edges = _edges(grey)
        columns = np.empty((self._weights.shape[1], 4), np.float32)
        columns[:, :3] = np.take(texture.reshape(-1, 3), self._texels, axis=0)
        columns[:, 3] = np.take(edges, self._texels)
        means = self._weights @ columns
        luma = means[:, :3] @ _BGR_TO_LUMA
        blue, green, red = np.log(means[:, :3] + _FLOOR).T
        colours = zip(np.log(luma + _FLOOR).tolist(), (red - green).tolist(), (blue - green).tolist(), strict=True)
        strength = edges / (cv2.blur(grey, (9, 9)).astype(np.float32) + 6)
        return Zones(
            dict(zip(self._names, colours, strict=True)),
            dict(zip(self._names, (means[:, 3] / (luma + _FLOOR)).tolist(), strict=True)),
            grey,
            np.asarray(strength, np.float32),
        )

    def _smooth_skin(self, points: Floats) -> Mask:
        def grown(mask: Mask, by: int) -> Mask:
            return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((by, by), np.uint8)) > 0)

        inner = cv2.erode(self.inside.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=4) > 0
        inner[: int(points[_EYE_LINE, 1]) + 1] = False
        own = self.lens["right"] | self.lens["left"] | self.masks["lips"]
        return np.asarray(inner & ~grown(own, 3) & ~grown(_hull(points[list(_NOSTRILS)]), 3))


def _hull(points: Floats) -> Mask:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(points * 16).astype(np.int32)), (255,), shift=4)
    return np.asarray(mask > 0)


def _edges(grey: Image) -> Floats:
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    along = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(cv2.magnitude(across, along), np.float32)
