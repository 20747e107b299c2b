"""A server that answers first and brings up the rest once it does; without its workflow it ends."""

import logging
import socket
import threading

import uvicorn

from loanapp.backend.http.middleware import failure_place
from loanapp.backend.lifecycle.assembly import Lender

log = logging.getLogger(__name__)


class LateStartServer(uvicorn.Server):
    """Once it listens it says so, and then loads what requests do not need yet.

    ``failed``: it ended because that could not be brought up, not because it was told to.
    """

    def __init__(self, config: uvicorn.Config, lender: Lender) -> None:
        """``lender`` is assembled, and its background not started."""
        super().__init__(config)
        self._lender = lender
        self.failed = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, say so, then begin the work."""
        await super().startup(sockets)
        if self.should_exit:
            return
        self.announce()
        threading.Thread(target=self._start, name="late-start", daemon=True).start()

    def announce(self) -> None:
        """Tell whoever waits that the sockets are served."""

    def _start(self) -> None:
        try:
            self._lender.start_background()
        except Exception as error:  # noqa: BLE001 - whatever it is, a lender without its workflow must not go on
            if not self.should_exit:
                log.error("the lender cannot go on: %s", failure_place(error))  # noqa: TRY400 - see failure_place
                self.failed = self.should_exit = True
