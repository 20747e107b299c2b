"""How the demonstration borrower looks and where they sit: light, window, glasses, skin, distance; all simulated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.demonstration.linear_light import to_light, to_picture
from loanapp.demonstration.mesh_warp import Floats, Image8, blurred, filled

ToFrame = Callable[[float, float], tuple[float, float]]

# The person in the portrait, drawn by hand around hair, neck, collar and suit; portrait pixels.
_PERSON: Final = (
    *((154, 78), (160, 58), (178, 44), (196, 25), (220, 16), (242, 16), (264, 25), (286, 41), (298, 62), (302, 88)),
    *((299, 108), (289, 123), (276, 133), (264, 150), (257, 170), (276, 185), (296, 206), (305, 232), (330, 248)),
    *((344, 270), (354, 304), (366, 346), (400, 343), (450, 360), (490, 410), (500, 512), (20, 512), (22, 410)),
    *((42, 300), (60, 262), (92, 236), (115, 210), (120, 182), (140, 158), (168, 148), (186, 150), (184, 136)),
    *((176, 124), (163, 114), (155, 96)),
)
_NECK: Final = ((186, 140), (258, 140), (256, 178), (246, 188), (206, 188), (190, 176))
_EARS: Final = ((178, 126), (272, 130))
_EAR_RADIUS: Final = 8.0
# Landmark numbers of the mesh.
_OVAL: Final = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_EYES: Final = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_INNER_LIPS: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
_TEMPLES: Final = (127, 356)
# What a darker skin reflects of each colour, as a power of the whole: blue is swallowed first (blue, green, red).
_SKIN_POWERS: Final = (1.25, 1.08, 0.88)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a variation of the borrower looks like; the defaults are the portrait as it is, in front of a laptop.

    ``nearness``: 1 is arm's length, .5 m; the face's size goes with it, .6 is far and 1.3 near. ``place``: how far the
    face sits from its usual place in the frame, shares of the frame to the right and down. ``facing``: degrees of yaw
    and pitch at rest, as with a camera at the side or below. ``window``: light of a window behind, in parts of what is
    full white for the camera (0: none; 1.5: a bright day, which also darkens the rest as exposure does). ``uneven``:
    0 to 1, how much less light falls on the person's right side than on the left. ``warmth``: -1 to 1, bluish daylight
    to a warm bulb. ``skin``: reflectance of the skin against the portrait's own, .2 to 1.3. ``glasses``: thin frames
    with lenses that mirror a little of the screen.
    """

    nearness: float = 1.0
    place: tuple[float, float] = (0.0, 0.0)
    facing: tuple[float, float] = (0.0, 0.0)
    window: float = 0.0
    uneven: float = 0.0
    warmth: float = 0.0
    skin: float = 1.0
    glasses: bool = False


def person_mask(size: tuple[int, int], to_frame: ToFrame, softness: float) -> Floats:
    """1 on the person, 0 on what is behind, (h, w); ``softness`` is the blur of the edge in pixels."""
    outline = np.array([to_frame(x, y) for x, y in _PERSON], np.float32)
    mask = filled((size[1], size[0]), outline, np.zeros(2, np.float32))
    return blurred(mask, max(softness, 0.5))


def lit(picture: Image8, scene: Scene, face: Floats, to_frame: ToFrame) -> Image8:
    """The enlarged portrait under the scene's light and with its skin; ``face`` holds the mesh's points in it.

    A window makes the camera expose for it: the whole picture gets darker as it gets brighter.
    """
    if scene.skin == 1.0 and not (scene.window or scene.uneven or scene.warmth):
        return picture
    light = to_light(picture)
    size = picture.shape[1], picture.shape[0]
    if scene.skin != 1.0:
        factors = np.array([scene.skin**power for power in _SKIN_POWERS], np.float32)
        light *= 1 + skin_mask(picture, face, to_frame)[..., None] * (factors - 1)
    if scene.uneven:
        light *= ambient(size, scene, face)[..., None]
    if scene.warmth:
        light *= np.array([1 - 0.35 * scene.warmth, 1 - 0.04 * scene.warmth, 1 + 0.22 * scene.warmth], np.float32)
    if scene.window:
        _open_window(light, scene.window, person_mask(size, to_frame, 1.5))
    return to_picture(light)


def ambient(size: tuple[int, int], scene: Scene, face: Floats) -> Floats:
    """The room's light on each part of the frame (h, w), 1 where nothing takes from it."""
    width, height = size
    x = face[:, 0]
    ramp = np.clip((np.arange(width, dtype=np.float32) - x.min()) / max(float(np.ptp(x)), 1.0), 0, 1)
    return np.tile((1 - scene.uneven * (1 - ramp)).astype(np.float32), (height, 1))


