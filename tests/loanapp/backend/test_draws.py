"""What a challenge asks cannot be known beforehand, and is not what the same borrower was asked of late."""

from collections import Counter
from itertools import pairwise

import pytest

from loanapp.backend.policy import load_policies
from loanapp.backend.verification.draws import agreement, draw_actions, draw_colours
from loanapp.domain.liveness import Action, FlashColour
from loanapp.vision.flash_colours import pace

POLICY = load_policies().face
TURNS = {Action.TURN_LEFT, Action.TURN_RIGHT}
C = FlashColour


@pytest.mark.parametrize(
    ("counts", "both", "orders"),
    [
        (POLICY.actions_with_flash, False, 68),
        (POLICY.actions_without_flash, True, 90),
        ((POLICY.actions_flash_declined,) * 2, True, 72),
    ],
)
def test_every_allowed_order_is_drawn_and_no_other(counts, both, orders):
    drawn = {draw_actions(*counts, both_turns=both) for _draw in range(3000)}
    assert len(drawn) == orders
    for actions in drawn:
        assert set(actions) >= TURNS if both else TURNS & set(actions)
        assert counts[0] <= len(set(actions)) == len(actions) <= counts[1]


def test_no_order_comes_again_while_there_is_another():
    before = set()
    for _draw in range(14):
        before.add(draw_actions(2, 2, both_turns=False, before=before))
    assert len(before) == 14
    assert draw_actions(2, 2, both_turns=False, before=before) in before


def test_colours_can_be_told_apart_and_from_a_lamp_that_goes_on():
    """White and black look the same to a camera that sets its exposure."""
    fewest, most, _milliseconds = pace()
    drawn = {draw_colours(fewest, most) for _draw in range(400)}
    assert {len(colours) for colours in drawn} == set(range(fewest, most + 1))
    assert len(drawn) > 300
    assert {colour for colours in drawn for colour in colours} == set(C)
    looks = {C.WHITE: "", C.BLACK: "", C.BLUE: "b", C.GREEN: "g", C.CYAN: "gb", C.YELLOW: "rg", C.MAGENTA: "rb"}
    for colours in drawn:
        assert all(looks[one] != looks[other] for one, other in pairwise(colours))
        assert len({looks[colour] for colour in colours}) >= 3
        for primary in "rgb":
            changes = [(primary in looks[one]) != (primary in looks[other]) for one, other in pairwise(colours)]
            assert sum(changes) >= 2, colours


def test_every_sequence_of_looks_is_as_likely_as_any_other_of_its_length():
    """144 of four colours (counted by listing them all); white and black do not make theirs likelier."""
    found = Counter(
        tuple(C.BLACK if colour is C.WHITE else colour for colour in draw_colours(4, 4)) for _ in range(9000)
    )
    assert len(found) == 144
    expected = 9000 / 144
    chi_square = sum((count - expected) ** 2 / expected for count in found.values())
    assert chi_square < 143 + 7 * (2 * 143) ** 0.5  # seven standard deviations


def test_agreement_is_the_share_of_places_that_agree_at_the_best_shift_of_one():
    shown = (C.WHITE, C.BLUE, C.GREEN, C.BLACK)
    assert agreement(shown, shown) == 1
    assert agreement(shown, (C.CYAN, *shown)) == 1
    assert agreement(shown, (C.BLACK, C.BLUE, C.GREEN, C.WHITE)) == 1, "brightness tells nothing"
    assert agreement(shown, (C.BLUE, C.WHITE, C.MAGENTA, C.BLACK)) == 0.25
    assert agreement(shown, (C.CYAN, C.CYAN, C.MAGENTA, C.BLUE, C.GREEN)) == 0


def test_a_film_of_an_attempt_before_does_not_come_near_the_colours_asked_for_next():
    fewest, most, _milliseconds = pace()
    before = []
    for _draw in range(12):
        before.append(draw_colours(fewest, most, before))
    near = [agreement(later, earlier) for place, later in enumerate(before) for earlier in before[:place]]
    assert max(near) <= 0.5
