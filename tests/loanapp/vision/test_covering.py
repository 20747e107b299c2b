"""What covers a face, painted on the demonstration borrower in several tones of skin."""

import numpy as np
import pytest

from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.liveness import HintCode
from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.hints import hints_for
from tests.loanapp.vision import painting

COVERINGS = {HintCode.MASK, HintCode.HAND_ON_FACE, HintCode.SUNGLASSES, HintCode.BROWS_COVERED, HintCode.GLARE}
TONES = ("light", "brown", "deepest")


@pytest.fixture(scope="module")
def people(face_models):
    """By tone: picture and landmarks."""
    borrower = DemonstrationBorrower(paced=False, models=face_models)
    borrower.open()
    image = borrower.read().image
    borrower.close()
    (face,) = FaceMesh(face_models).find(image)
    return {
        tone: (image if tone == "light" else painting.skin_tone(image, face.landmarks, tone), face.landmarks)
        for tone in painting.TONES
    }


def covered(facts):
    return COVERINGS & set(hints_for(facts))


def by_colour(paint, **colours):
    return {
        name: (lambda image, points, colour=colour: paint(image, points, colour)) for name, colour in colours.items()
    }


PAINTED = {
    HintCode.MASK: by_colour(painting.mask, white=(225, 225, 225), blue=(200, 170, 120), black=(30, 30, 30))
    | {
        "of skin's colour": lambda image, points: painting.mask(image, points, painting.skin_colour(image, points)),
        "darker than skin": lambda image, points: painting.mask(
            image, points, 0.75 * painting.skin_colour(image, points)
        ),
    },
    HintCode.SUNGLASSES: by_colour(
        lambda image, points, colour: painting.glasses(image, points, colour, 0.95),
        black=(12, 12, 12),
        brown=(12, 15, 22),
    ),
    HintCode.BROWS_COVERED: by_colour(painting.fringe, black_hair=(15, 15, 18))
    | by_colour(
        lambda image, points, colour: painting.fringe(image, points, colour, 1.0, 0),
        red_hat=(60, 60, 160),
        navy_hat=(70, 40, 30),
    ),
    HintCode.GLARE: {
        "both": lambda image, points: painting.glare(image, points, 0.35),
        "one": lambda image, points: painting.glare(image, points, 0.4, both=False),
    },
}
CASES = [(code, name) for code, paints in PAINTED.items() for name in paints]


@pytest.mark.parametrize(("code", "name"), CASES)
def test_covering_is_named_on_every_skin(people, face_models, code, name):
    for tone in TONES:
        image, points = people[tone]
        facts = FrameAnalyser(face_models).analyse(PAINTED[code][name](image, points), 0.0)
        assert covered(facts) == {code}, tone


@pytest.mark.parametrize("tone", list(painting.TONES))
def test_bare_face_clear_glasses_and_a_short_fringe_are_no_covering(people, face_models, tone):
    image, points = people[tone]
    for picture in (
        image,
        painting.glasses(image, points),
        painting.fringe(image, points, (150, 190, 205), 0.5),
    ):
        assert not covered(FrameAnalyser(face_models).analyse(picture, 0.0))


class Stream:
    """Frames at 15 a second with a sensor's noise, in one analyser."""

    def __init__(self, models):
        self.analyser = FrameAnalyser(models)
        self.random = np.random.default_rng(0)
        self.time_s = 0.0

    def show(self, image, frames):
        found = []
        for _ in range(frames):
            noisy = np.clip(image + self.random.normal(0, 1.6, image.shape), 0, 255).astype(np.uint8)
            found.append(covered(self.analyser.analyse(noisy, self.time_s)))
            self.time_s += 1 / 15
        return found


@pytest.mark.parametrize(
    ("place", "tone"),
    [("mouth", "light"), ("cheek", "light"), ("eye", "light"), ("mouth", "dark"), ("left_cheek", "dark")],
)
def test_hand_is_told_from_the_face_it_comes_before(people, face_models, place, tone):
    image, points = people[tone]
    stream = Stream(face_models)
    assert set().union(*stream.show(image, 11)) == set()
    seen = stream.show(painting.hand(image, points, place), 4)
    assert all(HintCode.HAND_ON_FACE in hints for hints in seen)
    assert stream.show(image, 3)[-1] == set()


def test_nobody_is_kept_waiting_for_ever_by_a_look_that_has_changed(people, face_models):
    """After a quarter of a minute the new look is the person's own."""
    image, points = people["light"]
    stream = Stream(face_models)
    stream.show(image, 11)
    changed = painting.hand(image, points, "cheek")
    assert stream.show(changed, 2)[-1] == {HintCode.HAND_ON_FACE}
    stream.time_s += 15.5
    assert stream.show(changed, 10)[-1] == set()


def test_turned_head_and_open_mouth_are_not_judged(people, face_models):
    from loanapp.vision.covering import NOTHING, Bearing, CoveringWatch
    from loanapp.vision.face_part import face_part
    from loanapp.vision.face_texture import FaceTexture, layout_of
    from loanapp.vision.face_zones import FaceZones

    image, points = people["light"]
    masked = painting.mask(image, points, (225, 225, 225))
    (face,) = FaceMesh(face_models).find(masked)
    layout = layout_of(face_models.canonical)
    zones = FaceZones(layout)
    seen = zones.of(FaceTexture(layout).of(face_part(masked, face)))
    watch = CoveringWatch(zones)
    assert watch.judge(seen, Bearing(0, 0, 0, 0), 0.0).mask > 1
    for bearing in (Bearing(25, 0, 0, 0), Bearing(0, -30, 0, 0), Bearing(0, 0, 25, 0), Bearing(0, 0, 0, 0.6)):
        assert watch.judge(seen, bearing, 0.1) == NOTHING
