"""Light: the same light reads alike on every skin; and each of its faults is named."""

import cv2
import numpy as np
import pytest

from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.liveness import HintCode
from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.hints import hints_for
from loanapp.vision.light_meter import LightState, light_level, light_state
from tests.loanapp.vision import painting

LIGHT_HINTS = {HintCode.TOO_DARK, HintCode.TOO_BRIGHT, HintCode.BACKLIT, HintCode.UNEVEN_LIGHT}


@pytest.fixture(scope="module")
def person(face_models):
    borrower = DemonstrationBorrower(paced=False, models=face_models)
    borrower.open()
    image = borrower.read().image
    borrower.close()
    (face,) = FaceMesh(face_models).find(image)
    return image, face.landmarks


@pytest.fixture(scope="module")
def tones(person):
    image, points = person
    return {tone: painting.skin_tone(image, points, tone) for tone in painting.TONES}


def look(models, image):
    """Facts once the tone is learnt."""
    analyser = FrameAnalyser(models)
    return [analyser.analyse(image, number / 15) for number in range(4)][-1]


def exposed(image, factor):
    """As with so much of the light."""
    return painting.display(painting.linear(image) * factor)


@pytest.mark.parametrize("tone", list(painting.TONES))
def test_room_light_is_enough_for_every_skin(face_models, tones, tone):
    facts = look(face_models, tones[tone])
    assert not LIGHT_HINTS & set(hints_for(facts))
    assert light_state(facts) is LightState.GOOD
    assert light_level(facts) > 0.9


def test_light_gates_answer_alike_across_tones(face_models, tones):
    """Of each fall of the light all tones say the same, or their measure is within a quarter of each other's."""
    for factor in (0.5, 0.12, 0.02):
        seen = [look(face_models, exposed(image, factor)) for image in tones.values()]
        assert all(facts.face is not None for facts in seen)
        assert len({HintCode.TOO_DARK in set(hints_for(facts)) for facts in seen}) == 1
        middle = np.median([facts.face_light for facts in seen])
        assert all(0.75 < facts.face_light / middle < 1.33 for facts in seen)
        luma = [facts.face_luma for facts in seen]
        assert max(luma) / min(luma) > 1.8, "the skins themselves differ far more"


def test_dark_room_is_too_dark(face_models, tones):
    for tone in ("light", "dark"):
        facts = look(face_models, exposed(tones[tone], 0.02))
        assert HintCode.TOO_DARK in set(hints_for(facts))
        assert light_state(facts) is LightState.DARK
        assert light_level(facts) < 0.5


def behind(image, points, room, face):
    """Another light in the room than on the face and body."""
    height, width = image.shape[:2]
    person = np.zeros((height, width), np.uint8)
    middle = points[list(painting.OVAL), :2].mean(axis=0).astype(int).tolist()
    scale = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    cv2.ellipse(person, middle, (int(scale * 1.25), int(scale * 1.5)), 0, 0, 360, 255, -1)
    person[middle[1] + int(scale) :] = 255
    bright = np.full_like(image, room)
    return np.where(person[..., None] > 0, exposed(image, face), bright)


@pytest.mark.parametrize("tone", ["light", "brown", "deepest"])
def test_window_behind_is_named_whatever_the_skin(face_models, person, tones, tone):
    points = person[1]
    assert HintCode.BACKLIT in set(hints_for(look(face_models, behind(tones[tone], points, 250, 0.18))))
    assert HintCode.BACKLIT not in set(hints_for(look(face_models, behind(tones[tone], points, 200, 1.0))))


def test_lamp_at_one_side_is_uneven_and_glaring_light_too_bright(face_models, person):
    image, _ = person
    ramp = np.linspace(0.02, 1.0, image.shape[1], dtype=np.float32)
    ramp = np.clip((ramp - 0.4) * 6, 0.08, 1.0)[None, :, None]
    assert HintCode.UNEVEN_LIGHT in set(hints_for(look(face_models, painting.display(painting.linear(image) * ramp))))
    blown = look(face_models, exposed(image, 3.0))
    assert HintCode.TOO_BRIGHT in set(hints_for(blown))
    assert light_state(blown) is LightState.BRIGHT
