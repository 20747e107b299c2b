import cv2
import numpy as np
import pytest

from loanapp.resource_files import read_toml
from loanapp.vision.stream_integrity import find_repeats, fingerprint

SAME = read_toml("vision", "verdict.toml")["stream"]["same_below"]


def film(frames, seed=0):
    """Pictures of something that drifts, with the noise of a sensor."""
    random = np.random.default_rng(seed)
    ground = cv2.GaussianBlur(random.normal(0, 1, (320, 320)), (0, 0), 5)
    ground = 128 + 40 * ground / ground.std()
    pictures = []
    for index in range(frames):
        matrix = np.float32([[1, 0, -16 + 3 * np.sin(index / 7)], [0, 1, -16 + 2 * np.cos(index / 5)]])
        grey = cv2.warpAffine(ground, matrix, (288, 288)) + random.normal(0, 1.6, (288, 288))
        pictures.append(cv2.cvtColor(np.clip(grey, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR))
    return pictures


def encoded_again(image, quality):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def repeats(pictures):
    return find_repeats([fingerprint(picture) for picture in pictures], same_below=SAME)


def test_a_camera_never_shows_the_same_picture_twice():
    found = repeats(film(60))
    assert found.frozen == 0
    assert found.looped == 0


@pytest.mark.parametrize("length", [8, 15, 24])
def test_a_loop_is_seen_however_it_is_encoded(length):
    pictures = film(length)
    looped = [encoded_again(pictures[index % length], 95) for index in range(60)]
    assert repeats(looped).looped > 0.5
    assert repeats(looped).frozen == 0


def test_a_picture_that_stands_still_is_frozen_and_no_loop():
    moving = film(20)
    found = repeats([*moving, *[moving[-1]] * 40])
    assert found.frozen == pytest.approx(40 / 59)
    assert found.looped == 0


def test_each_picture_given_twice_is_half_frozen():
    found = repeats([picture for picture in film(20) for _ in range(2)])
    assert found.frozen == pytest.approx(20 / 39)
    assert found.looped == 0


def test_one_frame_repeats_nothing():
    assert repeats(film(1)).frozen == 0
