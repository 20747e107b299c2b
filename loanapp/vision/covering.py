"""What covers a face: a mask, a hand, dark glasses, hair or a hat over the brows, glare on glasses.

The face mesh cannot see any of it (its presence stays at 1.000 under a hand). So the flat face is judged: its regions
against each other, by colour and by edges, and all of it against how the same person looked a moment before.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from loanapp.resource_files import read_toml
from loanapp.vision.face_zones import FaceZones, Mask, Zones, difference
from loanapp.vision.own_look import OwnLook

_MOST = 5.0  # no score says more than this


@dataclass(frozen=True, slots=True)
class Covering:
    """How sure each kind of covering is; 0 nothing, 1 exactly the threshold of its hint, more is surer.

    Everything is 0 where it cannot be judged: no face, turned far aside, in mid-blink or with the mouth wide open.
    """

    mask: float = 0.0
    hand: float = 0.0
    sunglasses: float = 0.0
    brows: float = 0.0
    glare: float = 0.0

    @property
    def most(self) -> float:
        """The surest of them."""
        return max(self.mask, self.hand, self.sunglasses, self.brows, self.glare)


NOTHING = Covering()


@dataclass(frozen=True, slots=True)
class Bearing:
    """How the head is held: degrees, and how far the jaw is open, 0 to 1."""

    yaw: float
    pitch: float
    roll: float
    jaw_open: float


class CoveringWatch:
    """Judges every face of a stream and learns the person's own look on the way."""

    def __init__(self, zones: FaceZones) -> None:
        self._zones = zones
        self._limits: dict[str, Any] = read_toml("vision", "thresholds.toml")["covering"]
        self._look = OwnLook(zones.skin)

    def forget(self) -> None:
        """Another person may come."""
        self._look = OwnLook(self._zones.skin)

    def judge(self, zones: Zones, bearing: Bearing, time_s: float) -> Covering:
        """Take the next face."""
        limits = self._limits
        aside = abs(bearing.yaw) > limits["yaw"] or abs(bearing.pitch) > limits["pitch"]
        if aside or abs(bearing.roll) > limits["roll"] or bearing.jaw_open > limits["jaw_open"]:
            self._look.skip(time_s)
            return NOTHING
        mask = self._mask(zones)
        sunglasses = self._sunglasses(zones, masked=mask >= 1)
        glare = self._glare(zones)
        brows = self._brows(zones, masked=mask >= 1)
        known = max(mask, sunglasses, glare)
        hand = self._hand(zones, time_s, learns=known < 1)
        return Covering(mask=mask, hand=hand if mask < 1 else 0.0, sunglasses=sunglasses, brows=brows, glare=glare)

    def _mask(self, zones: Zones) -> float:
        """The mouth has vanished, and the lower face is of another stuff than the upper, or quite bare."""
        limits = self._limits
        lips, lower = lip_contrast(zones), zones.mean(*_LOWER)
        apart = min(difference(lower, zones.mean(name)) for name in _UPPER)
        other_stuff = min(limits["mask_lips"] / max(lips, 1e-3), apart / limits["mask_apart"])
        bare = min(limits["bare_lips"] / max(lips, 1e-3), limits["bare_edges"] / max(zones.edges["lips"], 1e-3))
        return float(min(_MOST, max(other_stuff, bare)))

    def _sunglasses(self, zones: Zones, *, masked: bool) -> float:
        """Lid and hollow of the eye far darker than skin, and no eye to be seen between them."""
        skin = zones.mean("above_right", "above_left") if masked else zones.mean("cheek_right", "cheek_left", "nose")
        dark = []
        for side in ("right", "left"):
            lens = zones.grey[self._zones.lens[side]]
            mean, deviation = (float(value.item()) for value in cv2.meanStdDev(lens))
            hollow = max(zones.colours[f"lid_{side}"][0], zones.colours[f"bag_{side}"][0])
            dark.append(hollow - skin[0] + deviation / (mean + 4))
        return min(_MOST, max(0.0, -sum(dark) / len(dark) / float(self._limits["lens_dark"])))

    def _glare(self, zones: Zones) -> float:
        """How much more of a lens than of the cheeks is far brighter than skin, on the worse side."""
        limits = self._limits
        skin = max(zones.luma(name) for name in ("cheek_right", "cheek_left", "nose", "root"))
        bright = min(max(limits["glare_over_skin"] * skin, limits["glare_luma"]), limits["glare_surely"])

        def share(where: Mask) -> float:
            part = zones.grey[where]
            return float(np.count_nonzero(part > bright)) / part.size

        lens = max(share(self._zones.lens[side]) for side in ("right", "left"))
        cheeks = max(share(self._zones.masks[name]) for name in ("cheek_right", "cheek_left"))
        return float(max(0.0, min(_MOST, (lens - cheeks) / limits["glare_share"])))

    def _brows(self, zones: Zones, *, masked: bool) -> float:
        """Above both brows lies something that is not skin."""
        skins = [zones.mean("cheek_right", "cheek_left", "under_right", "under_left")]
        skins += [zones.mean(name) for name in ("nose", "root", *(("bag_right", "bag_left") if masked else ()))]
        above = [zones.mean("above_right"), zones.mean("above_left")]
        least = min(difference(strip, skin) for strip in above for skin in skins)
        return min(_MOST, least / float(self._limits["brows_apart"]))

    def _hand(self, zones: Zones, time_s: float, *, learns: bool) -> float:
        """Edges where this person's skin had none, on one side more than the other; and lips that have vanished."""
        limits = self._limits
        novelty = self._look.compare(zones.strength, lip_contrast(zones), time_s)
        edges = novelty.edges / limits["hand_edges"]
        if novelty.lopsided < limits["hand_lopsided"] * novelty.edges:
            edges = 0.0  # glasses put on, a mask: those are even
        lips = (limits["hand_lips"] - novelty.lips) / limits["hand_lips_span"]
        hand = float(min(_MOST, edges + max(0.0, min(1.0, lips))))
        self._look.learn(time_s, clean=learns and hand < limits["learn_below"])
        return hand


_LOWER = ("cheek_right", "cheek_left", "upper_lip", "chin", "jaw_right", "jaw_left")
_UPPER = ("root", "bag_right", "bag_left", "above_right", "above_left")


def lip_contrast(zones: Zones) -> float:
    """How much the lips differ from the skin around them."""
    return difference(zones.mean("lips"), zones.mean("upper_lip", "chin", "jaw_right", "jaw_left"))
