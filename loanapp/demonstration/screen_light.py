"""The light of the screen on the person in front of it, and how a camera sees it: a simulation in linear light.

What is assumed. A laptop's screen of .31 x .17 m and 250-300 cd/m2 under its camera, half a metre from the face, gives
some 30-65 lux of white; a lit room gives 200-500 on a face at a desk. So white adds 8 to 25 % to the room's light; less
by day beside a window, more in the evening or before a large monitor. Skin, hair and cloth are matt (Lambert's law);
light falls with the square of the distance; the wall is two metres away. A part does not shade another, and no light
goes round by the walls. A camera shows a change 60 to 150 ms after the screen, integrates over its exposure, and
follows half of the way with its exposure and a little with its white balance.
"""

import math
from collections import deque
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from loanapp.demonstration.linear_light import brightened, to_light, to_picture
from loanapp.demonstration.mesh_warp import Floats, Image8, blurred, depth_map
from loanapp.domain.liveness import FlashColour
from loanapp.vision.flash_colours import screen_colour

STEP: Final = 4
"""Light is worked out for every fourth pixel: it changes slowly over a face."""

# Metres; the camera is the origin, x to its right, y down, z away from it.
_FACE_AT: Final = (0.0, 0.0, 0.5)
_SCREEN: Final = ((-0.1, 0.05, 0.0), (0.1, 0.05, 0.0), (-0.1, 0.14, 0.0), (0.1, 0.14, 0.0))
_BETWEEN_OUTER_EYE_CORNERS: Final = 0.09
_BODY_BEHIND: Final = 0.08
_WALL_BEHIND: Final = 1.5
_HAIR: Final = 0.6  # much of what falls into hair stays there
# What the page shows when no colour does: text and preview on a light ground, as a share of white's light.
_PAGE: Final = 0.4
# A lens mirrors about 6 % of the screen itself. Its light, spread over a face as 1, is that of a screen some nine times
# as bright as paper which it lights: L d2 / (L A) * pi with .25 m2 over .053 m2 is 15, less the slant.
_MIRROR: Final = 0.6
_EXPOSURE_S: Final = 0.04  # with the screen's own slowness
_KEPT_S: Final = 2.0


def emitted(colour: FlashColour | None) -> Floats:
    """Blue, green and red light of the screen, 0 to 1 of its white."""
    if colour is None:
        return np.full(3, _PAGE, np.float32)
    red, green, blue = (value / 255 for value in screen_colour(colour))
    return np.array([_decoded(value) for value in (blue, green, red)], np.float32)


