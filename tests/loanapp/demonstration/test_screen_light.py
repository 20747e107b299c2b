"""The simulated reflection of the screen: what it lights, when, and how the camera shows it."""

import numpy as np
import pytest

from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.demonstration.face_rig import FaceRig, Pose
from loanapp.demonstration.linear_light import brightened, to_light, to_picture
from loanapp.demonstration.scene import Scene
from loanapp.demonstration.screen_light import STEP, Exposure, ScreenTrail, emitted
from loanapp.domain.liveness import FlashColour
from loanapp.vision.face_mesh import FaceMesh

NOSE, CHEEKS, OVAL_SIDES = 1, (234, 454), (93, 323)


@pytest.fixture(scope="module")
def rig(face_models):
    return FaceRig((640, 480), face_models)


@pytest.fixture(scope="module")
def face(rig, face_models):
    (face,) = FaceMesh(face_models).find(rig.render(Pose()))
    return face


def at(light, point):
    return float(light[int(point[1] / STEP), int(point[0] / STEP)])


def test_light_and_picture_are_each_others_inverse():
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(to_picture(to_light(values)), values)


def test_brightening_is_done_in_linear_light():
    picture = np.random.default_rng(1).integers(12, 230, (48, 64, 3)).astype(np.uint8)
    factor = np.full((12, 16, 3), 1.2, np.float32)
    exact = to_picture(to_light(picture) * 1.2)
    assert np.abs(brightened(picture, factor).astype(int) - exact).max() <= 1


def test_nose_is_lit_more_than_cheeks_and_the_wall_hardly(rig, face):
    light, mirrored = rig.light_of_screen(Pose())
    nose = at(light, face.landmarks[NOSE])
    cheeks = [at(light, face.landmarks[index] * 0.9 + face.landmarks[NOSE] * 0.1) for index in CHEEKS]
    assert 0.8 < nose < 1.3
    assert max(cheeks) < 0.85 * nose
    assert light[5:20, 5:20].max() < 0.1 * nose, "the wall is far away"
    assert light[5:20, 5:20].max() < at(light, (320, 75)) < 0.6 * nose, "hair keeps much of it"
    assert not mirrored.any()


def around(light, point):
    """Mean over a patch: one cell may lie on a slope, and half a pixel then changes its light."""
    x, y = (point[:2] / STEP).astype(int)
    return float(light[y - 2 : y + 3, x - 2 : x + 3].mean())


def test_a_turned_face_is_lit_from_its_new_side(rig, face):
    straight, _ = rig.light_of_screen(Pose())
    turned, _ = rig.light_of_screen(Pose(yaw=30.0))
    right, left = (
        around(turned, face.landmarks[index]) - around(straight, face.landmarks[index]) for index in (117, 346)
    )
    # Turned to the own left (the picture's right), the own right cheek comes to the front.
    assert right > 0.03
    assert left < -0.03
    assert right - left > 0.1


def test_colour_arrives_late_and_is_that_of_the_screen(face_models):
    borrower = DemonstrationBorrower(paced=False, fps=30, models=face_models, screen=0.2, latency_s=0.1, noise=0.0)
    borrower.open()
    steps = {}
    for colour in (FlashColour.BLUE, FlashColour.GREEN):
        before = borrower.read().image
        borrower.illuminate(colour)
        patches = [before[220:240, 310:330].mean(axis=(0, 1))]
        patches += [borrower.read().image[220:240, 310:330].mean(axis=(0, 1)) for _ in range(9)]
        steps[colour] = np.array(patches)
    blue, green = steps[FlashColour.BLUE], steps[FlashColour.GREEN]
    assert np.abs(blue[2] - blue[0]).max() < 1.5, "67 ms later nothing has changed yet"
    change = blue[-1] - blue[0]
    assert change[0] > 4
    assert change[1] < change[0] / 2
    assert green[-1][1] - green[0][1] > 4
    assert green[-1][0] - green[0][0] < -4


def test_without_a_colour_or_without_a_screen_nothing_changes(face_models):
    def last(screen, colour):
        borrower = DemonstrationBorrower(paced=False, size=(320, 240), models=face_models, screen=screen)
        borrower.open()
        borrower.illuminate(colour)
        return [borrower.read().image for _ in range(8)][-1]

    usual = last(0.2, None)
    assert np.array_equal(usual, last(0.0, FlashColour.WHITE))
    assert not np.array_equal(usual, last(0.2, FlashColour.WHITE))


def test_trail_lags_and_blends_over_the_exposure():
    trail = ScreenTrail(0.1)
    trail.show(FlashColour.WHITE, 1.0)
    page = emitted(None)
    assert np.allclose(trail.seen(1.05), 0)
    assert np.allclose(trail.seen(1.2), 1 - page)
    assert np.allclose(trail.seen(1.12), (1 - page) / 2, atol=0.01)
    trail.show(None, 2.0)
    assert np.allclose(trail.seen(2.5), 0)


def test_exposure_follows_part_of_the_way_and_back():
    exposure = Exposure(strength=0.5)
    brighter = np.full(3, 1.2, np.float32)
    for index in range(300):
        gains = exposure.follow(brighter, index / 30)
    assert np.allclose(gains, 1.2**-0.5, atol=0.01)
    assert not exposure.settled
    for index in range(300, 900):
        exposure.follow(np.ones(3, np.float32), index / 30)
    assert exposure.settled


@pytest.mark.parametrize(
    "scene",
    [
        Scene(skin=0.3),
        Scene(window=1.2),
        Scene(glasses=True, skin=0.5),
        Scene(nearness=0.65),
        Scene(nearness=1.25, warmth=0.7),
        Scene(uneven=0.5, warmth=-0.6),
        Scene(facing=(8.0, -6.0), place=(0.08, 0.05)),
    ],
    ids=str,
)
def test_every_scene_shows_one_face_where_it_should_be(scene, face_models):
    borrower = DemonstrationBorrower(paced=False, size=(640, 480), models=face_models, scene=scene)
    borrower.open()
    borrower.illuminate(FlashColour.CYAN)
    for _ in range(3):
        image = borrower.read().image
    faces = FaceMesh(face_models).find(image)
    assert len(faces) == 1
    middle = (faces[0].box[0] + faces[0].box[2]) / 2
    assert abs(middle / 640 - 0.5 - scene.place[0]) < 0.05


def test_skin_darkens_and_the_rest_stays(face_models):
    light, dark = (FaceRig((640, 480), face_models, Scene(skin=skin)).render(Pose()) for skin in (1.0, 0.3))
    (face,) = FaceMesh(face_models).find(light)
    x, y = face.landmarks[50, :2].astype(int)
    ratio = to_light(dark)[y, x] / to_light(light)[y, x]
    assert (ratio < 0.45).all()
    assert ratio[0] < ratio[2], "blue is swallowed first"
    assert np.abs(dark[:60].astype(int) - light[:60]).mean() < 1


def test_lenses_mirror_the_screen(face_models):
    rig = FaceRig((640, 480), face_models, Scene(glasses=True))
    _, mirrored = rig.light_of_screen(Pose())
    assert mirrored.max() > 0.8
    assert (mirrored > 0.1).mean() < 0.02
