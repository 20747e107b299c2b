"""Starts the durable workflow behind the lender's back: its library takes most of a second to load."""

import logging
import threading
from typing import TYPE_CHECKING

from loanapp.backend.store.database import Place

if TYPE_CHECKING:
    from loanapp.backend.origination.engine import DurableOrigination
    from loanapp.backend.services import Services

log = logging.getLogger(__name__)


class LateOrigination:
    """The port's implementation until the engine is up; what is asked before that, the engine finds by itself."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._engine: DurableOrigination | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def start(self, services: "Services") -> None:
        """Bring the engine up; it takes on everything that is under way."""
        from loanapp.backend.origination.engine import DurableOrigination  # noqa: PLC0415 - most of a second

        with self._lock:
            if not self._stopped:
                self._engine = DurableOrigination(services, self._place)
                self._engine.watch()

    @property
    def running(self) -> bool:
        """Whether the engine is up."""
        return self._engine is not None

    def advance(self, application_id: str) -> None:
        """See :class:`loanapp.backend.origination.port.Origination`."""
        engine = self._engine
        if engine is not None:
            engine.advance(application_id)

    def payout_notice(self, key: str) -> None:
        """See :class:`loanapp.backend.origination.port.Origination`."""
        engine = self._engine
        if engine is not None:
            engine.payout_notice(key)

    def stop(self) -> None:
        """See :class:`loanapp.backend.origination.port.Origination`."""
        with self._lock:
            self._stopped = True
            if self._engine is not None:
                self._engine.stop()
                self._engine = None