def _decoded(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


class ScreenTrail:
    """What the screen showed when, and what a camera that lags behind sees of it."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._shown: deque[tuple[float, Floats]] = deque([(-math.inf, emitted(None))])

    def show(self, colour: FlashColour | None, now_s: float) -> None:
        """From ``now_s`` the screen shows this."""
        self._shown.append((now_s, emitted(colour)))

    def seen(self, now_s: float) -> Floats:
        """Light of the screen (blue, green, red) in the frame of ``now_s``, beyond that of the page."""
        end = now_s - self._latency_s
        start = end - _EXPOSURE_S
        while len(self._shown) > 1 and self._shown[1][0] < start - _KEPT_S:
            self._shown.popleft()
        light, until = np.zeros(3, np.float32), end
        for since, emission in reversed(self._shown):
            share = max(0.0, until - max(since, start)) / _EXPOSURE_S
            light += np.float32(share) * emission
            until = min(until, since)
            if until <= start:
                break
        return light - emitted(None)


class Exposure:
    """A camera that keeps its picture even: gains (blue, green, red) that follow the light, only part of the way."""

    def __init__(self, *, strength: float = 0.5, balance: float = 0.15) -> None:
        """``strength`` is how much of a change of brightness it makes up for, ``balance`` how much of one of colour."""
        self._strength, self._balance = strength, balance
        self._gains = np.ones(3, np.float32)
        self._last_s: float | None = None

    @property
    def settled(self) -> bool:
        """Whether the gains are those of the room alone."""
        return bool(np.abs(self._gains - 1).max() < 0.002)

    def follow(self, brightening: Floats, now_s: float) -> Floats:
        """Gains for the frame of ``now_s``, whose channels are ``brightening`` (3,) times their usual mean."""
        wanted = -np.log(np.maximum(brightening, 0.05))
        level = float(wanted @ np.array([0.114, 0.587, 0.299], np.float32))
        passed = 0.0 if self._last_s is None else max(0.0, now_s - self._last_s)
        self._last_s = now_s
        level_now = float(np.log(self._gains) @ np.array([0.114, 0.587, 0.299], np.float32))
        tint_now = np.log(self._gains) - level_now
        level_now += (self._strength * level - level_now) * (1 - math.exp(-passed / 0.7))
        tint_now += (self._balance * (wanted - level) - tint_now) * (1 - math.exp(-passed / 2.0))
        self._gains = np.exp(level_now + tint_now).astype(np.float32)
        return self._gains


class Relief:
    """The person in depth, for every :data:`STEP`-th pixel of the frame, and what light of the screen falls where."""

    def __init__(
        self, points: Floats, triangles: NDArray[np.int32], *, person: Floats, head: Floats, face: Floats, room: Floats
    ) -> None:
        """``points`` (n, 3) are the mesh with the head's outline, pixels of the frame and their depth.

        The other maps are (H, W): ``person`` is 1 on the person, ``head`` where the picture turns with the head,
        ``face`` inside the mesh; ``room`` is the room's own light, against which the screen's is measured.
        """
        height, width = person.shape
        shape = (height // STEP, width // STEP)
        self._person, self._head, skin, self._room = (
            np.asarray(cv2.resize(mask, shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
            for mask in (person, head, face, room)
        )
        apart = float(np.linalg.norm(points[263, :2] - points[33, :2]))
        metres = _BETWEEN_OUTER_EYE_CORNERS / apart
        middle = points[:468].mean(axis=0)
        depth = np.asarray(
            depth_map(np.asarray(points / STEP, np.float32), triangles, shape) * STEP - middle[2], np.float32
        )
        depth = blurred(np.asarray(np.minimum(depth, 0.1 / metres), np.float32), 1.5)
        slope_y, slope_x = np.gradient(depth / STEP)
        # Out of the surface, towards the camera: against the depth that grows away from it.
        normal = np.dstack([slope_x, slope_y, -np.ones_like(depth)])
        x, y = np.meshgrid(np.arange(shape[1]) * STEP - middle[0], np.arange(shape[0]) * STEP - middle[1])
        self._reach = np.asarray(skin + (1 - skin) * np.where(self._head > 0.05, _HAIR, 1.0), np.float32)
        body = np.asarray(metres * np.dstack([x, y, np.full_like(depth, _BODY_BEHIND / metres)]), np.float32)
        self._place = np.asarray(metres * np.dstack([x, y, depth]), np.float32)
        self._normal = np.asarray(normal / np.linalg.norm(normal, axis=2, keepdims=True), np.float32)
        self._still = _falling(body, np.broadcast_to(np.array([0, -0.35, -0.94], np.float32), body.shape))
        ahead = np.array([0, 0, -1], np.float32)
        wall = body + np.array([0, 0, _WALL_BEHIND - _BODY_BEHIND], np.float32)
        self._wall = _falling(wall, np.broadcast_to(ahead, wall.shape))
        self._full = float(_falling(np.zeros((1, 1, 3), np.float32), ahead.reshape(1, 1, 3)).item())
        columns, rows = np.flatnonzero(self._head.any(axis=0)), np.flatnonzero(self._head.any(axis=1))
        self._area = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)

    def light(self, yaw: float, pitch: float) -> Floats:
        """Light of a white screen on each place of the portrait (h, w), its head turned by degrees; the face's is 1."""
        area = self._area
        turn = _rotation(yaw, pitch)
        turned = _falling(self._place[area] @ turn.T, self._normal[area] @ turn.T)
        lit = self._still.copy()
        head = self._head[area]
        lit[area] = lit[area] * (1 - head) + turned * head
        lit = lit * self._reach * self._person + self._wall * (1 - self._person)
        return np.asarray(lit / (self._full * np.maximum(self._room, 0.05)), np.float32)


def shine(
    picture: Image8, matt: Floats, mirrored: Floats, *, added: Floats, exposure: Exposure, now_s: float
) -> Image8:
    """``picture`` with the screen's light in it, as a camera with ``exposure`` shows it.

    ``matt`` and ``mirrored`` (h, w) come from the rig; ``added`` (3,): blue, green and red light of the screen beyond
    the page's, in parts of the room's light on the face.
    """
    factor = np.maximum(1 + matt[..., None] * added, 0)
    sample = to_light(np.ascontiguousarray(picture[::STEP, ::STEP])[: matt.shape[0], : matt.shape[1]])
    usual = sample.mean(axis=(0, 1))
    now = (sample * factor).mean(axis=(0, 1))
    gains = exposure.follow(np.asarray(now / np.maximum(usual, 1e-4), np.float32), now_s)
    shining = brightened(picture, np.asarray(factor * gains, np.float32))
    rows, columns = np.flatnonzero(mirrored.any(axis=1)), np.flatnonzero(mirrored.any(axis=0))
    if rows.size:
        place = slice(rows[0] * STEP, (rows[-1] + 1) * STEP), slice(columns[0] * STEP, (columns[-1] + 1) * STEP)
        glint = mirrored[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1, None] * (_MIRROR * added * gains)
        patch = shining[place]
        light = to_light(patch) + _enlarged(np.asarray(glint, np.float32), (patch.shape[1], patch.shape[0]))
        shining[place] = to_picture(light)
    return shining


def _enlarged(small: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _rotation(yaw: float, pitch: float) -> Floats:
    """Turn of the head as the rig turns it: to the own left, which is the picture's right, and up."""
    a, b = math.radians(yaw), math.radians(-pitch)
    about_y = np.array([[math.cos(a), 0, -math.sin(a)], [0, 1, 0], [math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    return np.asarray(about_x @ about_y, np.float32)


def _falling(place: Floats, normal: Floats) -> Floats:
    """Light of the screen on surfaces (h, w, 3) about the face's middle: Lambert's law at both ends, 1 / distance2."""
    lit = np.zeros(place.shape[:2], np.float32)
    across, down, away = (np.ascontiguousarray(place[..., axis], np.float32) for axis in range(3))
    normals = [np.ascontiguousarray(normal[..., axis], np.float32) for axis in range(3)]
    for spot in _SCREEN:
        x, y, z = (np.float32(spot[axis] - _FACE_AT[axis]) for axis in range(3))
        to_x, to_y, to_z = x - across, y - down, z - away
        squared = to_x * to_x + to_y * to_y + to_z * to_z
        facing = np.maximum(to_x * normals[0] + to_y * normals[1] + to_z * normals[2], 0)
        lit += facing * np.maximum(-to_z, 0) / (squared * squared)
    return lit
