"""What the window needs of the demonstration, when the build carries it; ``ui.__main__`` supplies the real thing."""

from typing import Literal, Protocol

from loanapp.capture.sources import FrameSource


class DemonstrationPerson(Protocol):
    """A test identity as the window offers it."""

    @property
    def key(self) -> str:
        """Short name of the row."""

    @property
    def name(self) -> str:
        """The name on the card."""

    @property
    def phone(self) -> str:
        """The phone of this test person, also the one left with the bank."""

    @property
    def card_number(self) -> str:
        """The bank card of this test person."""

    @property
    def note(self) -> dict[str, str]:
        """What this test person leads to, in ``zh`` and ``en``."""


class DemonstrationKit(Protocol):
    """Stands in for what a borrower would bring: a card, a face."""

    def identities(self) -> tuple[DemonstrationPerson, ...]:
        """The test identities, in the order of their table."""

    def render_card(self, key: str, side: Literal["front", "back"]) -> bytes:
        """A photo (JPEG) of the test card of ``key``; slow, call it in a worker."""

    def camera(self) -> FrameSource:
        """A camera that plays the demonstration borrower."""
