import cv2
import numpy as np
import pytest

from loanapp.demonstration.portrait import load_portrait
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.face_match import (
    FaceMatcher,
    MatchOutcome,
    MatchPolicy,
    PortraitDetector,
    load_match_policy,
    similarity_transform,
)


@pytest.fixture(scope="module")
def matcher():
    return FaceMatcher()


@pytest.fixture(scope="module")
def portrait():
    return load_portrait()


def other_face(portrait):
    """The same picture stretched and mirrored in halves: a face to the detector, somebody else to the recogniser."""
    face = portrait[30:200, 150:300]
    half = face[:, :75]
    made = np.hstack([half, half[:, ::-1]])
    return cv2.resize(made, (260, 230))


def test_same_person_in_other_conditions(matcher, portrait):
    dim = cv2.convertScaleAbs(portrait, alpha=0.5)
    small = cv2.resize(portrait, (200, 200), interpolation=cv2.INTER_AREA)
    turned = cv2.warpAffine(portrait, cv2.getRotationMatrix2D((224, 120), 15, 1), (512, 512))
    assert matcher.similarity(portrait, portrait) == pytest.approx(1, abs=1e-4)
    for changed in (dim, small, turned):
        assert matcher.similarity(portrait, changed) > 0.7


def test_similarity_is_symmetric_and_lower_for_another_face(matcher, portrait):
    other = other_face(portrait)
    there, back = matcher.similarity(portrait, other), matcher.similarity(other, portrait)
    assert there == pytest.approx(back, abs=1e-5)
    assert there < matcher.similarity(portrait, cv2.convertScaleAbs(portrait, alpha=0.8))


def test_tight_crop_is_found(matcher, portrait):
    aligned = matcher.align(portrait)
    assert aligned.shape == (112, 112, 3)
    assert matcher.similarity(portrait, aligned) > 0.7


@pytest.mark.parametrize("image", [np.full((480, 640, 3), 128, np.uint8), np.zeros((20, 20, 3), np.uint8)])
def test_no_face(matcher, portrait, image):
    with pytest.raises(LoanAppError) as caught:
        matcher.similarity(portrait, image)
    assert caught.value.code is ErrorCode.FACE_LOST


def test_detector_gives_places_in_the_pictures_own_pixels(portrait):
    detector = PortraitDetector()
    plain = detector.largest(portrait)
    large = detector.largest(cv2.resize(portrait, None, fx=3, fy=3))
    assert plain is not None
    assert large is not None
    assert np.abs(large.points / 3 - plain.points).max() < 8, "pixels, of a face 90 wide"
    right_eye, left_eye = plain.points[:2]
    assert right_eye[0] < left_eye[0], "the person's right eye is at the picture's left"


def test_transform_recovers_turn_scale_and_shift():
    source = np.array([[0, 0], [10, 0], [5, 5], [1, 9], [9, 8]], np.float32)
    angle = 0.4
    turn = 2.5 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = similarity_transform(source, (source @ turn.T + [7, -3]).astype(np.float32))
    assert matrix == pytest.approx(np.hstack([turn, [[7], [-3]]]), abs=1e-4)


def test_policy_is_read_and_provisional():
    policy = load_match_policy()
    assert (policy.pass_from, policy.review_from) == (0.45, 0.33)
    assert policy.version


@pytest.mark.parametrize(
    ("similarity", "outcome"),
    [
        (1.0, MatchOutcome.SAME),
        (0.45, MatchOutcome.SAME),
        (0.4499, MatchOutcome.UNSURE),
        (0.33, MatchOutcome.UNSURE),
        (0.3299, MatchOutcome.DIFFERENT),
        (-1.0, MatchOutcome.DIFFERENT),
    ],
)
def test_outcomes(similarity, outcome):
    assert MatchPolicy("x", 0.45, 0.33).outcome(similarity) is outcome


def test_missing_and_damaged_models(monkeypatch, tmp_path, portrait):
    monkeypatch.setenv("LOANAPP_ASSETS", str(tmp_path))
    with pytest.raises(LoanAppError) as caught:
        FaceMatcher().similarity(portrait, portrait)
    assert caught.value.code is ErrorCode.ASSET_MISSING
    (tmp_path / "face_detection_yunet_2023mar_int8bq.onnx").write_bytes(b"not a model")
    with pytest.raises(LoanAppError) as caught:
        FaceMatcher().similarity(portrait, portrait)
    assert caught.value.code is ErrorCode.ASSET_DAMAGED
