"""One frame to facts: light, place, pose, eyes, mouth."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_mesh import Face, FaceMesh
from loanapp.vision.head_pose import head_pose
from loanapp.vision.models import FaceModels

# Landmark numbers of the mesh: corners of each eye (outer, inner) and three pairs of points on the lids.
_RIGHT_EYE: Final = ((33, 133), ((160, 144), (159, 145), (158, 153)))
_LEFT_EYE: Final = ((263, 362), ((387, 373), (386, 374), (385, 380)))
_EYE_CORNERS: Final = (33, 263)
_INNER_LIPS: Final = (13, 14)
# The outline of the face, for the light on it.
_OVAL: Final = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
# Side of the thumbnail in which light is measured; more changes the means by less than one step.
_THUMBNAIL: Final = 64


@dataclass(frozen=True, slots=True)
class Light:
    """Mean luma (0..255) of face, background and frame, and the spread of the frame's."""

    face: float
    background: float
    frame: float
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class FrameFacts:
    """What one frame shows. Numbers about a face are 0 where there is none (``face`` is None).

    ``size``: width, height in pixels. Angles in degrees as in :class:`~loanapp.vision.head_pose.HeadPose`.
    ``blink_left``/``blink_right`` and ``jaw_open``: blendshapes, 0..1; left and right are the person's own.
    ``eye_open_left``/``eye_open_right``: lid gap over eye width. ``mouth_gap`` and ``eye_distance`` (outer corners):
    the first over the second, the second in pixels. ``eye_distance_ratio``: over the frame's shorter side.
    ``centre_offset``: how far the face's middle is from the frame's, as a share of the frame, the worse axis.
    ``cut_off``: share of the face's box outside the frame. ``face_luma``, ``background_luma``, ``frame_luma``,
    ``frame_spread``: see :class:`Light`.
    """

    time_s: float
    size: tuple[int, int]
    faces: int
    face: Face | None
    yaw: float
    pitch: float
    roll: float
    blink_left: float
    blink_right: float
    eye_open_left: float
    eye_open_right: float
    jaw_open: float
    mouth_gap: float
    eye_distance: float
    eye_distance_ratio: float
    centre_offset: float
    cut_off: float
    face_luma: float
    background_luma: float
    frame_luma: float
    frame_spread: float


class FrameAnalyser:
    """Reads frames one after another; one object per stream, used by one thread."""

    def __init__(self, models: FaceModels, *, most_faces: int = 2) -> None:
        self._mesh = FaceMesh(models, most_faces=most_faces)
        self._canonical = models.canonical
        names = models.blendshape_names
        self._blink_left = names.index("eyeBlinkLeft")
        self._blink_right = names.index("eyeBlinkRight")
        self._jaw_open = names.index("jawOpen")

    def analyse(self, image_bgr: Image, time_s: float) -> FrameFacts:
        """Facts of the next frame; ``time_s`` is when it was taken, in seconds of any steady clock."""
        height, width = image_bgr.shape[:2]
        faces = self._mesh.track(image_bgr)
        face = faces[0] if faces else None
        light = measure_light(image_bgr, face)
        if face is None:
            zeros = (0.0,) * 13
            return FrameFacts(
                time_s, (width, height), 0, None, *zeros, light.face, light.background, light.frame, light.spread
            )
        pose = head_pose(face.landmarks, self._canonical)
        eyes = _distance(face.landmarks, _EYE_CORNERS)
        return FrameFacts(
            time_s=time_s,
            size=(width, height),
            faces=len(faces),
            face=face,
            yaw=pose.yaw,
            pitch=pose.pitch,
            roll=pose.roll,
            blink_left=float(face.blendshapes[self._blink_left]),
            blink_right=float(face.blendshapes[self._blink_right]),
            eye_open_left=_openness(face.landmarks, _LEFT_EYE),
            eye_open_right=_openness(face.landmarks, _RIGHT_EYE),
            jaw_open=float(face.blendshapes[self._jaw_open]),
            mouth_gap=_distance(face.landmarks, _INNER_LIPS) / max(eyes, 1e-6),
            eye_distance=eyes,
            eye_distance_ratio=eyes / min(width, height),
            centre_offset=max(
                abs(float(face.box[0] + face.box[2]) / 2 / width - 0.5),
                abs(float(face.box[1] + face.box[3]) / 2 / height - 0.5),
            ),
            cut_off=_share_outside(face.box, width, height),
            face_luma=light.face,
            background_luma=light.background,
            frame_luma=light.frame,
            frame_spread=light.spread,
        )


def measure_light(image_bgr: Image, face: Face | None) -> Light:
    """Means over a thumbnail: the face is the inside of its outline, the background all but the person."""
    height, width = image_bgr.shape[:2]
    small = cv2.resize(image_bgr, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_NEAREST)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    frame, spread = float(grey.mean()), float(grey.std())
    if face is None:
        return Light(0.0, frame, frame, spread)
    background = np.ones((_THUMBNAIL, _THUMBNAIL), dtype=bool)
    left, top, right, _ = (float(value) for value in face.box)
    margin = (right - left) * 0.4  # hair and ears; everything under the head may be the body
    columns = np.clip([left - margin, right + margin], 0, width) * _THUMBNAIL / width
    background[max(0, int((top - margin) * _THUMBNAIL / height)) :, int(columns[0]) : math.ceil(columns[1])] = False
    return Light(
        face=_face_luma(image_bgr, face),
        background=float(grey[background].mean()) if background.any() else frame,
        frame=frame,
        spread=spread,
    )


def _face_luma(image_bgr: Image, face: Face) -> float:
    height, width = image_bgr.shape[:2]
    left, top, right, bottom = (int(value) for value in face.box)
    left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
    if right - left < 2 or bottom - top < 2:
        return 0.0
    patch = cv2.resize(image_bgr[top:bottom, left:right], (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_NEAREST)
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY)
    outline = (face.landmarks[np.array(_OVAL), :2] - (left, top)) * (
        _THUMBNAIL / (right - left),
        _THUMBNAIL / (bottom - top),
    )
    mask = np.zeros((_THUMBNAIL, _THUMBNAIL), dtype=np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(outline).astype(np.int32)), (255,))
    inside = grey[mask > 0]
    return float(inside.mean()) if inside.size else float(grey.mean())


def _distance(landmarks: Floats, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(landmarks[pair[0]] - landmarks[pair[1]]))


def _openness(landmarks: Floats, eye: tuple[tuple[int, int], tuple[tuple[int, int], ...]]) -> float:
    corners, lids = eye
    gap = sum(_distance(landmarks, pair) for pair in lids) / len(lids)
    return gap / max(_distance(landmarks, corners), 1e-6)


def _share_outside(box: Floats, width: int, height: int) -> float:
    left, top, right, bottom = (float(value) for value in box)
    whole = max(1e-6, (right - left) * (bottom - top))
    inside = max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(bottom, height) - max(top, 0.0))
    return 1.0 - inside / whole
