"""What a camera sees of paper and of screens held before it: a simulation in linear light.

A sheet is flat or bent round an upright axis and matt: all of it looks the same way, so the computer's screen lights it
evenly, at arm's length about as much as a face. A held-up screen emits its own picture; of the computer's screen its
glass sends back little, and evenly. What is behind both is a room, hardly lit.
"""

import cv2
import numpy as np

from loanapp.demonstration.linear_light import to_light, to_picture
from loanapp.demonstration.screen_light import STEP, Exposure, ScreenTrail, shine
from tests.evaluation.script import Moment

SIZE = (640, 480)
_FOCAL = 700.0


class Camera:
    """Lag, exposure and noise of the camera that looks at an attack; ``screen`` as for the demonstration borrower."""

    def __init__(self, random: np.random.Generator, *, screen: float, noise: float) -> None:
        self._trail, self._exposure = ScreenTrail(float(random.uniform(0.06, 0.15))), Exposure()
        self._screen, self._noise = screen, Noise(random, noise)
        self._shown = None

    def takes(self, picture: np.ndarray, matt: np.ndarray, moment: Moment) -> np.ndarray:
        """The frame: ``matt`` (h, w) of every fourth pixel says how much of the computer's light comes back."""
        if moment.colour is not self._shown:
            self._trail.show(moment.colour, moment.time_s)
            self._shown = moment.colour
        seen = self._trail.seen(moment.time_s) * np.float32(self._screen)
        if seen.any() or not self._exposure.settled:
            nothing = np.zeros_like(matt)
            picture = shine(picture, matt, nothing, added=seen, exposure=self._exposure, now_s=moment.time_s)
        return self._noise.over(picture)


class Noise:
    """The noise of a sensor: one large field, taken from another place each time."""

    def __init__(self, random: np.random.Generator, sigma: float) -> None:
        self._random, self._sigma = random, sigma
        shape = (SIZE[1] + 64, SIZE[0] + 64, 3)
        self._field = np.rint(random.normal(0, sigma, shape)).astype(np.int16) if sigma else None

    def over(self, picture: np.ndarray) -> np.ndarray:
        """The picture with noise."""
        if self._field is None:
            return picture
        left, top = self._random.integers(0, 64, 2)
        return cv2.add(picture, self._field[top : top + SIZE[1], left : left + SIZE[0]], dtype=cv2.CV_8U)


def room(random: np.random.Generator) -> np.ndarray:
    """What is behind: a wall with a gradient and a few things out of focus."""
    width, height = SIZE
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    base = random.uniform(90, 170) + random.uniform(-25, 25) * x + random.uniform(-25, 25) * y
    picture = np.dstack([base + random.uniform(-12, 12) for _ in range(3)]).astype(np.float32)
    for _ in range(6):
        left, top = int(random.integers(0, width)), int(random.integers(0, height))
        size = int(random.integers(30, 200)), int(random.integers(30, 200))
        picture[top : top + size[1], left : left + size[0]] += random.uniform(-60, 40, 3).astype(np.float32)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 6), 0, 255).astype(np.uint8)


