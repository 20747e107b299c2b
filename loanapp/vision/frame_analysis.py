"""One frame to facts: light, place, pose, eyes, mouth."""

import math
from dataclasses import dataclass
from typing import Final

from loanapp.vision.arrays import Floats, Image
from loanapp.vision.covering import NOTHING, Bearing, Covering
from loanapp.vision.face_mesh import Face, FaceMesh
from loanapp.vision.face_quality import FaceQualityWatch
from loanapp.vision.head_pose import head_pose
from loanapp.vision.light import RoomLight, room_light
from loanapp.vision.models import FaceModels
from loanapp.vision.stream_watch import StreamWatch

# Landmark numbers of the mesh: corners of each eye (outer, inner) and three pairs of points on the lids.
_RIGHT_EYE: Final = ((33, 133), ((160, 144), (159, 145), (158, 153)))
_LEFT_EYE: Final = ((263, 362), ((387, 373), (386, 374), (385, 380)))
_EYE_CORNERS: Final = (33, 263)
_INNER_LIPS: Final = (13, 14)
_MEASURED: Final = [
    *(*_EYE_CORNERS, *_INNER_LIPS),
    *(point for corners, lids in (_RIGHT_EYE, _LEFT_EYE) for pair in (corners, *lids) for point in pair),
]
Spots = dict[int, list[float]]


