"""Everything about one face that is judged by its look: light, sharpness, covering, whether it is still the same."""

from dataclasses import dataclass
from typing import Any, Final

from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Image
from loanapp.vision.covering import NOTHING, Bearing, Covering, CoveringWatch
from loanapp.vision.face_mesh import Face
from loanapp.vision.face_part import face_part
from loanapp.vision.face_texture import FaceTexture, layout_of
from loanapp.vision.face_zones import FaceZones
from loanapp.vision.light import NO_LIGHT, FaceLight, FaceLightWatch
from loanapp.vision.models import CanonicalFace
from loanapp.vision.neutral import RunningLevel
from loanapp.vision.own_face import OwnFace
from loanapp.vision.sharpness import sharpness

# Sure enough of glare or dark glass that the white of the eyes says nothing about the skin.
_DOUBT: Final = 0.5


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """``sharpness``: over the person's own best, 0..1; ``sharpness_measured``: as it is; ``likeness``: -1..1."""

    light: FaceLight = NO_LIGHT
    covering: Covering = NOTHING
    sharpness: float = 1.0
    sharpness_measured: float = 1.0
    likeness: float = 1.0


class FaceQualityWatch:
    """Judges every face of one stream; about half a millisecond each."""

    def __init__(self, canonical: CanonicalFace) -> None:
        self._limits: dict[str, Any] = read_toml("vision", "thresholds.toml")["sharpness"]
        layout = layout_of(canonical)
        self._texture = FaceTexture(layout)
        self._zones = FaceZones(layout)
        self._lost_s: float | None = None
        self._start()

    def _start(self) -> None:
        self._covering = CoveringWatch(self._zones)
        self._light = FaceLightWatch(self._zones)
        self._own_face = OwnFace()
        self._sharpest = RunningLevel(self._limits["seconds"], self._limits["quantile"])

    def lose(self, time_s: float) -> None:
        """A frame without a face: whoever comes after a while may be somebody else."""
        if self._lost_s is None:
            self._lost_s = time_s
            self._own_face.forget()
        elif time_s - self._lost_s > self._limits["forget_seconds"]:
            self._start()

    def judge(self, image: Image, face: Face, bearing: Bearing, time_s: float, *, eyes_open: bool) -> FaceQuality:
        """Take the next face, of ``image``."""
        self._lost_s = None
        part = face_part(image, face)
        if part is None:
            return FaceQuality()
        zones = self._zones.of(self._texture.of(part))
        covering = self._covering.judge(zones, bearing, time_s)
        clear = eyes_open and covering.glare < _DOUBT and covering.sunglasses < _DOUBT
        measured = sharpness(part)
        self._sharpest.add(time_s, measured)
        best = self._sharpest.level
        return FaceQuality(
            light=self._light.measure(zones, time_s, eyes_clear=clear),
            covering=covering,
            sharpness=1.0 if best is None else min(1.0, measured / max(best, 1e-6)),
            sharpness_measured=measured,
            likeness=self._own_face.likeness(part, time_s),
        )
