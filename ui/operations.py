"""The one place in the window's code that makes threads: do this elsewhere, then that here, and if it fails this."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal, Slot

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.messages import MessageBridge

_log = logging.getLogger(__name__)
_WORKERS = 4

T = TypeVar("T")


class Busy(Protocol):
    """What shows that it is working: in practice a page."""

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001
        """Show or end the busy state; calls nest."""

    def show_problem(self, error: LoanAppError | None) -> None:
        """Show what went wrong where the borrower is looking."""


class Operation:
    """One piece of work under way; made by :meth:`Operations.run`."""

    def __init__(
        self,
        on_done: Callable[[Any], object] | None,
        on_error: Callable[[LoanAppError], object] | None,
        on_progress: Callable[[Any], object] | None,
        busy: Busy | None,
    ) -> None:
        self.on_done = on_done
        self.on_error = on_error
        self.on_progress = on_progress
        self.busy = busy
        self._cancelled = threading.Event()
        self.settled = False

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the result any more; long work may look here. Thread-safe."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Forget the result: neither callback will be called."""
        if not self._cancelled.is_set():
            self._cancelled.set()
            if self.busy is not None and not self.settled:
                self.busy.set_busy(False)


class Operations(QObject):
    """Runs work in a few worker threads and brings results back to the GUI thread."""

    _came_back = Signal(object)
    idle = Signal()

    def __init__(self, messages: MessageBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_WORKERS)
        # What is typed is saved in the order it was typed, and never thrown away at the end: one thread of its own.
        self._saving = QThreadPool(self)
        self._saving.setMaxThreadCount(1)
        self._live: set[Operation] = set()
        self._closing = False
        self._came_back.connect(self._settle)

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[LoanAppError], object] | None = None,
        *,
        busy: Busy | None = None,
    ) -> Operation:
        """Run ``work`` in a worker; then ``on_done(result)`` or ``on_error(error)`` on the GUI thread.

        Without ``on_error`` the error is shown by ``busy`` when it is given, else by the message bridge. Anything
        but :class:`LoanAppError` is logged by its type and becomes ``UNEXPECTED``.
        """
        return self._start(self._pool, lambda _: work(), Operation(on_done, on_error, None, busy))

    def run_with_progress(
        self,
        work: Callable[[Operation, Callable[[Any], None]], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[LoanAppError], object] | None = None,
        *,
        on_progress: Callable[[Any], object],
        busy: Busy | None = None,
    ) -> Operation:
        """Like :meth:`run`; ``work(operation, report)`` may report values and look at ``operation.cancelled``."""
        operation = Operation(on_done, on_error, on_progress, busy)

        def with_report(mine: Operation) -> T:
            return work(mine, lambda value: self._came_back.emit((mine, "progress", value)))

        return self._start(self._pool, with_report, operation)

    def save(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[LoanAppError], object] | None = None,
        *,
        busy: Busy | None = None,
    ) -> Operation:
        """Like :meth:`run`, after everything saved before it; finished even when the program is closing."""
        return self._start(self._saving, lambda _: work(), Operation(on_done, on_error, None, busy))

    def _start(self, pool: QThreadPool, work: Callable[[Operation], Any], operation: Operation) -> Operation:
        self._live.add(operation)
        if operation.busy is not None:
            operation.busy.set_busy(True)

        def task() -> None:
            try:
                outcome = (operation, "done", None if operation.cancelled else work(operation))
            except LoanAppError as error:
                outcome = (operation, "error", error)
            except Exception as error:  # noqa: BLE001 - the borrower gets a sentence, whatever broke
                # The text of a strange exception may hold what was typed: only its type and place are logged.
                _log.error("unexpected in a worker: type=%s at=%s", type(error).__name__, _place(error))
                outcome = (operation, "error", LoanAppError(ErrorCode.UNEXPECTED))
            try:
                self._came_back.emit(outcome)
            except RuntimeError:
                # The window is gone already; there is nobody left to tell.
                _log.debug("a result came after the end")

        if self._closing and pool is self._pool:
            operation.cancel()
            self._live.discard(operation)
            return operation
        pool.start(task)
        return operation

    @Slot(object)
    def _settle(self, outcome: tuple[Operation, str, Any]) -> None:
        operation, kind, value = outcome
        if kind == "progress":
            if not operation.cancelled and operation.on_progress is not None:
                operation.on_progress(value)
            return
        self._live.discard(operation)
        operation.settled = True
        if not operation.cancelled:
            if operation.busy is not None:
                operation.busy.set_busy(False)
            if kind == "done":
                if operation.on_done is not None:
                    operation.on_done(value)
            elif operation.on_error is not None:
                operation.on_error(value)
            elif operation.busy is not None:
                operation.busy.show_problem(value)
            else:
                self._messages.show_error(value)
        if not self._live:
            self.idle.emit()

    @property
    def active(self) -> int:
        """How many pieces of work are under way or waiting."""
        return len(self._live)

    def cancel_for(self, busy: Busy) -> None:
        """Forget the results of everything ``busy`` waits for: it is going away."""
        for operation in [one for one in self._live if one.busy is busy]:
            operation.cancel()

    @property
    def closing(self) -> bool:
        """Whether the program is ending; work that may be left undone looks here. Thread-safe."""
        return self._closing

    def shutdown(self, wait_ms: int = 10_000) -> bool:
        """Forget what has not started, save what was typed, wait for the rest; ``True`` when no thread is left."""
        self._closing = True
        for operation in list(self._live):
            operation.on_done = operation.on_error = operation.on_progress = None
            operation.busy = None
        self._pool.clear()
        saved = self._saving.waitForDone(wait_ms)
        ended = self._pool.waitForDone(wait_ms)
        self._live.clear()
        return saved and ended


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
