"""A small seeded part of ``python -m tests.benchmarks.attempt_time``."""

import random

import pytest

from tests.benchmarks.attempt_time import KINDS, attempt_seconds, draw


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_attempt_takes_no_longer_than_promised(face_models, kind):
    challenge = draw(kind, random.Random(7))
    assert len(challenge.actions) == kind.actions
    assert bool(challenge.flash) is kind.flash
    seconds = attempt_seconds(challenge, face_models, seed=7, sitting_s=1.5, fps=15)
    assert 3 < seconds <= kind.most_s