def printed(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A print of a picture: less contrast, paper white, ink black, the printer's colours."""
    light = to_light(picture) * random.uniform(0.75, 0.92) + random.uniform(0.015, 0.04)
    return to_picture((light * random.uniform(0.94, 1.06, 3)).astype(np.float32))


def bent(picture: np.ndarray, yaw: float, bow: float) -> np.ndarray:
    """A sheet bent round an upright axis, turned by ``yaw`` degrees; ``bow``: half its angle in radians, 0 is flat."""
    height, width = picture.shape[:2]
    along = np.linspace(-1, 1, 801) * width / 2
    if bow > 0.01:
        radius = width / 2 / bow
        x, z = radius * np.sin(along / radius), radius * (1 - np.cos(along / radius))
    else:
        x, z = along, np.zeros_like(along)
    a = np.deg2rad(yaw)
    x, z = x * np.cos(a) - z * np.sin(a), z * np.cos(a) + x * np.sin(a)
    shown = _FOCAL * x / (_FOCAL + z)
    # What has turned away is hidden by what is before it: take the part of the columns that runs rightwards.
    rising = np.r_[True, np.diff(shown) > 1e-6]
    columns = np.arange(width) - width / 2
    source = np.interp(columns, shown[rising], along[rising], left=-9e3, right=9e3)
    depth = np.interp(columns, shown[rising], z[rising])
    rows = np.arange(height)[:, None] - height / 2
    map_y = rows * (1 + depth / _FOCAL)[None, :] + height / 2
    map_x = np.broadcast_to(source[None, :] + width / 2, map_y.shape)
    return cv2.remap(
        picture, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )


def held(yaw: float, pitch: float, roll: float, zoom: float, shift: tuple[float, float]) -> np.ndarray:
    """The perspective (3, 3) of a flat thing as large as the frame, held with these degrees before the camera."""
    width, height = SIZE
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float64) * [width / 2, height / 2, 0]
    a, b, c = np.deg2rad([yaw, -pitch, roll])
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    nod = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    lean = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    at = corners @ (nod @ turn @ lean).T
    shown = at[:, :2] * zoom * _FOCAL / (_FOCAL + at[:, 2:]) + [width / 2 + shift[0], height / 2 + shift[1]]
    flat = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    return cv2.getPerspectiveTransform(flat, shown.astype(np.float32))


def laid(
    picture: np.ndarray, cover: np.ndarray, matrix: np.ndarray, behind: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """``picture`` seen through ``matrix`` over what is behind, and its share of each fourth pixel (h, w)."""
    shown = cv2.warpPerspective(picture, matrix, SIZE, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(cover, matrix, SIZE, flags=cv2.INTER_LINEAR)
    if mask.all():
        image = shown
    else:
        part = (mask.astype(np.float32) / 255)[..., None]
        image = (shown * part + behind * (1 - part)).astype(np.uint8)
    small = cv2.resize(mask, (SIZE[0] // STEP, SIZE[1] // STEP), interpolation=cv2.INTER_AREA)
    return image, small.astype(np.float32) / 255


class HeldScreen:
    """A tablet, a telephone or a monitor that plays pictures before the camera."""

    def __init__(self, random: np.random.Generator, *, bezel: bool) -> None:
        self._random = random
        self._cast = random.uniform(0.93, 1.07, 3).astype(np.float32) * random.uniform(0.85, 1.1)
        self._black = float(random.uniform(0.004, 0.015))  # the room in the glass
        self._sends_back = float(random.uniform(0.03, 0.08))
        self._soft = float(random.uniform(0.6, 1.1))
        self._room = room(random)
        self._zoom = float(random.uniform(0.78, 0.9)) if bezel else 1.06
        self._border = 14 if bezel else 0
        self._still = random.uniform(-1, 1, 4) * [2.0, 2.0, 1.5, 6.0]
        width, height = SIZE
        # The camera's grid over that of the screen: a weak, slow pattern.
        x, y = np.meshgrid(np.arange(width), np.arange(height))
        pitch = random.uniform(5, 14, 2)
        wave = np.sin(2 * np.pi * (x / pitch[0] + 0.2 * y / pitch[1]))
        self._filter = ((1 + float(random.uniform(0.004, 0.015)) * wave)[..., None] * self._cast).astype(np.float32)

    def shows(self, picture: np.ndarray, time_s: float) -> tuple[np.ndarray, np.ndarray]:
        """The frame with the screen in it, and how much of the computer's light each fourth pixel sends back."""
        light = cv2.multiply(to_light(picture), self._filter)
        emitted = cv2.GaussianBlur(to_picture(light + np.float32(self._black)), (0, 0), self._soft)
        if self._border:
            emitted = cv2.rectangle(emitted, (0, 0), (SIZE[0] - 1, SIZE[1] - 1), (16, 15, 15), 2 * self._border)
        sway = self._still + 0.3 * np.sin(time_s * np.array([1.1, 1.7, 0.8, 1.3]))
        matrix = held(sway[0], sway[1], sway[2], self._zoom, (float(sway[3]), 2.0))
        cover = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
        image, share = laid(emitted, cover, matrix, self._room)
        return image, share * self._sends_back + (1 - share) * 0.05
