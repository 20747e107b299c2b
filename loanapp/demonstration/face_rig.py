"""A portrait that can move: its own face mesh is turned in depth, and the picture follows triangle by triangle.

Everything that costs time is done once: for a handful of key poses the displacement of every pixel is worked out by
drawing the turned triangles far to near. A frame then only blends the two nearest keys and resamples the picture.
Coordinates are pixels of the frame that is to be filled; left and right are the person's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from loanapp.demonstration.mesh_warp import Floats, Image8, blurred, displacement, filled, taken_from, triangulate
from loanapp.demonstration.portrait import load_portrait
from loanapp.demonstration.scene import Scene, ambient, glasses_layer, lit, person_mask
from loanapp.demonstration.screen_light import STEP, Relief
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.models import FaceModels

# Where the face of the 512 px portrait is, and how much of the frame it takes: as in front of a laptop.
_FACE_MIDDLE: Final = (224.0, 118.0)
_SCALE_AT_480: Final = 1.75
_FACE_HEIGHT_IN_FRAME: Final = 0.46
# Outline, in portrait pixels, beyond which nothing moves: hair at top and sides, collar below.
_OUTLINE_MIDDLE: Final = (226.0, 110.0)
_OUTLINE_RADII: Final = (90.0, 104.0)
_OUTLINE_POINTS: Final = 40
_OUTLINE_DEPTH: Final = 60.0
# Depth of the axes of turning behind the eye corners, in portrait pixels: the face swings, the hair hardly does.
_YAW_AXIS: Final = 20.0
_PITCH_AXIS: Final = 24.0
_RIM: Final = 0.1
YAW_LIMIT: Final = 36.0
PITCH_LIMIT: Final = 26.0
_YAW_KEYS: Final = tuple(np.linspace(-YAW_LIMIT, YAW_LIMIT, 13))
_PITCH_KEYS: Final = tuple(np.linspace(-PITCH_LIMIT, PITCH_LIMIT, 9))
_SHUT_KEYS: Final = (0.0, 0.35, 0.7, 1.0)
_MOUTH_KEYS: Final = (0.0, 0.33, 0.67, 1.0)
_JAW_DROP: Final = 25.0  # portrait pixels at the widest
_CHIN_SHARE: Final = 0.82
_CORNER_SHARE: Final = 0.18
_LIP_ROUND: Final = 3.5
_CORNERS_IN: Final = 0.14
_JAW_IN: Final = 0.1
_SHADOW: Final = 0.75
_DARK: Final = (10, 8, 18)  # inside of a mouth, BGR
_TONGUE: Final = (62, 56, 120)
_TEETH_SHORTER: Final = 0.22  # the lower edge of what shows between smiling lips is lip, not tooth

# Landmark numbers of the mesh, from the outer corner of each eye or the right corner of the mouth onwards.
_UPPER_LIDS: Final = ((33, 246, 161, 160, 159, 158, 157, 173, 133), (263, 466, 388, 387, 386, 385, 384, 398, 362))
_LOWER_LIDS: Final = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (263, 249, 390, 373, 374, 380, 381, 382, 362))
_CREASES: Final = ((247, 30, 29, 27, 28, 56, 190), (467, 260, 259, 257, 258, 286, 414))
_UPPER_INNER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_LOWER_INNER: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_LOWER_LIP_ROWS: Final = (
    _LOWER_INNER[1:-1],
    (96, 89, 179, 86, 15, 316, 403, 319, 325),
    (77, 90, 180, 85, 16, 315, 404, 320, 307),
    (146, 91, 181, 84, 17, 314, 405, 321, 375),
)
_CHIN: Final = 152
_JAW: Final = (136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365)
_CORNERS: Final = (61, 291, 62, 292, 76, 306, 78, 308)


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees for ``yaw`` (to the own left), ``pitch`` (up), ``roll``; pixels for ``shift``; 0 to 1 for the rest."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    shut: float = 0.0
    mouth: float = 0.0


# The portrait looks a little down and leans; at rest the head is held straight, as in front of a screen.
_REST_PITCH: Final = 7.0
_REST_ROLL: Final = -2.5


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """A part of the frame, and for each key the way from each of its pixels to where it is taken from."""

    left: int
    top: int
    keys: tuple[float, ...]
    fields: list[Floats]

    @property
    def area(self) -> tuple[slice, slice]:
        height, width = self.fields[0].shape[:2]
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def field(self, value: float) -> Floats:
        """Blend of the two keys around ``value``."""
        value = min(max(value, self.keys[0]), self.keys[-1])
        upper = min(int(np.searchsorted(self.keys, value, side="right")), len(self.keys) - 1)
        low, high = self.keys[upper - 1], self.keys[upper]
        part = (value - low) / (high - low)
        return np.asarray(
            cv2.addWeighted(self.fields[upper - 1], 1 - part, self.fields[upper], part, 0),
            np.float32,
        )


class FaceRig:
    """Renders the portrait in any :class:`Pose`; building takes about half a second, a frame a few milliseconds."""

    def __init__(self, size: tuple[int, int], models: FaceModels | None = None, scene: Scene | None = None) -> None:
        """Frames of ``size`` (width, height); raises :class:`LoanAppError` with ``ASSET_MISSING`` or ``_DAMAGED``."""
        self._size = size
        self._scene = scene or Scene()
        self._scale = _SCALE_AT_480 * min(size[1] / 480, size[0] / 640) * self._scene.nearness
        self._base = self._enlarge(load_portrait())
        faces = FaceMesh(models or FaceModels.load()).find(self._base)
        if not faces:
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset="astronaut.png")
        self._face = np.asarray(faces[0].landmarks[:468], np.float32)
        self._points = np.vstack([self._face, self._outline()]).astype(np.float32)
        self._triangles = triangulate(self._points)
        whole = self._box(np.arange(len(self._points)), 2)
        self._yaw = self._window(whole, _YAW_KEYS, lambda degrees: self._turned(degrees, _REST_PITCH))
        self._pitch = self._window(whole, _PITCH_KEYS, lambda degrees: self._turned(0.0, degrees + _REST_PITCH))
        self._rest = self._pitch.field(0.0)
        self._eyes = [self._eye_window(side) for side in (0, 1)]
        self._mouth = self._window(self._mouth_box(), _MOUTH_KEYS, self._opened, skip=_UPPER_INNER + _LOWER_INNER)
        self._shades = [self._shade(value) for value in _MOUTH_KEYS]
        height, width = self._yaw.fields[0].shape[:2]
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        self._grid = np.dstack([x + self._yaw.left, y + self._yaw.top]).astype(np.float32)
        self._follow = self._softness()
        self._around = (self._grid - self._face.mean(axis=0)[:2])[..., ::-1] * np.array([1, -1], np.float32)
        # Found in the portrait as it is, whatever the light of the scene.
        self._base = lit(self._base, self._scene, self._face, self._to_frame)
        self._glasses = glasses_layer(size, self._face) if self._scene.glasses else None
        self._placed: tuple[Pose, Floats] | None = None
        self._relief = self._in_depth()

    def render(self, pose: Pose) -> Image8:
        """A new BGR frame of the rig's size."""
        frame = self._base.copy()
        if pose.shut > 0.01:
            for side, eye in enumerate(self._eyes):
                _resample(frame, eye, pose.shut)
                self._draw_lashes(frame, side, pose.shut)
        if pose.mouth > 0.01:
            _resample(frame, self._mouth, pose.mouth)
            self._shade_mouth(frame, pose.mouth)
        if self._glasses is not None:
            layer = self._glasses[0]
            frame[self._yaw.area] = _laid_over(frame[self._yaw.area], layer[self._yaw.area])
        frame[self._yaw.area] = taken_from(frame, self._source(pose))
        return frame

    def light_of_screen(self, pose: Pose) -> tuple[Floats, Floats]:
        """What a white screen adds where, for every fourth pixel (h, w): matt, against the room's light, and mirrored.

        The first is 1 for a patch of skin in the middle of the face that looks at the camera at arm's length.
        """
        height, width = self._size[1] // STEP, self._size[0] // STEP
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        source = np.dstack([x, y])
        area = tuple(slice(-(-part.start // STEP), -(-part.stop // STEP)) for part in self._yaw.area)
        first = tuple(part.start * STEP - whole.start for part, whole in zip(area, self._yaw.area, strict=True))
        place = self._source(pose)[first[0] :: STEP, first[1] :: STEP] / STEP
        rows, columns = area[0].start, area[1].start
        source[rows : rows + place.shape[0], columns : columns + place.shape[1]] = place[
            : height - rows, : width - columns
        ]
        nearness = np.float32(self._scene.nearness**2)
        matt = self._relief.light(pose.yaw, pose.pitch + _REST_PITCH) * nearness
        return _moved(matt, source), _moved(self._mirror, source) * nearness

    def _source(self, pose: Pose) -> Floats:
        """Where each pixel of the moving part (h, w, 2) is taken from; kept for the light of the same pose."""
        if self._placed is not None and self._placed[0] is pose:
            return self._placed[1]
        source = np.asarray(self._grid + self._yaw.field(pose.yaw), np.float32)
        source += self._pitch.field(pose.pitch) - self._rest
        # Small movements of the whole head; the picture is taken from where the head was.
        source -= self._follow * np.array(pose.shift, np.float32)
        source += self._follow * self._around * np.float32(np.deg2rad(pose.roll + _REST_ROLL))
        self._placed = pose, source
        return source

    def _in_depth(self) -> Relief:
        shape = (self._size[1], self._size[0])
        head = np.zeros(shape, np.float32)
        head[self._yaw.area] = self._follow[..., 0]
        hull = np.asarray(cv2.convexHull(np.ascontiguousarray(self._face[:, :2])), np.float32).reshape(-1, 2)
        face = filled((shape[0], shape[1]), hull, np.zeros(2, np.float32))
        person = person_mask(self._size, self._to_frame, 1.5)
        small = (shape[1] // STEP, shape[0] // STEP)
        mirror = np.zeros(shape, np.float32) if self._glasses is None else self._glasses[1]
        self._mirror = np.asarray(cv2.resize(mirror, small, interpolation=cv2.INTER_AREA), np.float32)
        room = ambient(self._size, self._scene, self._face)
        return Relief(self._points, self._triangles, person=person, head=head, face=face, room=room)

    def _enlarge(self, portrait: Image8) -> Image8:
        width, height = self._size
        x, y = self._to_frame(0.0, 0.0)
        matrix = np.array([[self._scale, 0, x], [0, self._scale, y]], np.float32)
        border = cv2.BORDER_REFLECT_101
        # Over the hair the wall goes on; a mirrored head would hang there.
        above = round(portrait.shape[0] / 3)
        wall = cv2.blur(cv2.copyMakeBorder(portrait, above, 0, 0, 0, cv2.BORDER_REPLICATE), (121, 1))[:above]
        portrait = np.vstack([wall, portrait]).astype(np.uint8)
        matrix[1, 2] -= above * self._scale
        enlarged = cv2.warpAffine(portrait, matrix, (width, height), flags=cv2.INTER_LANCZOS4, borderMode=border)
        return np.asarray(enlarged, np.uint8)

    def _to_frame(self, x: float, y: float) -> tuple[float, float]:
        width, height = self._size
        right, down = self._scene.place
        return (
            (x - _FACE_MIDDLE[0]) * self._scale + width * (0.5 + right),
            (y - _FACE_MIDDLE[1]) * self._scale + height * (_FACE_HEIGHT_IN_FRAME + down),
        )

    def _outline(self) -> Floats:
        angles = np.linspace(0, 2 * np.pi, _OUTLINE_POINTS, endpoint=False)
        x, y = self._to_frame(*_OUTLINE_MIDDLE)
        ring = np.zeros((_OUTLINE_POINTS, 3), np.float32)
        ring[:, 0] = x + _OUTLINE_RADII[0] * self._scale * np.cos(angles)
        ring[:, 1] = y + _OUTLINE_RADII[1] * self._scale * np.sin(angles)
        ring[:, 2] = _OUTLINE_DEPTH * self._scale
        return ring

    def _box(self, indices: Sequence[int] | NDArray[np.intp], margin: float) -> tuple[int, int, int, int]:
        """Left, top, right, bottom around points, inside the frame."""
        points = self._points[np.asarray(indices), :2]
        low = np.maximum(points.min(axis=0) - margin, 0).astype(int)
        high = np.minimum(points.max(axis=0) + margin, self._size).astype(int)
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def _mouth_box(self) -> tuple[int, int, int, int]:
        left, _, right, bottom = self._box(np.arange(len(self._points)), 2)
        return left, int(self._face[[78, 308], 1].min() - 12 * self._scale), right, bottom

    def _eye_window(self, side: int) -> _Window:
        around = [*_UPPER_LIDS[side], *_LOWER_LIDS[side], *_CREASES[side]]
        box = self._box(around, 5 * self._scale)
        lids = _UPPER_LIDS[side] + _LOWER_LIDS[side]
        return self._window(box, _SHUT_KEYS, lambda shut: self._shut(side, shut), skip=lids)

    def _window(
        self,
        box: tuple[int, int, int, int],
        keys: Sequence[float],
        move: Callable[[float], Floats],
        skip: tuple[int, ...] = (),
    ) -> _Window:
        """Fields for all keys; triangles with all corners in ``skip`` stay where they are (inside of eye and mouth)."""
        inside = np.asarray(np.isin(self._triangles, skip).all(axis=1), np.bool_)
        fields = [displacement(self._points, move(float(key)), self._triangles, inside, box) for key in keys]
        return _Window(box[0], box[1], tuple(float(key) for key in keys), fields)

    def _turned(self, yaw: float, pitch: float) -> Floats:
        """The points (n, 3) with the face turned; the outline stays."""
        moved = self._points.copy()
        middle = self._face[[33, 263]].mean(axis=0)
        face = self._face - middle
        for angle, axis, depth in ((yaw, 0, _YAW_AXIS), (-pitch, 1, _PITCH_AXIS)):
            cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
            along, behind = face[:, axis].copy(), face[:, 2] - depth * self._scale
            # The rim of the face is where skin, ear and hair meet; swung by its full depth it would leave the head.
            behind = np.where(behind > 0, behind * _RIM, behind)
            face[:, axis] = along * cosine - behind * sine
            face[:, 2] = behind * cosine + along * sine + depth * self._scale
        moved[:468] = face + middle
        return moved

    def _shut(self, side: int, amount: float) -> Floats:
        """Upper lid down to the lower one, the crease half the way, the lower lid a little up."""
        moved = self._points.copy()
        upper, lower = np.array(_UPPER_LIDS[side]), np.array(_LOWER_LIDS[side])
        gap = self._face[lower, 1] - self._face[upper, 1]
        moved[upper, 1] += amount * 1.02 * gap
        moved[lower[1:-1], 1] -= amount * 0.04 * gap[1:-1]
        crease = np.array(_CREASES[side])
        moved[crease, 1] += amount * 0.45 * gap[1:-1]
        return moved

    def _opened(self, amount: float) -> Floats:
        """Lower lip and jaw down, corners of the mouth a little in."""
        moved = self._points.copy()
        face, drop = self._face, _JAW_DROP * self._scale * amount
        corners = face[[78, 308]]
        middle, half = corners.mean(axis=0), float(np.ptp(corners[:, 0])) / 2
        chin = float(face[_CHIN, 1])
        depth = (face[:, 1] - middle[1]) / (chin - middle[1])
        aside = np.abs(face[:, 0] - middle[0]) / half
        ramp = np.clip(depth * 1.5, 0, 1)
        weight = ramp * ramp * (3 - 2 * ramp) * np.clip(1 - 0.09 * aside**2, 0, 1) * _CHIN_SHARE
        for row in _LOWER_LIP_ROWS:
            indices = np.array(row)
            weight[indices] = _CORNER_SHARE + (1 - _CORNER_SHARE) * np.clip(1 - aside[indices] ** _LIP_ROUND, 0, 1)
        weight[list(_CORNERS)] = _CORNER_SHARE
        moved[:468, 1] += drop * weight
        # Only mouth and chin draw in: not the nose, a tenth of the way to the chin above.
        face_in = np.clip(depth, 0, 1.1) * _JAW_IN
        near = np.clip(1.7 - aside, 0, 1) * np.clip(np.where(depth < 0, 1 + 4 * depth, 1.1 - depth), 0, 1)
        moved[:468, 0] -= (face[:, 0] - middle[0]) * amount * (_CORNERS_IN * near + face_in)
        return moved

    def _shade(self, amount: float) -> Floats:
        """What an opening mouth adds to its window, (h, w, 4): colour times cover, and cover 0 to 1.

        The dark inside with a tongue, while the teeth stay at the upper jaw; and the chin's shadow on the neck.
        """
        height, width = self._mouth.fields[0].shape[:2]
        shade = np.zeros((height, width, 4), np.float32)
        if amount <= 0:
            return shade
        at = np.array([self._mouth.left, self._mouth.top], np.float32)
        moved = self._opened(amount)
        upper, lower = list(_UPPER_INNER), list(_LOWER_INNER)
        opening = filled((height, width), np.vstack([moved[upper], moved[lower][::-1]]), at)
        edge = self._face[lower].copy()
        edge[:, 1] -= _TEETH_SHORTER * (edge[:, 1] - self._face[upper, 1])
        teeth = filled((height, width), np.vstack([self._face[upper], edge[::-1]]), at)
        inside = blurred(np.clip(opening - teeth, 0, 1), 0.8 * self._scale) * opening
        tongue = self._face[lower].copy()
        tongue[:, :2] = moved[lower, :2] * 0.75 + moved[lower, :2].mean(axis=0) * 0.25
        tongue[:, 1] += 0.35 * np.ptp(moved[lower, 1])
        red = blurred(filled((height, width), tongue, at), 2.5 * self._scale)[..., None]
        colour = np.array(_DARK, np.float32) * (1 - red) + np.array(_TONGUE, np.float32) * red
        shade[..., :3] = colour * inside[..., None]
        jaw = moved[list(_JAW)]
        below = jaw.copy()
        below[:, 1] += 12 * self._scale
        strip = filled((height, width), np.vstack([jaw, below[::-1]]), at)
        above = jaw.copy()
        above[:, 1] = moved[list(_CORNERS), 1].min()
        face = filled((height, width), np.vstack([jaw, above[::-1]]), at)
        shadow = _SHADOW * amount * blurred(strip, 4 * self._scale) * (1 - face)
        shade[..., 3] = np.maximum(inside, shadow)
        return shade

    def _shade_mouth(self, frame: Image8, amount: float) -> None:
        keys = self._mouth.keys
        upper = min(int(np.searchsorted(keys, amount, side="right")), len(keys) - 1)
        part = min(1.0, (amount - keys[upper - 1]) / (keys[upper] - keys[upper - 1]))
        shade = cv2.addWeighted(self._shades[upper - 1], 1 - part, self._shades[upper], part, 0)
        patch = frame[self._mouth.area]
        patch[:] = np.clip(patch * (1 - shade[..., 3:]) + shade[..., :3], 0, 255).astype(np.uint8)

    def _draw_lashes(self, frame: Image8, side: int, shut: float) -> None:
        line = self._shut(side, shut)[list(_UPPER_LIDS[side]), :2]
        area = self._eyes[side].area
        patch = frame[area]
        drawn = patch.copy()
        place = np.round((line - [self._eyes[side].left, self._eyes[side].top]) * 16).astype(np.int32)
        cv2.polylines(
            drawn,
            [place],
            isClosed=False,
            color=(34, 44, 66),
            thickness=max(1, round(1.2 * self._scale)),
            lineType=cv2.LINE_AA,
            shift=4,
        )
        strength = 0.75 * shut
        patch[:] = cv2.addWeighted(patch, 1 - strength, drawn, strength, 0)

    def _softness(self) -> Floats:
        """1 on the head, falling to 0 at the outline: what follows small movements; (h, w, 1)."""
        x, y = self._to_frame(*_OUTLINE_MIDDLE)
        radii = np.array(_OUTLINE_RADII, np.float32) * self._scale
        distance = np.linalg.norm((self._grid - np.array([x, y], np.float32)) / radii, axis=2)
        ramp = np.clip((1.0 - distance) / 0.25, 0, 1)
        return np.asarray((ramp * ramp * (3 - 2 * ramp))[..., None], np.float32)


def _laid_over(picture: Image8, layer: Floats) -> Image8:
    return np.asarray(picture * (1 - layer[..., 3:]) + layer[..., :3], np.float32).astype(np.uint8)


def _moved(light: Floats, source: Floats) -> Floats:
    return np.asarray(
        cv2.remap(light, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _resample(frame: Image8, window: _Window, value: float) -> None:
    """Move the pixels of a window of ``frame`` in place."""
    field = window.field(value)
    height, width = field.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    frame[window.area] = taken_from(frame[window.area].copy(), field + np.dstack([x, y]))
