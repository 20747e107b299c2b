"""What is seen to happen in a stream of frames."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from loanapp.domain.liveness import Action


class EventKind(StrEnum):
    """Kinds of events; left and right are the person's own."""

    BLINK = "blink"
    WINK = "wink"
    MOUTH_OPEN = "mouth_open"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    NOD = "nod"


_ACTIONS: Final = {
    EventKind.BLINK: Action.BLINK,
    EventKind.MOUTH_OPEN: Action.OPEN_MOUTH,
    EventKind.TURN_LEFT: Action.TURN_LEFT,
    EventKind.TURN_RIGHT: Action.TURN_RIGHT,
    EventKind.NOD: Action.NOD,
}


@dataclass(frozen=True, slots=True)
class ActionEvent:
    """One event, with the first and last frame (counted from 0) and time at which it holds.

    ``strength`` is 1 at what a challenge asks and more beyond; ``complete`` when the person was neutral before and
    after.
    """

    kind: EventKind
    start_s: float
    end_s: float
    start_frame: int
    end_frame: int
    strength: float
    complete: bool

    @property
    def action(self) -> Action | None:
        """What a challenge calls it; None for a wink, which no challenge asks for."""
        return _ACTIONS.get(self.kind)

    @property
    def counts(self) -> bool:
        """Whether a challenge may accept it."""
        return self.complete and self.strength >= 1 and self.action is not None
