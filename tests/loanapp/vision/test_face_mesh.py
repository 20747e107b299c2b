import cv2
import numpy as np
import pytest

from loanapp.vision.face_mesh import FaceMesh

RIGHT_EYE, LEFT_EYE, NOSE_TIP = 468, 473, 1


@pytest.fixture
def mesh(face_models):
    return FaceMesh(face_models)


def test_portrait_has_one_face_where_it_is(mesh, portrait):
    (face,) = mesh.find(portrait)
    assert face.landmarks.shape == (478, 3)
    assert face.blendshapes.shape == (52,)
    assert face.presence > 0.99
    # Iris centres read off the picture by eye.
    assert face.landmarks[RIGHT_EYE, :2] == pytest.approx([204, 101], abs=4)
    assert face.landmarks[LEFT_EYE, :2] == pytest.approx([246, 103], abs=4)
    assert face.box[0] < face.landmarks[RIGHT_EYE, 0] < face.landmarks[LEFT_EYE, 0] < face.box[2]


def test_smile_is_read(mesh, face_models, portrait):
    (face,) = mesh.find(portrait)
    scores = dict(zip(face_models.blendshape_names, face.blendshapes, strict=True))
    assert scores["mouthSmileLeft"] > 0.6
    assert scores["eyeBlinkLeft"] < 0.2
    assert scores["jawOpen"] < 0.2


@pytest.mark.parametrize(("angle", "scale"), [(0, 2.0), (0, 0.6), (25, 1.0), (-25, 1.0)])
def test_landmarks_follow_turn_and_scale(mesh, portrait, angle, scale):
    matrix = cv2.getRotationMatrix2D((225, 120), angle, scale)
    matrix[:, 2] += (256 - 225, 256 - 120)
    moved = cv2.warpAffine(portrait, matrix, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    (plain,), (face,) = mesh.find(portrait), mesh.find(moved)
    expected = plain.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    error = np.linalg.norm(face.landmarks[:, :2] - expected, axis=1).mean()
    eyes = np.linalg.norm(expected[33] - expected[263])
    assert error / eyes < 0.06


def test_nothing_is_found_where_nothing_is(mesh):
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    for image in (np.zeros((480, 640, 3), np.uint8), noise, np.full((2, 2, 3), 90, np.uint8)):
        assert mesh.find(image) == []
        assert mesh.track(image) == []


def test_two_people_are_two_faces_largest_first(mesh, portrait):
    crop = portrait[20:276, 96:352]
    small = cv2.resize(crop, (180, 180))
    image = np.full((300, 640, 3), 120, np.uint8)
    image[:256, :256] = crop
    image[60:240, 400:580] = small
    first, second = mesh.find(image)
    assert first.box[2] < 300 < second.box[0]


def test_small_face_is_found(mesh, portrait):
    """A face of 5.5 % of the width: the person sits too far away, but is there."""
    image = np.full((720, 1280, 3), 90, np.uint8)
    image[300:684, 500:884] = cv2.resize(portrait, (384, 384), interpolation=cv2.INTER_AREA)
    (plain,), (face,) = mesh.find(portrait), mesh.find(image)
    expected = plain.landmarks[NOSE_TIP, :2] * 0.75 + (500, 300)
    assert face.landmarks[NOSE_TIP, :2] == pytest.approx(expected, abs=4)
    assert any(mesh.track(image) for _ in range(9))


def test_tracking_agrees_with_finding_and_notices_who_comes_and_goes(mesh, portrait):
    wide = np.full((512, 1024, 3), 120, np.uint8)
    wide[:, :512] = portrait
    for _ in range(10):
        tracked = mesh.track(wide)
    (tracked,) = tracked
    (found,) = mesh.find(wide)
    assert np.abs(tracked.landmarks[:, :2] - found.landmarks[:, :2]).mean() < 2.5
    both = wide.copy()
    both[:, 512:] = portrait
    counts = [len(mesh.track(both)) for _ in range(45)]
    assert counts[-1] == 2
    assert [len(mesh.track(np.zeros_like(wide))) for _ in range(2)] == [0, 0]
    mesh.forget()
    assert len(mesh.track(portrait)) == 1


def test_a_picture_far_behind_is_nobody(mesh, portrait):
    image = cv2.resize(portrait, (1024, 1024))
    image[700:828, 700:828] = cv2.resize(portrait[20:276, 96:352], (128, 128))
    assert len(mesh.find(image)) == 1


def test_a_newcomer_is_seen_within_a_third_of_a_second(mesh, portrait):
    alone = np.full((512, 1024, 3), 120, np.uint8)
    alone[:, :512] = portrait
    both = alone.copy()
    both[:, 512:] = portrait
    for before in (0, 4, 9):
        mesh.forget()
        for _ in range(before + 1):
            assert len(mesh.track(alone)) == 1
        counts = [len(mesh.track(both)) for _ in range(10)]
        assert counts[-1] == 2, before
