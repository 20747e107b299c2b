"""Straight edges around a face: those of a sheet or a screen held up in a room, and those of the room of a borrower.

Whether the reviewer is given the note on an edge is counted over both: it should be there for the first and not for the
second. A room has door frames, pictures, windows and shelves; a sheet is held up in such a room, as large as paper is
beside the face on it; a hand is never still, a stand is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from loanapp.demonstration.face_rig import FaceRig, Pose
from loanapp.demonstration.mesh_warp import taken_from
from loanapp.demonstration.scene import Scene, person_mask
from loanapp.domain.liveness import Action
from tests.evaluation.attackers import Stage
from tests.evaluation.optics import SIZE, Camera, Noise, bent, held, laid, printed
from tests.evaluation.optics import room as plain_room
from tests.evaluation.people import Puppet, rig, still
from tests.evaluation.script import FPS, Moment

Film = Callable[[Moment], np.ndarray]

# --- rooms ------------------------------------------------------------------------------------------------------


def _shade(random: np.random.Generator, low: float, high: float) -> tuple[float, float, float]:
    base = random.uniform(low, high)
    return tuple(float(base + random.uniform(-12, 12)) for _ in range(3))


def door(random: np.random.Generator) -> np.ndarray:
    """A door with its frame behind the head: two upright edges and one across."""
    picture = plain_room(random).astype(np.float32)
    left, right = int(random.integers(60, 200)), int(random.integers(430, 590))
    top, wide = int(random.integers(8, 50)), int(random.integers(10, 26))
    cv2.rectangle(picture, (left, top), (right, SIZE[1]), _shade(random, 150, 220), -1)
    cv2.rectangle(picture, (left, top), (right, SIZE[1] + 40), _shade(random, 60, 110), wide)
    return _soft(picture, random)


def framed_picture(random: np.random.Generator) -> np.ndarray:
    """A picture, a mirror or a board on the wall, its edges around the head."""
    picture = plain_room(random).astype(np.float32)
    first = (int(random.integers(50, 150)), int(random.integers(15, 60)))
    last = (int(random.integers(480, 590)), int(random.integers(330, 430)))
    cv2.rectangle(picture, first, last, _shade(random, 60, 230), -1)
    cv2.rectangle(picture, first, last, _shade(random, 20, 90), int(random.integers(6, 18)))
    return _soft(picture, random)


def window(random: np.random.Generator) -> np.ndarray:
    """A window with a bar across and one upright."""
    picture = plain_room(random).astype(np.float32)
    left, right = int(random.integers(30, 120)), int(random.integers(520, 610))
    bottom, bar = int(random.integers(300, 400)), int(random.integers(180, 460))
    cv2.rectangle(picture, (left, 12), (right, bottom), _shade(random, 215, 245), -1)
    frame = _shade(random, 120, 200)
    cv2.rectangle(picture, (left, 12), (right, bottom), frame, 14)
    cv2.line(picture, (bar, 12), (bar, bottom), frame, 12)
    cv2.line(picture, (left, 90), (right, 90), frame, 10)
    return _soft(picture, random)


def shelves(random: np.random.Generator) -> np.ndarray:
    """Shelves with books: many short upright edges and long ones across."""
    picture = plain_room(random).astype(np.float32)
    for shelf in range(0, SIZE[1], int(random.integers(90, 150))):
        x = 0
        while x < SIZE[0]:
            wide, high = int(random.integers(10, 34)), int(random.integers(50, 85))
            cv2.rectangle(picture, (x, shelf + 90 - high), (x + wide, shelf + 90), _shade(random, 30, 220), -1)
            x += wide
        cv2.line(picture, (0, shelf + 92), (SIZE[0], shelf + 92), _shade(random, 80, 140), 8)
    return _soft(picture, random)


def _soft(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Slightly out of focus, as what is behind is."""
    return np.clip(cv2.GaussianBlur(picture, (0, 0), float(random.uniform(1.0, 3.0))), 0, 255).astype(np.uint8)


ROOMS = (door, framed_picture, window, shelves)


# --- the borrower in a room -------------------------------------------------------------------------------------


