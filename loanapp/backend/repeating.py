"""Work the lender does by itself, again and again, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

from loanapp.backend.http.middleware import failure_place

log = logging.getLogger(__name__)


class Repeating:
    """Does ``act`` every ``seconds``, the first time after such a wait or, with ``at_once``, before it.

    What fails is logged by its place and tried again the next time; an exception of ``fatal`` ends the thread.
    """

    def __init__(
        self,
        name: str,
        seconds: float,
        act: Callable[[], object],
        *,
        at_once: bool = False,
        fatal: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> None:
        self._seconds, self._act, self._at_once, self._fatal = seconds, act, at_once, fatal
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the thread ends with :meth:`stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End, once what is being done is done."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while self._at_once or not self._ended.wait(self._seconds):
            self._at_once = False
            try:
                self._act()
            except self._fatal as error:
                log.error("%s has ended: %s", self._thread.name, failure_place(error))  # noqa: TRY400 - the place says it
                return
            except Exception as error:  # noqa: BLE001 - the next time may go better, and nobody else would try
                log.warning("%s failed: %s", self._thread.name, failure_place(error))
