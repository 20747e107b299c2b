"""Who sends a request, and that it counts once, in one transaction with what it does."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from loanapp.backend.auth.proofs import Proven, count_proof
from loanapp.backend.services import Services


class Caller:
    """The sender of one request. ``proven`` is what was signed; ``None`` where nothing is changed and none is asked."""

    def __init__(self, services: Services, borrower_id: str, proven: Proven | None) -> None:
        self.borrower_id = borrower_id
        self._services = services
        self._open = proven

    @property
    def to_be_counted(self) -> bool:
        """Whether the request has still to be written down."""
        return self._open is not None

    def count(self) -> None:
        """Count the request now, in a transaction of its own; raises ``REQUEST_UNPROVEN`` when it came before."""
        if self._open is not None:
            with self._services.database.write() as session:
                count_proof(self._services, session, self._open)
            self._open = None

    @contextmanager
    def counting(self) -> Iterator[Session]:
        """A writing transaction in which the request counts; where that is rolled back it has counted all the same.

        Raises ``REQUEST_UNPROVEN`` when the request came before.
        """
        try:
            with self._services.database.write() as session:
                if self._open is not None:
                    count_proof(self._services, session, self._open)
                yield session
        except Exception:
            self.count()  # what was refused now could be done later: nobody else shall send it again then
            raise
        self._open = None
