"""Light on a face and in the room, so measured that a dark skin is not taken for a dark room."""

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Image
from loanapp.vision.face_mesh import Face
from loanapp.vision.face_zones import FaceZones, Zones
from loanapp.vision.neutral import RunningLevel

# Side of the thumbnail in which the room is measured; more changes the means by less than one step.
_THUMBNAIL: Final = 64
# From here on a sensor says no more than "very bright" (OFIQ counts the same).
_BLOWN: Final = 247
_BRIGHTEST: Final = 0.92  # quantile of an eye that is its white


@dataclass(frozen=True, slots=True)
class RoomLight:
    """Mean luma (0..255) of background and frame, and the spread of the frame's."""

    background: float
    frame: float
    spread: float


@dataclass(frozen=True, slots=True)
class FaceLight:
    """Of a face: ``mean`` luma (0..255), share ``blown`` at 247 or above, ``cheeks``: darker over brighter one.

    ``as_middle_tone``: the luma that a face of light to middle skin tone would have in this light.
    """

    mean: float = 0.0
    blown: float = 0.0
    cheeks: float = 1.0
    as_middle_tone: float = 0.0


NO_LIGHT: Final = FaceLight()


def room_light(image_bgr: Image, face: Face | None) -> RoomLight:
    """Means over a thumbnail; the background is all but the person."""
    height, width = image_bgr.shape[:2]
    small = cv2.resize(image_bgr, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_NEAREST)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    frame, spread = (float(value.item()) for value in cv2.meanStdDev(grey))
    if face is None:
        return RoomLight(frame, frame, spread)
    left, top, right, _ = (float(value) for value in face.box)
    margin = (right - left) * 0.4  # hair and ears; everything under the head may be the body
    row = max(0, int((top - margin) * _THUMBNAIL / height))
    columns = [min(max(edge, 0), width) * _THUMBNAIL / width for edge in (left - margin, right + margin)]
    person = grey[row:, int(columns[0]) : math.ceil(columns[1])]
    texels = grey.size - person.size
    background = (frame * grey.size - float(person.sum(dtype=np.int64))) / texels if texels else frame
    return RoomLight(background, frame, spread)


class FaceLightWatch:
    """Measures the light on each face of a stream and learns the tone of the skin on the way.

    The white of the eyes is the same for everybody: over the luma of the cheeks it reads .8 to 1.05 with the light
    skins of the clips and 1.2, 1.6 and 2 with the portrait in ever darker tones, in any light. A dark skin's luma is
    raised by as much, so that the same light reads alike on every skin.
    """

    def __init__(self, zones: FaceZones) -> None:
        self._zones = zones
        self._limits: dict[str, Any] = read_toml("vision", "thresholds.toml")["tone"]
        self._white = RunningLevel(self._limits["seconds"], self._limits["quantile"])

    def forget(self) -> None:
        """Another person may come."""
        self._white.clear()

    def measure(self, zones: Zones, time_s: float, *, eyes_clear: bool) -> FaceLight:
        """Take the next face; ``eyes_clear``: they are open, without glare or dark glass before them."""
        face = zones.grey[self._zones.inside]
        mean = float(face.mean())
        if eyes_clear:
            self._white.add(time_s, self._white_over_skin(zones))
        white = self._white.level
        raised = 1.0 if white is None else white / float(self._limits["light_skin"])
        return FaceLight(
            mean=mean,
            blown=float(np.count_nonzero(face >= _BLOWN)) / face.size,
            cheeks=_cheek_ratio(zones),
            as_middle_tone=mean * max(1.0, min(float(self._limits["most"]), raised)),
        )

    def _white_over_skin(self, zones: Zones) -> float:
        cheeks = zones.luma("cheek_right", "cheek_left", "under_right", "under_left")
        return max(map(_white, (zones.grey[self._zones.masks[name]] for name in _EYES))) / (cheeks + 1)


_EYES: Final = ("eye_right", "eye_left")


def _white(eye: Image) -> float:
    place = int(eye.size * _BRIGHTEST)
    return float(np.partition(eye, place)[place])


def _cheek_ratio(zones: Zones) -> float:
    right, left = zones.mean("cheek_right", "under_right")[0], zones.mean("cheek_left", "under_left")[0]
    return math.exp(-abs(right - left))