@dataclass(frozen=True, slots=True, eq=False)
class FrameFacts:
    """What one frame shows. Numbers about a face are 0 where there is none (``face`` is None).

    ``size``: width, height in pixels. Angles in degrees as in :class:`~loanapp.vision.head_pose.HeadPose`.
    ``blink_left``/``blink_right`` and ``jaw_open``: blendshapes, 0..1; left and right are the person's own.
    ``eye_open_left``/``eye_open_right``: lid gap over eye width. ``mouth_gap`` and ``eye_distance`` (outer corners):
    the first over the second, the second in pixels. ``eye_distance_ratio``: over the frame's shorter side.
    ``centre_offset``: how far the face's middle is from the frame's, as a share of the frame, the worse axis.
    ``cut_off``: share of the face's box outside the frame. ``background_luma``, ``frame_luma``, ``frame_spread``: see
    :class:`~loanapp.vision.light.RoomLight`. ``face_luma``, ``face_blown``, ``cheek_ratio``, ``face_light`` (as if of
    middle tone, so that a dark skin is not a dark room): see :class:`~loanapp.vision.light.FaceLight`.
    ``sharpness``: over the person's own best of this stream, 0..1, and ``sharpness_measured`` by itself. ``likeness``
    of the face with the one before, -1..1, see :class:`~loanapp.vision.own_face.OwnFace`.
    ``frozen_s``, ``frame_rate``, ``motion``, ``eyes_closed_s``, ``mouth_open_s``: see
    :class:`~loanapp.vision.stream_watch.Watched`. ``covering``: what hides part of the face.
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
    face_light: float = 128.0
    face_blown: float = 0.0
    cheek_ratio: float = 1.0
    sharpness: float = 1.0
    sharpness_measured: float = 1.0
    likeness: float = 1.0
    frozen_s: float = 0.0
    frame_rate: float = 0.0
    motion: float = 0.0
    eyes_closed_s: float = 0.0
    mouth_open_s: float = 0.0
    covering: Covering = NOTHING


class FrameAnalyser:
    """Reads frames one after another; one object per stream, used by one thread."""

    def __init__(self, models: FaceModels, *, most_faces: int = 2) -> None:
        self._mesh = FaceMesh(models, most_faces=most_faces)
        self._canonical = models.canonical
        self._watch = StreamWatch()
        self._quality = FaceQualityWatch(models.canonical)
        names = models.blendshape_names
        self._blink_left = names.index("eyeBlinkLeft")
        self._blink_right = names.index("eyeBlinkRight")
        self._jaw_open = names.index("jawOpen")

    def analyse(self, image_bgr: Image, time_s: float) -> FrameFacts:
        """Facts of the next frame; ``time_s`` is when it was taken, in seconds of any steady clock."""
        faces = self._mesh.track(image_bgr)
        face = faces[0] if faces else None
        room = room_light(image_bgr, face)
        if face is None:
            return self._nobody(image_bgr, time_s, room)
        return self._somebody(image_bgr, time_s, room, face, len(faces))

    def _nobody(self, image_bgr: Image, time_s: float, room: RoomLight) -> FrameFacts:
        height, width = image_bgr.shape[:2]
        self._quality.lose(time_s)
        watched = self._watch.feed(image_bgr, time_s, None, eyes_open=0.0, jaw_open=0.0, eye_distance=0.0)
        zeros = (0.0,) * 13
        return FrameFacts(
            *(time_s, (width, height), 0, None, *zeros),
            *(0.0, room.background, room.frame, room.spread),
            frozen_s=watched.frozen_s,
            frame_rate=watched.frame_rate,
        )

    def _somebody(self, image_bgr: Image, time_s: float, room: RoomLight, face: Face, faces: int) -> FrameFacts:
        height, width = image_bgr.shape[:2]
        pose = head_pose(face.landmarks, self._canonical)
        # Plain numbers: for a pair of points numpy would take ten times as long, and this runs on every frame.
        spots = dict(zip(_MEASURED, face.landmarks[_MEASURED].tolist(), strict=True))
        eyes = _distance(spots, _EYE_CORNERS)
        open_left, open_right = _openness(spots, _LEFT_EYE), _openness(spots, _RIGHT_EYE)
        jaw_open = float(face.blendshapes[self._jaw_open])
        watched = self._watch.feed(
            *(image_bgr, time_s, face), eyes_open=max(open_left, open_right), jaw_open=jaw_open, eye_distance=eyes
        )
        quality = self._quality.judge(
            *(image_bgr, face, Bearing(pose.yaw, pose.pitch, pose.roll, jaw_open), time_s),
            eyes_open=watched.eyes_closed_s == 0,
        )
        return FrameFacts(
            time_s=time_s,
            size=(width, height),
            faces=faces,
            face=face,
            yaw=pose.yaw,
            pitch=pose.pitch,
            roll=pose.roll,
            blink_left=float(face.blendshapes[self._blink_left]),
            blink_right=float(face.blendshapes[self._blink_right]),
            eye_open_left=open_left,
            eye_open_right=open_right,
            jaw_open=jaw_open,
            mouth_gap=_distance(spots, _INNER_LIPS) / max(eyes, 1e-6),
            eye_distance=eyes,
            eye_distance_ratio=eyes / min(width, height),
            centre_offset=max(
                abs(float(face.box[0] + face.box[2]) / 2 / width - 0.5),
                abs(float(face.box[1] + face.box[3]) / 2 / height - 0.5),
            ),
            cut_off=_share_outside(face.box, width, height),
            face_luma=quality.light.mean,
            background_luma=room.background,
            frame_luma=room.frame,
            frame_spread=room.spread,
            face_light=quality.light.as_middle_tone,
            face_blown=quality.light.blown,
            cheek_ratio=quality.light.cheeks,
            sharpness=quality.sharpness,
            sharpness_measured=quality.sharpness_measured,
            likeness=quality.likeness,
            frozen_s=watched.frozen_s,
            frame_rate=watched.frame_rate,
            motion=watched.motion,
            eyes_closed_s=watched.eyes_closed_s,
            mouth_open_s=watched.mouth_open_s,
            covering=quality.covering,
        )


def _distance(landmarks: Spots, pair: tuple[int, int]) -> float:
    return math.dist(landmarks[pair[0]], landmarks[pair[1]])


def _openness(landmarks: Spots, eye: tuple[tuple[int, int], tuple[tuple[int, int], ...]]) -> float:
    corners, lids = eye
    gap = sum(_distance(landmarks, pair) for pair in lids) / len(lids)
    return gap / max(_distance(landmarks, corners), 1e-6)


def _share_outside(box: Floats, width: int, height: int) -> float:
    left, top, right, bottom = (float(value) for value in box)
    whole = max(1e-6, (right - left) * (bottom - top))
    inside = max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(bottom, height) - max(top, 0.0))
    return 1.0 - inside / whole
