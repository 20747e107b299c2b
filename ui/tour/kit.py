"""What the borrower of the tour brings (a test card, a face, a lamp), and what the walk leaves."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from loanapp.capture.sources import FrameSource
from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.journey.pages import Page
from ui.demonstration import DemonstrationKit, DemonstrationPerson
from ui.tour.driver import TourError

_DIM: Final = 0.25


@dataclass(slots=True)
class TourKit:
    """The demonstration's kit, with a hand on the lamp: the borrower sits in the dark until the light is turned on."""

    kit: DemonstrationKit
    dim: bool = True
    borrower: DemonstrationBorrower | None = None

    def identities(self) -> tuple[DemonstrationPerson, ...]:
        """The test identities."""
        return self.kit.identities()

    def render_card(self, key: str, side: Literal["front", "back"]) -> bytes:
        """A photo of a test card."""
        return self.kit.render_card(key, side)

    def camera(self) -> FrameSource:
        """The demonstration borrower, at first in the dark."""
        source = self.kit.camera()
        if not isinstance(source, DemonstrationBorrower):
            raise TourError("the demonstration has no borrower")
        source.light = _DIM if self.dim else 1.0
        self.borrower = source
        return source

    def turn_on_the_light(self) -> None:
        """What the hint asks for."""
        self.dim = False
        if self.borrower is not None:
            self.borrower.light = 1.0


@dataclass(slots=True)
class Kept:
    """What a walk leaves."""

    pictures: list[Path] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
