"""How many borrowers may have evidence in memory at once, and who."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from loanapp.backend.refusal import RefusedError
from loanapp.domain.errors import ErrorCode

_RETRY_SECONDS = 1


class Intake:
    """Gives out places; safe to use from any thread."""

    def __init__(self, at_once: int) -> None:
        """``at_once`` is how many uploads there may be; each holds about 10 MB while it is judged."""
        self._at_once = at_once
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    @contextmanager
    def place(self, borrower_id: str) -> Iterator[None]:
        """Hold the borrower's one place, whichever of their attempts it is for.

        Raises ``LENDER_TROUBLE`` with the seconds to wait while evidence of theirs is taken in or judged already, or
        while every place is taken: a client may simply send again.
        """
        with self._lock:
            if borrower_id in self._under_way or len(self._under_way) >= self._at_once:
                raise RefusedError(ErrorCode.LENDER_TROUBLE, retry_after_seconds=_RETRY_SECONDS)
            self._under_way.add(borrower_id)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(borrower_id)
