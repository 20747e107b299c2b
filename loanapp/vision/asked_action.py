"""How an asked action goes, for the hints that belong to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from loanapp.domain.liveness import Action

_OPPOSITE: Final = {Action.TURN_LEFT: Action.TURN_RIGHT, Action.TURN_RIGHT: Action.TURN_LEFT}


@dataclass(frozen=True, slots=True)
class AskedAction:
    """The action asked now. ``furthest``: how far it has got since it was asked, 0 to 1 (1 counts).

    ``now``: how far it is at this moment; ``opposite``: the same for the turn to the other side, 0 for other actions.
    ``since_furthest_s``: seconds since it last got further.
    """

    action: Action
    now: float = 0.0
    furthest: float = 0.0
    opposite: float = 0.0
    since_furthest_s: float = 0.0


class ActionWatch:
    """Follows the progress of whatever is asked; one object per stream."""

    def __init__(self) -> None:
        self._asked: Action | None = None
        self._furthest = 0.0
        self._furthest_s = 0.0

    def feed(self, time_s: float, asked: Action | None, progress: Callable[[Action], float]) -> AskedAction | None:
        """Take the next frame; ``progress`` is that of :class:`~loanapp.vision.actions.ActionDetector`."""
        if asked is not self._asked:
            self._asked, self._furthest, self._furthest_s = asked, 0.0, time_s
        if asked is None:
            return None
        now = progress(asked)
        if now >= self._furthest:
            self._furthest, self._furthest_s = now, time_s
        other = _OPPOSITE.get(asked)
        return AskedAction(
            action=asked,
            now=now,
            furthest=self._furthest,
            opposite=progress(other) if other is not None else 0.0,
            since_furthest_s=time_s - self._furthest_s,
        )
