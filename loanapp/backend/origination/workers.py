"""Which workers live: each holds a lock of its own in the database, which goes with its connection and its process.

So the loans of a worker that was killed are taken over at the next look and not after a time that may be wrong. A
worker whose connection broke while it went on working may be taken over as well: the workflow library lets only the
one that owns a workflow write its steps, and the bank pays once for each key.
"""

import logging
import threading
import uuid
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from loanapp.backend.store.postgresql import lock_key

log = logging.getLogger(__name__)

_TAKE: Final = text("SELECT pg_try_advisory_lock(:key)")
_GIVE: Final = text("SELECT pg_advisory_unlock(:key)")


class Workers:
    """The name of this worker, and the lock that says it lives; safe to use from any thread."""

    def __init__(self, engine: Engine) -> None:
        self.name: Final = f"worker-{uuid.uuid4()}"
        self._engine = engine
        self._lock = threading.Lock()
        self._held: Connection | None = None
        self._hold()

    def ended(self, others: Iterable[str]) -> list[str]:
        """Those of ``others`` that live no more."""
        with self._lock:
            held = self._still_held()
            return [one for one in others if one != self.name and self._is_free(held, one)]

    def close(self) -> None:
        """Give the lock back."""
        with self._lock:
            if self._held is not None:
                self._held.invalidate()  # ends the session in the database, and the lock with it
                self._held.close()
                self._held = None

    def _still_held(self) -> Connection:
        if self._held is not None:
            try:
                self._held.execute(text("SELECT 1"))
            except SQLAlchemyError:
                lost, self._held = self._held, None  # whatever comes of the new one, this one is over
                lost.invalidate()
                lost.close()
                log.warning("the connection that says this worker lives was lost and is made anew")
            else:
                return self._held
        return self._hold()

    def _hold(self) -> Connection:
        held = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            held.execute(_TAKE, {"key": lock_key(self.name)})
        except SQLAlchemyError:
            held.close()
            raise
        self._held = held
        return held

    @staticmethod
    def _is_free(held: Connection, name: str) -> bool:
        if not held.execute(_TAKE, {"key": lock_key(name)}).scalar_one():
            return False
        held.execute(_GIVE, {"key": lock_key(name)})
        return True
