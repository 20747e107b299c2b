"""The one place in the window's code that makes threads: do this elsewhere, then that here, and if it fails this.

Qt may be taking a page apart while a worker lets go of the last thing that knows it, and then the process ends. So
what may know a widget (work, callbacks, an error's frames) is let go in the GUI thread only: :meth:`Operation.close`.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial
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
        work: Callable[["Operation"], Any] | None,
        on_done: Callable[[Any], object] | None,
        on_error: Callable[[LoanAppError], object] | None,
        on_progress: Callable[[Any], object] | None,
        busy: Busy | None,
    ) -> None:
        self.work = work
        self.on_done = on_done
        self.on_error = on_error
        self.on_progress = on_progress
        self.busy = busy
        self.result: Any = None
        self.error: LoanAppError | None = None
        self._cancelled = threading.Event()
        self.settled = False

    def close(self) -> None:
        """Let go of everything that may know a widget; in the GUI thread, when the worker has come to its end."""
        self.work = self.on_done = self.on_error = self.on_progress = self.busy = self.result = self.error = None

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
    _reported = Signal(object, object)
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
        self._reported.connect(self._report)

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
        return self._start(self._pool, Operation(lambda _: work(), on_done, on_error, None, busy))

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

        def with_report(mine: Operation) -> T:
            return work(mine, lambda value: self._reported.emit(mine, value))

        return self._start(self._pool, Operation(with_report, on_done, on_error, on_progress, busy))

    def save(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[LoanAppError], object] | None = None,
        *,
        busy: Busy | None = None,
    ) -> Operation:
        """Like :meth:`run`, after everything saved before it; finished even when the program is closing."""
        return self._start(self._saving, Operation(lambda _: work(), on_done, on_error, None, busy))

    def _start(self, pool: QThreadPool, operation: Operation) -> Operation:
        self._live.add(operation)
        if operation.busy is not None:
            operation.busy.set_busy(True)
        if self._closing and pool is self._pool:
            operation.cancel()
            self._live.discard(operation)
            return operation
        pool.start(partial(self._work, operation))
        return operation

    def _work(self, operation: Operation) -> None:
        """In a worker."""
        try:
            if not operation.cancelled and operation.work is not None:
                operation.result = operation.work(operation)
        except LoanAppError as error:
            operation.error = error
        except Exception as error:  # noqa: BLE001 - the borrower gets a sentence, whatever broke
            # The text of a strange exception may hold what was typed: only its type and place are logged.
            _log.error("unexpected in a worker: type=%s at=%s", type(error).__name__, _place(error))
            operation.error = LoanAppError(ErrorCode.UNEXPECTED)
            operation.error.__context__ = error
        try:
            self._came_back.emit(operation)
        except RuntimeError:
            # The window is gone already; there is nobody left to tell.
            _log.debug("a result came after the end")

    @Slot(object, object)
    def _report(self, operation: Operation, value: object) -> None:
        if not operation.cancelled and operation.on_progress is not None:
            operation.on_progress(value)

    @Slot(object)
    def _settle(self, operation: Operation) -> None:
        self._live.discard(operation)
        operation.settled = True
        done, failed, busy = operation.on_done, operation.on_error, operation.busy
        result, error, cancelled = operation.result, operation.error, operation.cancelled
        operation.close()
        if error is not None:
            # Its frames know the page that asked; a message kept on another page would keep that one alive.
            error.__traceback__ = error.__cause__ = error.__context__ = None
        if not cancelled:
            if busy is not None:
                busy.set_busy(False)
            if error is None:
                if done is not None:
                    done(result)
            elif failed is not None:
                failed(error)
            elif busy is not None:
                busy.show_problem(error)
            else:
                self._messages.show_error(error)
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
