import cv2
import numpy as np
import pytest

from loanapp.demonstration.identities import find_identity
from loanapp.demonstration.identity_card import PHOTO_SIZE, PhotoConditions, draw_back, draw_front, render_card
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.face_match import PortraitDetector


def decoded(photo: bytes):
    return cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("side", ["front", "back"])
def test_photo_is_a_jpeg_of_the_size_and_the_same_for_the_same_input(side):
    identity = find_identity("approved")
    photo = render_card(identity, side)
    assert photo.startswith(b"\xff\xd8")
    assert decoded(photo).shape == (PHOTO_SIZE[1], PHOTO_SIZE[0], 3)
    assert render_card(identity, side) == photo


def test_conditions_and_identity_change_the_photo():
    identity = find_identity("approved")
    plain = render_card(identity, "front")
    assert render_card(identity, "front", PhotoConditions(seed=1)) != plain
    assert render_card(find_identity("review"), "front") != plain
    dark = decoded(render_card(identity, "front", PhotoConditions(light=0.4)))
    assert dark.mean() < 0.5 * decoded(plain).mean()


def test_front_shows_one_portrait_and_back_none():
    detector = PortraitDetector()
    face = detector.largest(draw_front(find_identity("approved")))
    assert face is not None
    assert face.box[0] > 600, "right of the text"
    assert detector.largest(draw_back(find_identity("approved"))) is None


def test_missing_assets_are_named(monkeypatch, tmp_path):
    from loanapp.demonstration import identity_card

    identity_card._font.cache_clear()
    monkeypatch.setenv("LOANAPP_ASSETS", str(tmp_path))
    with pytest.raises(LoanAppError) as caught:
        draw_back(find_identity("approved"))
    assert caught.value.code is ErrorCode.ASSET_MISSING
