"""A look at the way to the lender and at the version of this program, before the camera and when nothing moves."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.camera.ready import Connection
from ui.operations import Operation, Operations

# Sealing, sending and judging usually take two or three seconds; after this long somebody wonders.
_WONDER_MS: Final = 8000


class ConnectionCheck(QObject):
    """``changed`` comes when ``state`` is another."""

    changed = Signal()

    def __init__(self, operations: Operations, parent: QObject) -> None:
        super().__init__(parent)
        self._operations = operations
        self._running: Operation | None = None
        self._ask: Callable[[], object] | None = None
        self.state = Connection.LOOKING
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_WONDER_MS)
        self._later.timeout.connect(self._look)

    def check(self, ask: Callable[[], object]) -> None:
        """Look now: ``ask`` asks the lender who it is, in a worker."""
        self._ask = ask
        self._look()

    def check_later(self, ask: Callable[[], object]) -> None:
        """Look when it has taken longer than usual; :meth:`stop` makes that unnecessary."""
        self._ask = ask
        self._later.start()

    def stop(self) -> None:
        """Whatever was asked, its answer is not needed any more."""
        self._later.stop()
        running, self._running = self._running, None
        if running is not None:
            running.cancel()

    def _look(self) -> None:
        ask = self._ask
        if ask is None:
            return
        self.stop()
        self._tell(Connection.LOOKING)
        self._running = self._operations.run(ask, lambda _profile: self._tell(Connection.GOOD), self._tell_trouble)

    def _tell_trouble(self, error: LoanAppError) -> None:
        self._tell(Connection.OUTDATED if error.code is ErrorCode.PROGRAM_OUTDATED else Connection.BAD)

    def _tell(self, state: Connection) -> None:
        self.state = state
        self.changed.emit()
