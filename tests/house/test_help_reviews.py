"""No article passes its day of review unnoticed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from loanapp.help import article, articles, due_soon, review_due
from tests.house.reviews import day_of_this_revision

LANGUAGES = ("zh", "en")


def test_every_article_was_read_within_a_year_of_this_revision():
    day = day_of_this_revision()
    if day is None:
        pytest.skip("this copy of the program has no history to take a day from")
    late = [f"{one.language}/{one.id}" for language in LANGUAGES for one in articles(language) if review_due(one) < day]
    assert late == []


def test_what_is_due_is_named_sixty_days_before_it_is():
    every = [one for language in LANGUAGES for one in articles(language)]
    first = min(review_due(one) for one in every)
    assert due_soon(first - timedelta(days=61)) == ()
    named = due_soon(first - timedelta(days=60))
    assert named
    assert {review_due(one) for one in named} == {first}
    assert set(due_soon(first + timedelta(days=900))) == set(every)


def test_an_article_counts_as_read_for_a_year():
    one = article("annual-rate", "en")
    assert review_due(one) == one.reviewed + timedelta(days=365)
    assert review_due(replace(one, reviewed=one.reviewed + timedelta(days=1))) > review_due(one)
