"""The colours of one attempt by the clock: which one the page shows now, and when each was really shown."""

import threading
from dataclasses import dataclass
from typing import Final

from loanapp.domain.liveness import Challenge, FlashColour
from loanapp.resource_files import read_toml

# Chosen: the page is calm for so long before the first colour, so that the analysis has the face without it, as lit as
# just before, and the person has seen that the actions are over.
SETTLE_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class ShownColour:
    """A colour and when the page began and ceased to show it, seconds on the clock of the frames."""

    colour: FlashColour
    shown_s: float
    until_s: float


class FlashSequence:
    """Shows one colour after the other; every method may be called from any thread.

    Whoever notices first that time has passed moves it on, by one colour at most, and what counts is when that was: a
    late change is recorded late and shortens no colour. So two changes are never closer than the pace of ``flash.toml``
    allows (WCAG 2.3.1), whatever the lender asks and however the computer stalls.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._colours: tuple[FlashColour, ...] = ()
        self._colour_s = 0.0
        self._due_s = 0.0
        self._place = -1
        self._since_s = 0.0
        self._shown: list[ShownColour] = []
        self._running = False

    @property
    def colour(self) -> FlashColour | None:
        """What the whole page shows now; None: it looks as always."""
        with self._lock:
            return self._colours[self._place] if self._running and self._place >= 0 else None

    @property
    def shown(self) -> tuple[ShownColour, ...] | None:
        """Every colour with its times once all have been shown; None before."""
        with self._lock:
            over = not self._running and self._colours and len(self._shown) == len(self._colours)
            return tuple(self._shown) if over else None

    def start(self, colours: tuple[FlashColour, ...], colour_ms: int, now_s: float) -> None:
        """Begin with the calm before the first colour; each colour lasts ``colour_ms``, never less than the pace."""
        with self._lock:
            self._colours = colours
            self._colour_s = _colour_seconds(colour_ms)
            self._due_s = now_s + SETTLE_SECONDS
            self._place = -1
            self._shown = []
            self._running = bool(colours)

    def advance(self, now_s: float) -> FlashColour | None:
        """It is ``now_s``: the colour to show. A time that lies before one already told changes nothing."""
        with self._lock:
            if self._running and now_s >= self._due_s:
                if self._place >= 0:
                    self._shown.append(ShownColour(self._colours[self._place], self._since_s, now_s))
                self._place += 1
                self._since_s = now_s
                self._due_s = now_s + self._colour_s
                self._running = self._place < len(self._colours)
            return self._colours[self._place] if self._running and self._place >= 0 else None

    def stop(self) -> None:
        """Show nothing any more, at once; colours not finished count as not shown."""
        with self._lock:
            self._running = False
            self._colours = ()
            self._shown = []


def flash_seconds(challenge: Challenge) -> float:
    """How long the colours of a challenge take, with the calm before them, where nothing stalls."""
    if not challenge.flash:
        return 0.0
    return SETTLE_SECONDS + len(challenge.flash) * _colour_seconds(challenge.flash_colour_ms)


def _colour_seconds(colour_ms: int) -> float:
    least_ms = float(read_toml("vision", "flash.toml")["pace"]["least_ms"])
    return max(float(colour_ms), least_ms) / 1000
