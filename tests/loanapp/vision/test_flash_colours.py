"""The flash is safe to look at: WCAG 2.3.1 on saturated red and on the number of changes a second."""

import pytest

from loanapp.domain.liveness import FlashColour
from loanapp.vision.flash_colours import pace, screen_colour


@pytest.mark.parametrize("colour", FlashColour)
def test_no_colour_is_a_saturated_red(colour):
    red, green, blue = screen_colour(colour)
    assert all(0 <= value <= 255 for value in (red, green, blue))
    assert red / (red + green + blue) < 0.8


def test_fewer_than_three_changes_a_second():
    fewest, most, colour_ms = pace()
    assert 4 <= fewest <= most <= 6
    assert 1000 / colour_ms < 3
