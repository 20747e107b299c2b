"""One window for one data folder: a second start raises the first window and ends.

The first holds a lock, which dies with its process; the second leaves a request beside it, and the first takes it away.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QFileSystemWatcher, QLockFile, QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_FOLDER: Final = "window"
_REQUEST: Final = "raise"
_ANSWERS_WITHIN_S: Final = 3.0


class OneWindow:
    """Hold it for as long as the program runs."""

    def __init__(self, home: Path) -> None:
        self._folder = home / _FOLDER
        self._request = self._folder / _REQUEST
        self._lock = QLockFile(str(self._folder / "lock"))
        # Its age says nothing; whether its process lives does.
        self._lock.setStaleLockTime(0)
        self._watcher: _Watcher | None = None

    def is_ours(self, patience_ms: int = 0) -> bool:
        """Whether no other window is open; a folder that cannot be written is told by who looks at storage."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return True
        return self._lock.tryLock(patience_ms) or self._lock.error() != QLockFile.LockError.LockFailedError

    def ask_the_other(self) -> bool:
        """Ask the window that is open to come forward; whether it did."""
        try:
            self._request.touch(mode=0o600)
        except OSError:
            return False
        until = time.monotonic() + _ANSWERS_WITHIN_S
        while self._request.exists():
            if time.monotonic() > until:
                self._request.unlink(missing_ok=True)
                return False
            time.sleep(0.05)
        return True

    def answer_by(self, window: "QWidget") -> None:
        """Let ``window`` come forward when another start asks for it."""
        # Where the folder cannot be written nobody can ask either, and who looks at storage says so.
        with suppress(OSError):
            self._request.unlink(missing_ok=True)
        self._watcher = _Watcher(self._request, window)

    def release(self) -> None:
        """Let the next one in."""
        self._lock.unlock()


class _Watcher(QObject):
    def __init__(self, request: Path, window: "QWidget") -> None:
        super().__init__(window)
        self._request, self._window = request, window
        self._files = QFileSystemWatcher([str(request.parent)], self)
        self._files.directoryChanged.connect(self._changed)

    def _changed(self, _folder: str) -> None:
        if not self._request.exists():
            return
        self._request.unlink(missing_ok=True)
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.show()
        window.raise_()
        window.activateWindow()
