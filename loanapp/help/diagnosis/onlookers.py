"""Who else may be at this computer just now: seen for a moment, told to the borrower alone, and forgotten."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from loanapp.help.diagnosis import cameras, processes, screen_sharing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Onlookers:
    """Programs and cameras by the names that are shown; nothing of it is kept, logged or sent.

    ``remote`` lets others see or move the screen, ``sharing`` shows it to them just now; either is a reason to stop.
    ``meetings`` run and could show it, ``virtual_cameras`` are there; either is worth a calm word.
    """

    remote: tuple[str, ...] = ()
    sharing: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    virtual_cameras: tuple[str, ...] = ()

    @property
    def stop(self) -> bool:
        """Whether somebody else may see or move this screen now."""
        return bool(self.remote or self.sharing)

    @property
    def note(self) -> bool:
        """Whether there is something to be said that holds nobody up."""
        return bool(self.meetings or self.virtual_cameras)


def look() -> Onlookers:
    """Look once; in a worker, it takes some seconds. What cannot be looked at holds nobody up, and hides nothing."""
    remote, shared = _seen(processes.running_remote_control), _seen(screen_sharing.sharing)
    could = tuple(name for name in _seen(screen_sharing.meetings) if name not in shared)
    return Onlookers(remote, shared, could, _seen(cameras.virtual_cameras))


def _seen(part: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    try:
        return part()
    except Exception as error:  # noqa: BLE001 - whatever a system answers, the other parts count
        log.warning("one part of the look who else is there failed: %s", type(error).__name__)
        return ()
