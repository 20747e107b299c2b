"""A seeded share of the tamperings; ``python -m tests.loanapp.proof.tamperings`` makes and counts all 2,000."""

import pytest

from tests.loanapp.proof.tamperings import Genuine, attempts


@pytest.fixture(scope="module")
def genuine():
    return Genuine.make()


def escaped(genuine, count, seed):
    return [outcome for outcome in attempts(genuine, count, seed) if outcome.escaped is not None]


def test_two_of_each_kind_are_refused_in_words(genuine):
    assert escaped(genuine, 72, seed=7) == []


@pytest.mark.attack("two-thousand-are-refused-in-words")
@pytest.mark.slow
def test_two_thousand_are_refused_in_words(genuine):
    assert escaped(genuine, 2000, seed=1) == []
