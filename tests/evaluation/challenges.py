"""Challenges as the lender draws them, but from a seed, so that a run can be repeated."""

from datetime import UTC, datetime, timedelta

import numpy as np

from loanapp.domain.liveness import Action, Challenge, FlashColour, SourceKind
from loanapp.vision.flash_colours import pace

TURNS = (Action.TURN_LEFT, Action.TURN_RIGHT)
OTHERS = (Action.BLINK, Action.OPEN_MOUTH, Action.NOD)
ISSUED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIFE = timedelta(minutes=3)


def draw_challenge(random: np.random.Generator, *, flash: bool) -> Challenge:
    """With the flash two or three actions with a turn; without it four, both turns among them."""
    if flash:
        count = int(random.integers(2, 4))
        first = TURNS[int(random.integers(2))]
        rest = [action for action in (*TURNS, *OTHERS) if action is not first]
        actions = [first, *(rest[index] for index in random.permutation(len(rest))[: count - 1])]
    else:
        actions = [*TURNS, *(OTHERS[index] for index in random.permutation(len(OTHERS))[:2])]
    order = random.permutation(len(actions))
    fewest, most, colour_ms = pace()
    colours = draw_colours(random, int(random.integers(fewest, most + 1))) if flash else ()
    return Challenge(
        session_id=f"session-{random.integers(1 << 40):x}",
        application_id=f"application-{random.integers(1 << 40):x}",
        nonce=f"{random.integers(1 << 60):x}",
        actions=tuple(actions[index] for index in order),
        issued_at=ISSUED,
        expires_at=ISSUED + LIFE,
        action_timeout_seconds=12,
        accepted_sources=tuple(SourceKind),
        signature="",
        flash=colours,
        flash_colour_ms=colour_ms if flash else 0,
        borrower_id="borrower-1",
    )


def draw_colours(random: np.random.Generator, count: int) -> tuple[FlashColour, ...]:
    """Different neighbours, as the lender draws them."""
    every = list(FlashColour)
    colours: list[FlashColour] = []
    while len(colours) < count:
        colour = every[int(random.integers(len(every)))]
        if not colours or colour is not colours[-1]:
            colours.append(colour)
    return tuple(colours)
