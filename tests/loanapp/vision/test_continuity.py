"""One face from first to last: what cannot be compared is not alike."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from loanapp.resource_files import read_toml
from loanapp.vision.continuity import Course, same_face

LIMITS = read_toml("vision", "verdict.toml")["continuity"]


class Describing:
    """A matcher whose descriptions are given."""

    def __init__(self, *values):
        self._vectors = [None if value is None else np.array([value, 0.0], np.float32) for value in values]

    def describe(self, image):
        return self._vectors[int(image[0, 0, 0])]

    describe_at = None


def least_similar(*values):
    facts = [
        SimpleNamespace(
            time_s=float(place), face=object(), yaw=0.0, pitch=0.0, jaw_open=0.0, eye_open_left=1.0, eye_open_right=1.0
        )
        for place in range(len(values))
    ]
    images = [np.full((8, 8, 3), place, np.uint8) for place in range(len(values))]
    patches = [np.array([1.0], np.float32) for _ in values]
    spans = [(place - 0.1, place + 0.1) for place in range(len(values))]
    found = same_face(
        Course(facts, images, patches), best=0, spans=spans, events=[], matcher=Describing(*values), limits=LIMITS
    )
    return found.least_similar


def test_the_face_least_like_the_best_one_counts():
    assert least_similar(1.0, 0.9, 0.4, 1.0) == pytest.approx(0.4)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_cannot_be_compared_is_not_alike(value):
    assert least_similar(1.0, value, 1.0) == 0.0
    assert least_similar(value, 1.0, 1.0) == 0.0
