"""What a challenge asks, drawn by the lender from the system's own randomness.

What an attacker faces who holds one recording of the borrower and waits for the challenge that fits it:

- order of actions: each allowed order is as likely as any other: 68 of them beside the flash, 72 when it is declined,
  90 where the lender has none (6.1, 6.2 and 6.5 bits);
- colours: what the judge can tell are their looks, and white and black look the same, because a camera's exposure hides
  brightness: 144, 1,760 and 12,968 sequences of looks for 4, 5 and 6 colours, each length as likely, and each sequence
  of a length (at least 8.7 bits); another sequence drawn so agrees in three of four places or more, at the best shift
  of one place, once in 36 draws, in all once in 500 (measured on 20,000 pairs);
- both together with the flash: at least 14.8 bits for a guess of everything.

Without the flash that is little: whoever splices a film of single actions can answer any order. Two rules of
``challenges.py`` stand beside the draw: nobody is asked what that borrower was asked of late, and only so many
challenges are given an hour.
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise, permutations
from typing import Final, TypeVar

from loanapp.domain.liveness import Action, FlashColour

_Sequence = TypeVar("_Sequence")

_TURNS: Final = frozenset({Action.TURN_LEFT, Action.TURN_RIGHT})
# Which primaries a colour lights beyond those of a grey: red, green, blue. There is no red alone (WCAG 2.3.1).
_LOOKS: Final = {
    FlashColour.BLACK: 0b000,
    FlashColour.WHITE: 0b000,
    FlashColour.BLUE: 0b001,
    FlashColour.GREEN: 0b010,
    FlashColour.CYAN: 0b011,
    FlashColour.MAGENTA: 0b101,
    FlashColour.YELLOW: 0b110,
}
_COLOURS_BY_LOOK: Final = {
    look: [colour for colour, its in _LOOKS.items() if its == look] for look in sorted(set(_LOOKS.values()))
}
_FEWEST_LOOKS: Final = 3
_TRIES: Final = 200
# Chosen: of two sequences at most half the places may agree.
_MOST_AGREEMENT: Final = 0.5


def draw_actions(
    fewest: int, most: int, *, both_turns: bool, before: Collection[tuple[Action, ...]] = ()
) -> tuple[Action, ...]:
    """Different actions, always with a turn, or with both; not an order of ``before`` while there is another.

    A flat picture that is swung cannot follow a turn; one that is warped to obey can (``docs/liveness.md`` says so).
    """
    allowed = [
        order
        for count in range(fewest, most + 1)
        for order in permutations(Action, count)
        if (set(order) >= _TURNS if both_turns else _TURNS & set(order))
    ]
    fresh = [order for order in allowed if order not in before]
    return secrets.choice(fresh or allowed)


def draw_colours(fewest: int, most: int, before: Sequence[tuple[FlashColour, ...]] = ()) -> tuple[FlashColour, ...]:
    """Colours for the flash: no two neighbours look alike, three looks or more, each primary on or off at least twice.

    One step alone could be a lamp or the camera's own exposure. A sequence that agrees with one of ``before`` in more
    than half its places, at a shift of at most one place, is drawn anew: a film of that attempt must not come near.
    """

    def draw() -> tuple[FlashColour, ...]:
        count = fewest + secrets.randbelow(most - fewest + 1)
        looks = _drawn(lambda: tuple(secrets.choice(tuple(_COLOURS_BY_LOOK)) for _ in range(count)), _tells)
        return tuple(secrets.choice(_COLOURS_BY_LOOK[look]) for look in looks)

    drawn = [draw()]
    while _nearest(drawn[-1], before) > _MOST_AGREEMENT and len(drawn) < _TRIES:
        drawn.append(draw())
    return min(drawn, key=lambda colours: _nearest(colours, before))


def agreement(shown: Sequence[FlashColour], filmed: Sequence[FlashColour]) -> float:
    """The share of ``shown`` that looks as ``filmed`` does in its place, at the best shift of at most one place."""
    looks, others = [_LOOKS[colour] for colour in shown], [_LOOKS[colour] for colour in filmed]
    return max(
        sum(look == others[place + shift] for place, look in enumerate(looks) if 0 <= place + shift < len(others))
        / len(looks)
        for shift in (-1, 0, 1)
    )


def _nearest(colours: Sequence[FlashColour], before: Sequence[Sequence[FlashColour]]) -> float:
    return max((agreement(colours, earlier) for earlier in before), default=0.0)


def _tells(looks: Sequence[int]) -> bool:
    if any(one == other for one, other in pairwise(looks)) or len(set(looks)) < _FEWEST_LOOKS:
        return False
    changes = [one ^ other for one, other in pairwise(looks)]
    return all(sum(bool(change & primary) for change in changes) >= 2 for primary in (0b100, 0b010, 0b001))


def _drawn(draw: Callable[[], _Sequence], fits: Callable[[_Sequence], bool]) -> _Sequence:
    """Drawn until it fits: each that fits is as likely as any other."""
    while not fits(drawn := draw()):
        pass
    return drawn