def skin_mask(picture: Image8, face: Floats, to_frame: ToFrame) -> Floats:
    """1 on skin, (h, w): face without eyes and teeth, ears and neck, where the colour is that of skin."""
    shape, origin = picture.shape[:2], np.zeros(2, np.float32)
    scale = to_frame(1, 0)[0] - to_frame(0, 0)[0]
    region = filled(shape, face[list(_OVAL)], origin)
    region = np.maximum(region, filled(shape, np.array([to_frame(*point) for point in _NECK], np.float32), origin))
    for ear in _EARS:
        x, y = to_frame(*ear)
        spot = np.zeros(shape, np.uint8)
        cv2.circle(spot, (round(x), round(y)), round(_EAR_RADIUS * scale), 255, -1, cv2.LINE_AA)
        region = np.maximum(region, np.asarray(spot / 255, np.float32))
    for hole in (*_EYES, _INNER_LIPS):
        region = region * (1 - filled(shape, face[list(hole)], origin))
    luma, red, blue = (np.asarray(part, np.float32) for part in cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb)))
    # Hair of this portrait is yellower and darker than its skin.
    alike = np.clip((red - blue - 14) / 10, 0, 1) * np.clip((luma - 70) / 40, 0, 1)
    return blurred(np.asarray(region * alike, np.float32), 1.2 * scale)


def _open_window(light: Floats, strength: float, person: Floats) -> None:
    """A bright pane over most of what is behind, blurred at its frame; and the exposure it brings about. In place."""
    height, width = light.shape[:2]
    pane = np.zeros((height, width), np.float32)
    pane[: int(height * 0.82), int(width * 0.06) : int(width * 0.94)] = strength
    pane = blurred(pane, width / 60) * (1 - person)
    light += pane[..., None] * np.array([1.0, 0.97, 0.94], np.float32)
    # Stray light in a cheap lens, and half of the way to an even exposure.
    light += np.float32(0.03 * strength)
    light *= np.float32(1 / (1 + 0.7 * strength))


def glasses_layer(size: tuple[int, int], face: Floats) -> tuple[Floats, Floats]:
    """Frames as colour times cover and cover (h, w, 4; BGR 0..255), and where lenses mirror the screen (h, w; 0..1)."""
    width, height = size
    cover, mirror = np.zeros((height, width), np.uint8), np.zeros((height, width), np.float32)
    eyes = [face[list(eye), :2].mean(axis=0) for eye in _EYES]
    apart = float(np.linalg.norm(eyes[1] - eyes[0]))
    thick = max(1, round(apart * 0.03))
    radii = (round(apart * 0.43 * 16), round(apart * 0.34 * 16))
    for eye, temple, way in zip(eyes, _TEMPLES, (-1, 1), strict=True):
        middle = eye + np.array([0, apart * 0.08], np.float32)
        at = tuple(int(value) for value in np.round(middle * 16))
        cv2.ellipse(cover, (at[0], at[1]), radii, 0, 0, 360, 255, thick, cv2.LINE_AA, 4)
        hinge = middle + np.array([way * apart * 0.42, -apart * 0.06], np.float32)
        _line(cover, hinge, face[temple, :2], thick)
        spot = middle + np.array([way * apart * 0.14, -apart * 0.16], np.float32)
        glint = np.zeros((height, width), np.uint8)
        cv2.ellipse(
            glint, (int(spot[0]), int(spot[1])), (round(apart * 0.13), round(apart * 0.07)), 12, 0, 360, 255, -1
        )
        mirror = np.maximum(mirror, blurred(np.asarray(glint / 255, np.float32), apart * 0.02))
    inner = [eye + np.array([way * apart * 0.43, 0], np.float32) for eye, way in zip(eyes, (1, -1), strict=True)]
    _line(cover, inner[0], inner[1], thick)
    part = np.asarray(cover / 255, np.float32)[..., None]
    colour = np.array([38, 34, 36], np.float32)
    return np.concatenate([colour * part, part], axis=2).astype(np.float32), mirror


def _line(cover: Image8, start: Floats, end: Floats, thick: int) -> None:
    first, last = (tuple(int(value) for value in np.round(point[:2] * 16)) for point in (start, end))
    cv2.line(cover, (first[0], first[1]), (last[0], last[1]), 255, thick, cv2.LINE_AA, 4)
