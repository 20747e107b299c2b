"""The demonstration borrower: a camera source that plays a person who does what the challenge asks.

It lets anyone without a camera try the whole journey. It announces itself as ``SourceKind.DEMONSTRATION``, and only
the demonstration lender accepts evidence that says so. Nothing in the frames would stop a program that lies.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from loanapp.capture.sources import CameraError, Frame
from loanapp.demonstration.face_rig import FaceRig, Pose
from loanapp.demonstration.scene import Scene
from loanapp.demonstration.screen_light import Exposure, ScreenTrail, shine
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Action, FlashColour, SourceKind
from loanapp.vision.models import FaceModels

NAME: Final = "演示借款人（模拟） · Demonstration borrower (simulated)"
_TURN: Final = 34.0  # degrees; the mesh reads about 23
_NOD: Final = 17.0
# An asked action that was not seen is shown again after this long, as a person would.
_AGAIN_S: Final = 1.6
_PAUSE_S: Final = 0.15  # between two different actions
_BLINK_EVERY_S: Final = (2.5, 5.0)
_NOISE_SIGMA: Final = 1.6
_SCREEN: Final = 0.16
_LATENCY_S: Final = (0.06, 0.15)
_NOISE_ROOM: Final = 64


@dataclass(frozen=True, slots=True)
class Gesture:
    """How one action goes: out, held, back, in seconds; ``at`` gives 0 (rest) to 1 (full)."""

    out_s: float
    hold_s: float
    back_s: float

    @property
    def seconds(self) -> float:
        """From rest to rest."""
        return self.out_s + self.hold_s + self.back_s

    def at(self, elapsed_s: float) -> float:
        """How far the gesture is, with soft beginning and end."""
        if elapsed_s <= 0 or elapsed_s >= self.seconds:
            return 0.0
        if elapsed_s < self.out_s:
            part = elapsed_s / self.out_s
        elif elapsed_s <= self.out_s + self.hold_s:
            part = 1.0
        else:
            part = (self.seconds - elapsed_s) / self.back_s
        return part * part * (3 - 2 * part)


BLINK: Final = Gesture(0.09, 0.09, 0.13)
GESTURES: Final = {
    Action.BLINK: Gesture(0.12, 0.20, 0.16),
    Action.OPEN_MOUTH: Gesture(0.40, 0.60, 0.40),
    Action.TURN_LEFT: Gesture(0.65, 0.55, 0.65),
    Action.TURN_RIGHT: Gesture(0.65, 0.55, 0.65),
    Action.NOD: Gesture(0.35, 0.15, 0.40),
}


class DemonstrationBorrower:
    """Plays the portrait; a :class:`~loanapp.capture.sources.FrameSource`.

    ``reaction_s`` is the time from :meth:`prompt` to the action, ``light`` a factor on brightness (1 is a well lit
    room, .2 too dark), ``scene`` how they look and sit, ``seed`` fixes every small movement. ``noise`` is that of the
    sensor, a standard deviation in steps of 255. ``screen`` is the light that a white screen adds on the face at arm's
    length, in parts of the room's (see ``screen_light.py``: .08 to .25 for a laptop indoors, 0 for no reflection), and
    ``latency_s`` how much later the camera shows it (without one, the seed draws .06 to .15). ``paced=False`` gives
    frames as fast as they are read, on a clock that starts at 0 and advances by one frame each: for tests.
    """

    def __init__(
        self,
        *,
        reaction_s: float = 0.6,
        light: float = 1.0,
        scene: Scene | None = None,
        noise: float = _NOISE_SIGMA,
        screen: float = _SCREEN,
        latency_s: float | None = None,
        seed: int = 0,
        size: tuple[int, int] = (640, 480),
        fps: int = 30,
        paced: bool = True,
        models: FaceModels | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reaction_s, self._light, self._size, self._fps = reaction_s, light, size, fps
        self._paced, self._models, self._clock, self._sleep = paced, models, clock, sleep
        self._seed, self._scene, self._noise_sigma = seed, scene or Scene(), noise
        self._screen, self._latency_s = screen, latency_s
        self._lock = threading.Lock()
        self._rig: FaceRig | None = None
        self._is_open = False
        self._asked: Action | None = None
        self._asked_at = 0.0
        self._doing: tuple[Action, float] | None = None
        self._elapsed = 0.0
        self._restart()

    @property
    def kind(self) -> SourceKind:
        """Always ``DEMONSTRATION``."""
        return SourceKind.DEMONSTRATION

    @property
    def name(self) -> str:
        """A name that says that it is simulated."""
        return NAME

    @property
    def light(self) -> float:
        """The factor on brightness; may be changed while it plays."""
        return self._light

    @light.setter
    def light(self, value: float) -> None:
        self._light = value

    def open(self) -> None:
        """Prepare the portrait (about half a second the first time).

        Raises :class:`LoanAppError` with ``ASSET_MISSING`` or ``ASSET_DAMAGED``.
        """
        if self._rig is None:
            self._rig = FaceRig(self._size, self._models, self._scene)
        self._restart()
        self._is_open = True

    def read(self) -> Frame | None:
        """The next frame when it is due; it never ends.

        Raises :class:`CameraError` with ``CAMERA_LOST`` when it is not open.
        """
        rig = self._rig
        if rig is None or not self._is_open:
            raise CameraError(ErrorCode.CAMERA_LOST)
        elapsed = self._wait_for_next()
        pose = self._pose(elapsed)
        image = self._finish(self._lit_by_screen(rig, pose, rig.render(pose), elapsed))
        frame = Frame(image, self._started + elapsed, self._sequence)
        self._sequence += 1
        return frame

    def prompt(self, action: Action | None) -> None:
        """What the challenge asks now: done after the reaction time, and again if it stays asked. Any thread."""
        with self._lock:
            if action is self._asked:
                return
            self._asked = action
            self._asked_at = self._elapsed

    def illuminate(self, colour: FlashColour | None) -> None:
        """The colour the screen shows now; it is reflected by the face. Any thread."""
        with self._lock:
            now = self._clock() - self._started if self._paced and self._is_open else self._elapsed
            self._trail.show(colour, now)

    def close(self) -> None:
        """Stop giving frames; the prepared portrait is kept for the next :meth:`open`."""
        self._is_open = False

    def _restart(self) -> None:
        self._random = np.random.default_rng(self._seed)
        self._phases = self._random.uniform(0, 2 * math.pi, 8)
        width, height = self._size
        shape = (height + _NOISE_ROOM, width + _NOISE_ROOM, 3)
        self._noise = np.asarray(np.rint(self._random.normal(0, self._noise_sigma, shape)), np.int16)
        self._next_blink = float(self._random.uniform(*_BLINK_EVERY_S))
        latency_s = float(np.random.default_rng([self._seed, 1]).uniform(*_LATENCY_S))
        with self._lock:
            self._asked, self._asked_at, self._elapsed = None, 0.0, 0.0
            self._trail = ScreenTrail(latency_s if self._latency_s is None else self._latency_s)
        self._exposure = Exposure()
        self._doing = None
        self._done_at = self._last_begun = -math.inf
        self._sequence = self._tick = 0
        self._started = self._clock() if self._paced else 0.0

    def _wait_for_next(self) -> float:
        """Seconds since the start of the frame to make; late frames are left out, as a camera does."""
        if self._paced:
            now = self._clock() - self._started
            self._tick = max(self._tick, math.floor(now * self._fps))
            wait = self._tick / self._fps - now
            if wait > 0:
                self._sleep(wait)
        elapsed = self._tick / self._fps
        self._tick += 1
        with self._lock:
            self._elapsed = elapsed
        return elapsed

    def _pose(self, now: float) -> Pose:
        pose = self._at_rest(now)
        with self._lock:
            asked, asked_at = self._asked, self._asked_at
        if self._doing is None and asked is not None:
            again = self._last_begun >= asked_at
            if now >= max(asked_at + self._reaction_s, self._done_at + (_AGAIN_S if again else _PAUSE_S)):
                self._doing = asked, now
                self._last_begun = now
        if self._doing is not None:
            action, since = self._doing
            if now - since < GESTURES[action].seconds:
                return _act(pose, action, GESTURES[action].at(now - since))
            self._doing = None
            if action is asked:  # the end of an earlier action must not put off the next
                self._done_at = now
        if asked is None and now >= self._next_blink:
            if now - self._next_blink < BLINK.seconds:
                return replace(pose, shut=BLINK.at(now - self._next_blink))
            self._next_blink = now + float(self._random.uniform(*_BLINK_EVERY_S))
        return pose

    def _at_rest(self, now: float) -> Pose:
        """Nobody sits quite still: slow drifts of a degree and a pixel or two."""
        phases = self._phases

        def drift(period_s: float, index: int) -> float:
            return math.sin(2 * math.pi * now / period_s + float(phases[index]))

        unit = self._size[1] / 480
        yaw, pitch = self._scene.facing
        return Pose(
            yaw=yaw + 0.9 * drift(5.3, 0) + 0.5 * drift(2.1, 1),
            pitch=pitch + 0.7 * drift(4.1, 2) + 0.3 * drift(1.7, 3),
            roll=0.6 * drift(6.7, 4),
            shift=(1.6 * unit * drift(4.7, 5), 1.1 * unit * drift(3.3, 6) + 0.4 * unit * drift(1.3, 7)),
        )

    def _lit_by_screen(self, rig: FaceRig, pose: Pose, image: NDArray[np.uint8], now: float) -> NDArray[np.uint8]:
        """The screen's light and the camera's answer to it; nothing to do while it only shows the page."""
        with self._lock:
            seen = self._trail.seen(now)
        if not seen.any() and self._exposure.settled:
            return image
        matt, mirrored = rig.light_of_screen(pose)
        added = np.asarray(seen * np.float32(self._screen), np.float32)
        return shine(image, matt, mirrored, added=added, exposure=self._exposure, now_s=now)

    def _finish(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Light, and the noise of a sensor, so that no two frames are alike."""
        if self._light != 1.0:
            image = np.asarray(cv2.convertScaleAbs(image, alpha=self._light), np.uint8)
        left, top = self._random.integers(0, _NOISE_ROOM, 2)
        width, height = self._size
        noise = self._noise[top : top + height, left : left + width]
        return np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), np.uint8)


def _act(pose: Pose, action: Action, part: float) -> Pose:
    """``pose`` with an action ``part`` of the way in."""
    if action is Action.BLINK:
        return replace(pose, shut=part)
    if action is Action.OPEN_MOUTH:
        return replace(pose, mouth=part)
    if action is Action.NOD:
        return replace(pose, pitch=pose.pitch - _NOD * part)
    turn = _TURN if action is Action.TURN_LEFT else -_TURN
    return replace(pose, yaw=pose.yaw * (1 - part) + turn * part)
