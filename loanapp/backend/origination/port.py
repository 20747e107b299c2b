"""The thin port in front of the durable workflow, so that the library behind it can be replaced."""

from typing import Protocol


class Origination(Protocol):
    """Carries submitted applications on; what is to do is read from the database, never from the call."""

    def advance(self, application_id: str) -> None:
        """Something changed (submitted, signed, withdrawn): look at this application now.

        Never fails and never blocks: what is missed now is found at the next start.
        """
        ...

    def payout_notice(self, key: str) -> None:
        """The bank says that something became of the payment ordered under ``key``: it is asked, never believed.

        Never fails; a notice about nothing the lender waits for changes nothing.
        """
        ...

    def stop(self) -> None:
        """End the work; whatever was going on goes on at the next start."""
        ...
