"""The people of the simulation: the demonstration borrower in any scene, recordings of them, and somebody else."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.demonstration.face_rig import FaceRig, Pose
from loanapp.demonstration.scene import Scene
from loanapp.domain.errors import LoanAppError
from loanapp.vision.face_match import FaceMatcher
from loanapp.vision.models import FaceModels
from tests.evaluation.script import FPS, Moment, Script


class Puppet:
    """The demonstration borrower driven by a script: does what is asked, and reflects the screen if it shines."""

    def __init__(self, models: FaceModels, seed: int, *, screen: float, scene: Scene | None = None, **more) -> None:
        self._borrower = DemonstrationBorrower(
            models=models, seed=seed, screen=screen, scene=scene, paced=False, fps=FPS, reaction_s=0.0, **more
        )
        self._borrower._rig = rig(models, scene or Scene())
        self._borrower.open()
        self._colour = None

    def at(self, moment: Moment) -> np.ndarray:
        """The next frame, 640 x 480."""
        # The script says when an action begins; the borrower needs no time of their own.
        self._borrower.prompt(moment.doing)
        if moment.colour is not self._colour:
            self._borrower.illuminate(moment.colour)
            self._colour = moment.colour
        return self._borrower.read().image


@lru_cache(maxsize=4)
def _rig(key: Scene) -> FaceRig:
    return FaceRig((640, 480), _models[0], key)


_models: list[FaceModels] = []


def rig(models: FaceModels, scene: Scene) -> FaceRig:
    """A prepared portrait; its preparation takes a second, so a few are kept."""
    if not _models:
        _models.append(models)
    return _rig(scene)


def still(models: FaceModels, random: np.random.Generator) -> np.ndarray:
    """A photograph of the borrower, 640 x 480: not quite straight, as photographs are."""
    pose = Pose(yaw=float(random.uniform(-3, 3)), pitch=float(random.uniform(-2, 2)), roll=float(random.uniform(-1, 1)))
    return rig(models, Scene()).render(pose)


@dataclass(frozen=True)
class Recording:
    """A film of an attempt of the past: JPEG frames at 15 a second with what was done in it."""

    script: Script
    jpegs: tuple[bytes, ...]

    def picture(self, index: int) -> np.ndarray:
        """One frame, 640 x 480; after the last the last stays."""
        data = np.frombuffer(self.jpegs[max(0, min(index, len(self.jpegs) - 1))], np.uint8)
        return cv2.imdecode(data, cv2.IMREAD_COLOR)


def record(models: FaceModels, script: Script, seed: int, *, screen: float = 0.16, quality: int = 92) -> Recording:
    """The borrower doing what an old challenge asked, its colours on their face."""
    puppet = Puppet(models, seed, screen=screen)
    jpegs = []
    for moment in script.moments():
        encoded = cv2.imencode(".jpg", puppet.at(moment), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        jpegs.append(encoded.tobytes())
    return Recording(script, tuple(jpegs))


class Stranger:
    """Another person: the portrait pulled out of shape until the matcher no longer takes it for the same."""

    def __init__(self, models: FaceModels, matcher: FaceMatcher, random: np.random.Generator) -> None:
        usual = rig(models, Scene()).render(Pose())
        known = matcher.describe(usual)
        for _ in range(300):
            self._maps = _distortion(random)
            self._tint = random.uniform(0.8, 1.15, 3).astype(np.float32)
            try:
                self.likeness = float(known @ matcher.describe(self.of(usual)))
            except LoanAppError:
                continue
            if self.likeness < 0.3:
                return
        raise AssertionError("no stranger was found")

    def of(self, picture: np.ndarray) -> np.ndarray:
        """The stranger in the place of the borrower, doing the same."""
        moved = cv2.remap(picture, *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.clip(moved * self._tint, 0, 255).astype(np.uint8)


def _distortion(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A longer face with its middle drawn together and the mouth elsewhere; soft, so that it stays a face."""
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    dx, dy = (x - 320) / 150, (y - 235) / 150
    soft = np.exp(-((dx**2 + dy**2) ** 2) / 6)
    wide, high = random.uniform(0.65, 0.85), random.uniform(1.15, 1.35)
    pinch = random.uniform(0.9, 1.5) * np.exp(-(dx**2 + dy**2) / 0.12)
    mouth = random.uniform(-0.25, 0.5) * np.exp(-((dy - 0.45) ** 2) / 0.05)
    map_x = dx * (1 + soft * (wide * (1 + pinch) - 1))
    map_y = dy * (1 + soft * (high * (1 + mouth) - 1))
    return (map_x * 150 + 320).astype(np.float32), (map_y * 150 + 235).astype(np.float32)
