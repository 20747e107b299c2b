import cv2
import numpy as np
import pytest

from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.head_pose import head_pose


def rotation(yaw, pitch, roll):
    """The head's rotation in the average face's frame: x to the picture's right, y up, z to the camera."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (30, 0, 0), (-30, 0, 0), (0, 20, 0), (0, -20, 0), (0, 0, 25), (25, -10, 8)]
)
def test_known_rotation_is_read_back(face_models, angles):
    points = face_models.canonical.points @ rotation(*angles).T
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:468] = points * (12, -12, -12) + (320, 240, 0)
    pose = head_pose(landmarks, face_models.canonical)
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx(angles, abs=0.01)


def test_own_left_is_at_the_pictures_right(face_models):
    """Nose to the picture's right means turned to the person's own left."""
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:468] = face_models.canonical.points @ rotation(20, 0, 0).T * (10, -10, -10)
    middle = landmarks[[33, 263], 0].mean()
    assert landmarks[1, 0] > middle
    assert head_pose(landmarks, face_models.canonical).yaw > 0


def test_mirrored_portrait_mirrors_yaw_and_roll(face_models, portrait):
    mesh = FaceMesh(face_models)
    leaning = cv2.warpAffine(portrait, cv2.getRotationMatrix2D((225, 120), -12, 1), (512, 512))
    (plain,), (lean,), (mirrored,) = (
        mesh.find(image) for image in (portrait, leaning, np.ascontiguousarray(leaning[:, ::-1]))
    )
    canonical = face_models.canonical
    first, second = head_pose(lean.landmarks, canonical), head_pose(mirrored.landmarks, canonical)
    # Turned clockwise, the head leans to the picture's right: to the person's own left.
    assert first.roll - head_pose(plain.landmarks, canonical).roll == pytest.approx(12, abs=2)
    assert second.roll == pytest.approx(-first.roll, abs=2)
    assert second.yaw == pytest.approx(-first.yaw, abs=4)
    assert second.pitch == pytest.approx(first.pitch, abs=3)


def test_flat_photo_never_reads_as_a_counted_turn(face_models, portrait):
    """A print turned by up to 50 degrees before a pinhole camera stays under the angle that counts (14.5)."""
    mesh = FaceMesh(face_models)
    (front,) = mesh.find(portrait)
    rest = head_pose(front.landmarks, face_models.canonical).yaw
    focal, distance = 900.0, 700.0
    corners = np.array([[-256, -256, 0], [256, -256, 0], [256, 256, 0], [-256, 256, 0]], np.float64)
    for degrees in (-50, -40, -30, -15, 15, 30, 40, 50):
        turned = corners @ rotation(degrees, 0, 0).T
        depth = distance + turned[:, 2]
        target = np.float32(turned[:, :2] / depth[:, None] * focal * 0.7 + 320)
        source = np.float32([[0, 0], [512, 0], [512, 512], [0, 512]])
        shown = cv2.warpPerspective(portrait, cv2.getPerspectiveTransform(source, target), (640, 640))
        for face in mesh.find(shown):
            yaw = head_pose(face.landmarks, face_models.canonical).yaw
            assert min(abs(yaw), abs(yaw - rest)) < 14.5, degrees
