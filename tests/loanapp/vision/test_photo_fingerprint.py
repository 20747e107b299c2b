"""The same photograph is known again after it was saved anew; photographs of other cards are not taken for it."""

from itertools import combinations

import cv2
import numpy as np
import pytest

from loanapp.domain.photo_fingerprint import BANDS, SAME_PHOTO_BITS, same_photo
from loanapp.vision.photo_fingerprint import photo_fingerprint
from tests.evaluation.id_cards import card_photo


def picture(level, turn):
    return cv2.imdecode(np.frombuffer(card_photo(5, level + 5 * turn).content(), np.uint8), cv2.IMREAD_COLOR)


@pytest.fixture(scope="module", params=[0, 1, 2])
def photos(request):
    """Fronts of the cards of different people, photographed alike."""
    return [picture(request.param, turn) for turn in range(4)]


def test_saved_anew_and_made_smaller_it_is_the_same(photos):
    for photo in photos:
        fingerprint = photo_fingerprint(photo)
        height, width = photo.shape[:2]
        _, saved = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 60])
        smaller = cv2.resize(photo, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        for other in (cv2.imdecode(saved, cv2.IMREAD_COLOR), smaller):
            again = photo_fingerprint(other)
            assert same_photo(fingerprint, again)
            assert any(one == two for one, two in zip(fingerprint, again, strict=True)), "nothing to find it by"


def test_the_card_of_somebody_else_is_another(photos):
    fingerprints = [photo_fingerprint(photo) for photo in photos]
    assert not [1 for one, other in combinations(fingerprints, 2) if same_photo(one, other)]
    bits = [int("".join(one), 16) for one in fingerprints]
    assert min((one ^ other).bit_count() for one, other in combinations(bits, 2)) > 4 * SAME_PHOTO_BITS


def test_a_fingerprint_of_another_make_is_of_no_photo():
    assert not same_photo((), ())
    assert not same_photo(("00",) * BANDS, ("00",) * (BANDS - 1))