@dataclass
class _Sitting:
    """The portrait cut out before a room; the whole person sways by up to ``sway`` pixels, a chair's back with them."""

    face: FaceRig
    behind: np.ndarray
    random: np.random.Generator
    sway: float
    chair: bool

    def __post_init__(self) -> None:
        mask = person_mask(SIZE, self.face._to_frame, 1.5)
        self._mask = np.repeat((mask * 255).astype(np.uint8)[..., None], 3, axis=2)
        self._phases = self.random.uniform(0, 2 * np.pi, 2)
        self._count = 0
        self._back = _shade(self.random, 20, 60)

    def render(self, pose: Pose) -> np.ndarray:
        """One frame."""
        picture, mask = self.face.render(pose), self._mask.copy()
        mask[self.face._yaw.area] = taken_from(mask, self.face._source(pose))
        way = self.sway * np.sin(2 * np.pi * self._count / FPS / np.array([4.3, 6.1]) + self._phases)
        self._count += 1
        shift = np.float32([[1, 0, way[0]], [0, 1, 0.4 * way[1]]])
        border = cv2.BORDER_REPLICATE
        picture = cv2.warpAffine(picture, shift, SIZE, flags=cv2.INTER_LINEAR, borderMode=border)
        part = cv2.warpAffine(mask, shift, SIZE, flags=cv2.INTER_LINEAR, borderMode=border).astype(np.float32) / 255
        behind = self.behind
        if self.chair:
            behind = behind.copy()
            first, last = np.array([150, 70]) + way, np.array([490, 600]) + way
            cv2.rectangle(
                behind, *((int(x * 16), int(y * 16)) for x, y in (first, last)), self._back, -1, cv2.LINE_AA, 4
            )
        return (picture * part + behind * (1 - part)).astype(np.uint8)

    def light_of_screen(self, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
        """As the portrait's own."""
        return self.face.light_of_screen(pose)


def borrower_in(stage: Stage, behind: np.ndarray, *, chair: bool = False) -> Film:
    """The demonstration borrower before ``behind``, swaying a little, doing what is asked."""
    puppet = Puppet(stage.models, stage.seed, screen=stage.screen())
    sway = float(stage.random.uniform(1, 8))
    puppet._borrower._rig = _Sitting(rig(stage.models, Scene()), behind, stage.random, sway, chair)
    return puppet.at


def shaken(film: Film, random: np.random.Generator, *, breathes: bool = False) -> Film:
    """The same by a camera that is not still: on a lap, or one whose focus hunts and changes the size of things."""
    phases, amount = random.uniform(0, 2 * np.pi, 3), random.uniform(2, 6)

    def seen(moment: Moment) -> np.ndarray:
        x, y, lean = np.sin(2 * np.pi * moment.time_s / np.array([1.9, 2.6, 3.7]) + phases)
        middle = (SIZE[0] / 2, SIZE[1] / 2)
        if breathes:
            matrix = cv2.getRotationMatrix2D(middle, 0, 1.01 + 0.01 * x)
        else:
            matrix = cv2.getRotationMatrix2D(middle, 0.3 * lean, 1.03)
            matrix[:, 2] += (amount * x, amount * y)
        return cv2.warpAffine(film(moment), matrix, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)

    return seen


# --- what is held up in a room ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """A thing with a face on it, in centimetres, and how large the face is on it; ``bezel`` in centimetres."""

    width: float
    height: float
    face: float
    bezel: float = 0.0


# A4 with a face as large as life; two screens as they are sold.
A4 = Shape(21.0, 29.7, 17.7)
TABLET = Shape(24.8, 17.9, 8.6, bezel=0.9)
TELEPHONE = Shape(7.4, 15.8, 6.2, bezel=0.25)
MONITOR = Shape(53.0, 31.0, 14.0, bezel=1.2)
_FACE_PIXELS = 222.0  # of the demonstration borrower in a frame of 480 rows
_FACE_AT = (320.0, 222.0)


class Held:
    """A shape before the camera in a room. ``move``: yaw, pitch, zoom and bow for a moment; ``hand``: 0 is a stand."""

    def __init__(
        self,
        stage: Stage,
        shape: Shape,
        film: Film,
        behind: np.ndarray,
        *,
        hand: float,
        paper: bool,
        move: Callable[[Moment], tuple[float, float, float, float]] = lambda _: (0.0, 0.0, 1.0, 0.0),
    ) -> None:
        random = stage.random
        self._film, self._behind, self._hand, self._move = film, behind, hand, move
        self._camera = Camera(random, screen=stage.screen(), noise=float(random.uniform(1.2, 2.5)))
        self._sends_back = 1.0 if paper else float(random.uniform(0.03, 0.08))
        self._phases = random.uniform(0, 2 * np.pi, 5)
        pixels = _FACE_PIXELS / shape.face
        self._half = np.array([shape.width, shape.height]) * pixels / 2
        self._bezel = round(shape.bezel * pixels)
        # So far away that a little of the room is seen around it, or that the face is not too small for the client.
        fits = float(random.uniform(0.84, 0.94)) * min(SIZE[0] / 2 / self._half[0], SIZE[1] / 2 / self._half[1])
        self._zoom = float(np.clip(fits, 0.62, 1.0))

    def __call__(self, moment: Moment) -> np.ndarray:
        yaw, pitch, zoom, bow = self._move(moment)
        picture, cover = self._mounted(self._film(moment))
        sway = self._hand * np.sin(2 * np.pi * moment.time_s / np.array([2.7, 3.9, 5.1, 2.2, 3.1]) + self._phases)
        yaw += 1.2 * float(sway[0])
        if bow > 0.01:
            picture, cover, yaw = bent(picture, yaw, bow), bent(cover, yaw, bow), 0.0
        matrix = held(yaw, pitch + float(sway[1]), float(sway[2]), zoom * self._zoom, (3 * sway[3], 3 * sway[4]))
        image, share = laid(picture, cover, matrix, self._behind)
        facing = max(0.0, float(np.cos(np.deg2rad(yaw)) * np.cos(np.deg2rad(pitch))))
        matt = share * facing * self._sends_back + (1 - share) * 0.05
        return self._camera.takes(image, matt.astype(np.float32), moment)

    def _mounted(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The part of the picture that is on the thing, its face in the middle; and where the thing is."""
        middle = np.array([SIZE[0] / 2, SIZE[1] / 2])
        shift = np.float32([[1, 0, middle[0] - _FACE_AT[0]], [0, 1, middle[1] - _FACE_AT[1]]])
        centred = cv2.warpAffine(picture, shift, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        first, last = (np.round(middle + sign * np.minimum(self._half, middle)).astype(int) for sign in (-1, 1))
        cover = np.zeros((SIZE[1], SIZE[0]), np.uint8)
        cover[first[1] : last[1], first[0] : last[0]] = 255
        if self._bezel:
            corner = (int(last[0]) - 1, int(last[1]) - 1)
            cv2.rectangle(centred, (int(first[0]), int(first[1])), corner, (18, 17, 17), 2 * self._bezel)
        return centred, cover


def _paper(stage: Stage) -> Film:
    picture = printed(still(stage.models, stage.random), stage.random)
    return lambda _: picture


def _obeying(stage: Stage) -> Film:
    """What a held screen shows: somebody who does what is asked, in a room of their own."""
    inside = borrower_in(stage, _any_room(stage))
    noise = Noise(stage.random, 0.5)
    return lambda moment: noise.over(inside(moment))


def _any_room(stage: Stage) -> np.ndarray:
    every = (*ROOMS, plain_room)
    return every[int(stage.random.integers(len(every)))](stage.random)


def _swing(stage: Stage, bow: float = 0.0) -> Callable[[Moment], tuple[float, float, float, float]]:
    turn, nod = float(stage.random.uniform(28, 50)), float(stage.random.uniform(15, 30))

    def move(moment: Moment) -> tuple[float, float, float, float]:
        yaw = {Action.TURN_LEFT: turn, Action.TURN_RIGHT: -turn}.get(moment.doing, 0.0) * moment.part
        pitch = {Action.NOD: -nod, Action.BLINK: 8.0, Action.OPEN_MOUTH: 10.0}.get(moment.doing, 0.0) * moment.part
        return yaw, pitch, 1.0, bow

    return move


def _hand(stage: Stage) -> float:
    return float(stage.random.uniform(0.5, 1.2))


def _sheet(stage: Stage, **more: Any) -> Film:
    return Held(stage, A4, _paper(stage), _any_room(stage), hand=_hand(stage), paper=True, **more)


def _screen(stage: Stage, shape: Shape, *, stands: bool = False) -> Film:
    hand = 0.0 if stands else _hand(stage)
    return Held(stage, shape, _obeying(stage), _any_room(stage), hand=hand, paper=False)


# By kind: what is filmed. In the first group the note belongs, in the second it does not.
EDGES: dict[str, Callable[[Stage], Film]] = {
    "sheet held still": _sheet,
    "sheet swung with the actions": lambda s: _sheet(s, move=_swing(s)),
    "sheet bent and swung": lambda s: _sheet(s, move=_swing(s, bow=0.6)),
    "tablet in the hand, obeying": lambda s: _screen(s, TABLET),
    "telephone in the hand, obeying": lambda s: _screen(s, TELEPHONE),
    "monitor on its stand, obeying": lambda s: _screen(s, MONITOR, stands=True),
    "tablet on a stand, obeying": lambda s: _screen(s, TABLET, stands=True),
}
NO_EDGES: dict[str, Callable[[Stage], Film]] = {
    "before a door": lambda s: borrower_in(s, door(s.random)),
    "before a picture": lambda s: borrower_in(s, framed_picture(s.random)),
    "before a window": lambda s: borrower_in(s, window(s.random)),
    "before shelves": lambda s: borrower_in(s, shelves(s.random)),
    "on a chair with a high back": lambda s: borrower_in(s, _any_room(s), chair=True),
    "camera on a lap": lambda s: shaken(borrower_in(s, _any_room(s)), s.random),
    "camera whose focus hunts": lambda s: shaken(borrower_in(s, _any_room(s)), s.random, breathes=True),
}
