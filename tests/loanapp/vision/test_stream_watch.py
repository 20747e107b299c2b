"""What only several frames show: standing still, slow, blurred, moving, somebody else."""

import cv2
import numpy as np
import pytest

from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.liveness import HintCode
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.hints import hints_for


@pytest.fixture(scope="module")
def image(face_models):
    borrower = DemonstrationBorrower(paced=False, models=face_models)
    borrower.open()
    frame = borrower.read().image
    borrower.close()
    return frame


def hints_of(models, images, rate=15.0):
    analyser = FrameAnalyser(models)
    return [set(hints_for(analyser.analyse(one, number / rate))) for number, one in enumerate(images)]


def noisy(image, count, seed=0):
    random = np.random.default_rng(seed)
    return [np.clip(image + random.normal(0, 1.6, image.shape), 0, 255).astype(np.uint8) for _ in range(count)]


def test_picture_that_stands_still(image, face_models):
    assert HintCode.CAMERA_FROZEN in hints_of(face_models, [image] * 6, rate=4.0)[-1]
    assert not any(HintCode.CAMERA_FROZEN in hints for hints in hints_of(face_models, noisy(image, 6), rate=4.0))


def test_camera_slower_than_a_blink_needs(image, face_models):
    assert HintCode.CAMERA_SLOW in hints_of(face_models, noisy(image, 9), rate=5.0)[-1]
    assert HintCode.CAMERA_SLOW not in hints_of(face_models, noisy(image, 9), rate=10.0)[-1]


def test_blur_shows_against_the_own_best_and_by_itself(image, face_models):
    soft = [cv2.GaussianBlur(one, (0, 0), 4.5) for one in noisy(image, 4)]
    assert all(HintCode.BLURRED in hints for hints in hints_of(face_models, noisy(image, 6) + soft)[-2:])
    assert HintCode.BLURRED in hints_of(face_models, soft)[-1], "a lens that was never sharp"
    assert not any(HintCode.BLURRED in hints for hints in hints_of(face_models, noisy(image, 6)))


@pytest.mark.parametrize("scale", [0.5, 0.8])
def test_small_face_or_camera_is_not_blurred(image, face_models, scale):
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert not any(HintCode.BLURRED in hints for hints in hints_of(face_models, noisy(small, 4)))


def test_swaying_is_too_much_movement_and_drifting_is_not(image, face_models):
    def shifted(by):
        return cv2.warpAffine(image, np.float32([[1, 0, by], [0, 1, 0]]), image.shape[1::-1], borderMode=1)

    assert HintCode.MOVING in hints_of(face_models, [shifted(14 * number - 60) for number in range(8)])[-1]
    assert HintCode.MOVING not in hints_of(face_models, [shifted(2 * number) for number in range(8)])[-1]


def test_own_face_remembers_who_was_there():
    from loanapp.vision.face_part import FacePart
    from loanapp.vision.own_face import OwnFace

    random = np.random.default_rng(4)
    points = np.zeros((478, 2), np.float32)
    points[[468, 473, 1, 61, 291]] = [(38, 52), (74, 52), (56, 72), (42, 92), (71, 92)]

    def face(seed):
        rough = np.random.default_rng(seed).integers(0, 255, (9, 9, 3)).astype(np.uint8)
        return cv2.resize(rough, (112, 112), interpolation=cv2.INTER_CUBIC)

    def seen(picture):
        return FacePart(np.clip(picture + random.normal(0, 2, picture.shape), 0, 255).astype(np.uint8), points)

    own = OwnFace()
    assert all(own.likeness(seen(face(1)), number / 15) > 0.35 for number in range(5))
    assert all(own.likeness(seen(face(2)), number / 15) < 0.3 for number in range(5, 12)), "somebody else"
    assert own.likeness(seen(face(1)), 12 / 15) == 1.0, "the first person is back"
    for number in range(13, 13 + 110):
        last = own.likeness(seen(face(2)), number / 15)
    assert last > 0.35, "who stays is the person"
    own.forget()
    assert own.likeness(seen(face(3)), 9.0) == 1.0
    assert own.likeness(seen(face(4)), 10.0) >= 0.35, "over a gap nothing is said"
