"""Watching an application move at the lender: asks again and again, gently, and never twice at once."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from ui.pages.page import PageContext

_FIRST_MS: Final = 400
_EVERY_MS: Final = 1000
_SLOWEST_MS: Final = 15_000
_PASSING: Final = frozenset(
    {ErrorCode.LENDER_UNREACHABLE, ErrorCode.PROXY_REFUSED, ErrorCode.LENDER_TROUBLE, ErrorCode.TOO_MANY_ATTEMPTS}
)


class StatusWatch(QObject):
    """Asks ``journey.refresh`` once a second; an unreachable lender is asked less and less often until it answers."""

    def __init__(
        self,
        context: PageContext,
        on_page: Callable[[Page], object],
        on_trouble: Callable[[LoanAppError | None], object],
        on_stopped: Callable[[LoanAppError], object],
        parent: QObject,
    ) -> None:
        """``on_trouble`` hears of what passes by itself (``None``: it has), ``on_stopped`` of what does not."""
        super().__init__(parent)
        self._context = context
        self._on_page = on_page
        self._on_trouble = on_trouble
        self._on_stopped = on_stopped
        self._asking = False
        self._wait_ms = _FIRST_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ask_now)
        self._running = False

    def start(self) -> None:
        """Begin to ask."""
        self._running = True
        self._wait_ms = _FIRST_MS
        self._timer.start(self._wait_ms)

    def stop(self) -> None:
        """Ask no more; an answer under way is dropped."""
        self._running = False
        self._timer.stop()

    def ask_now(self) -> None:
        """Ask at once, unless a question is under way."""
        journey = self._context.journey
        if self._asking or journey is None:
            return
        self._asking = True
        self._timer.stop()
        self._context.operations.run(journey.refresh, self._answered, self._failed)

    def _answered(self, page: Page) -> None:
        self._asking = False
        if not self._running:
            return
        self._wait_ms = _EVERY_MS
        self._on_trouble(None)
        self._timer.start(self._wait_ms)
        self._on_page(page)

    def _failed(self, error: LoanAppError) -> None:
        self._asking = False
        if not self._running:
            return
        if error.code not in _PASSING:
            self.stop()
            self._on_stopped(error)
            return
        self._on_trouble(error)
        self._wait_ms = min(_SLOWEST_MS, self._wait_ms * 2)
        self._timer.start(self._wait_ms)
