"""Depth of a head that turns, and of sheets that turn flat or bent: warps of a real picture."""

import cv2
import numpy as np
import pytest

from loanapp.demonstration.face_rig import FaceRig, Pose
from loanapp.resource_files import read_toml
from loanapp.vision.depth import measure_depth
from loanapp.vision.face_mesh import FaceMesh

LIMITS = read_toml("vision", "verdict.toml")["turn"]


@pytest.fixture(scope="module")
def rig(face_models):
    return FaceRig((640, 480), face_models)


@pytest.mark.parametrize("side", [-1, 1])
def test_the_nose_of_a_head_that_turns_moves_over_its_cheeks(rig, face_models, side):
    mesh = FaceMesh(face_models)
    images = [rig.render(Pose(yaw=side * yaw)) for yaw in (0, 4, 11, 19, 27, 34)]
    landmarks = [mesh.track(image)[0].landmarks for image in images]
    depth = measure_depth(images, landmarks, side * 23.0)
    assert depth.parallax > LIMITS["sure_parallax"]
    assert depth.planar > LIMITS["least_planar"]


@pytest.mark.parametrize("bend", [0.0, 1.2])
def test_a_sheet_has_no_nose_however_it_is_bent(rig, face_models, bend):
    """The points go with the paper, as a perfect mesh would see them."""
    image = rig.render(Pose())
    landmarks = FaceMesh(face_models).find(image)[0].landmarks
    images, points = [], []
    for degrees in (0, 8, 16, 24, 32, 40):
        turn = np.radians(degrees)
        y, x = np.mgrid[0:480, 0:640].astype(np.float32)
        x = (x - 320) / 160  # where a point of the picture is looked for on the paper
        along = np.linspace(-2, 2, 401)
        seen = np.sin(bend * along + turn) / bend - np.sin(turn) / bend if bend else along * np.cos(turn)
        rising = np.maximum.accumulate(seen)
        source = np.interp(x, rising, along)
        images.append(cv2.remap(image, (source * 160 + 320).astype(np.float32), y, cv2.INTER_LINEAR))
        moved = landmarks.copy()
        moved[:, 0] = np.interp((landmarks[:, 0] - 320) / 160, along, seen) * 160 + 320
        points.append(moved)
    depth = measure_depth(images, points, 23.0)
    assert abs(depth.parallax) < LIMITS["least_parallax"]


def test_frames_in_which_nothing_can_be_followed_prove_nothing(rig, face_models):
    image = rig.render(Pose())
    landmarks = FaceMesh(face_models).find(image)[0].landmarks
    random = np.random.default_rng(1)
    noise = random.integers(0, 255, image.shape).astype(np.uint8)
    assert measure_depth([image, noise], [landmarks, landmarks], 20.0).parallax == pytest.approx(0.0, abs=1e-3)
