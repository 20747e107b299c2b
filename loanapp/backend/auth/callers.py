"""Who sends a request, and that it counts once, in one transaction with what it does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy.orm import Session

from loanapp.backend.auth.proofs import Proven, count_proof
from loanapp.backend.services import Services

Admission = tuple[str, Proven | None]
"""The borrower's id, and what was signed; ``None`` where nothing is changed and no signature is asked."""


class Caller:
    """The sender of one request, who is looked up when first asked for: in the thread that does the act.

    Whatever asks first raises what ``admit`` does: ``SIGNED_OUT`` or ``REQUEST_UNPROVEN``.
    """

    def __init__(self, services: Services, admit: Callable[[], Admission]) -> None:
        self._services = services
        self._look_up = admit
        self._counted = False

    @cached_property
    def _admitted(self) -> Admission:
        return self._look_up()

    @property
    def borrower_id(self) -> str:
        """The signed-in borrower."""
        return self._admitted[0]

    def count(self) -> None:
        """Count the request now, in a transaction of its own; raises ``REQUEST_UNPROVEN`` when it came before."""
        _borrower, proven = self._admitted
        if proven is not None and not self._counted:
            with self._services.database.write() as session:
                count_proof(self._services, session, proven)
            self._counted = True

    @contextmanager
    def counting(self) -> Iterator[Session]:
        """A writing transaction in which the request counts; where that is rolled back it has counted all the same.

        Raises ``REQUEST_UNPROVEN`` when the request came before.
        """
        _borrower, proven = self._admitted
        try:
            with self._services.database.write() as session:
                if proven is not None and not self._counted:
                    count_proof(self._services, session, proven)
                yield session
        except Exception:
            self.count()  # what was refused now could be done later: nobody else shall send it again then
            raise
        self._counted = True
