"""One window for one data folder: a second start raises the first window and ends.

The first holds a lock, which dies with its process; the second leaves a request beside it, and the first takes it away.
No Qt: its lock waits until the disk has written who holds it, and the first picture would wait with it.
"""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.raise_request import RaiseRequest

_FOLDER: Final = "window"
_REQUEST: Final = "raise"
_LOCK: Final = "in-use"
_ANSWERS_WITHIN_S: Final = 3.0
_LOOK_AGAIN_S: Final = 0.05


class OneWindow:
    """Hold it for as long as the program runs."""

    def __init__(self, home: Path) -> None:
        self._folder = home / _FOLDER
        self._request = self._folder / _REQUEST
        self._held: int | None = None
        self._asked: RaiseRequest | None = None

    def is_ours(self, patience_ms: int = 0) -> bool:
        """Whether no other window is open; a folder that cannot be written is told by who looks at storage."""
        if self._held is not None:
            return True
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return True
        until = time.monotonic() + patience_ms / 1000
        while not _locked(file):
            if time.monotonic() >= until:
                os.close(file)
                return False
            time.sleep(_LOOK_AGAIN_S)
        self._held = file
        return True

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
            time.sleep(_LOOK_AGAIN_S)
        return True

    def answer_by(self, window: "QWidget") -> None:
        """Let ``window`` come forward when another start asks for it."""
        from ui.raise_request import RaiseRequest

        # Where the folder cannot be written nobody can ask either, and who looks at storage says so.
        with suppress(OSError):
            self._request.unlink(missing_ok=True)
        if self._folder.is_dir():
            self._asked = RaiseRequest(self._request, window)

    def release(self) -> None:
        """Let the next one in."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def _locked(file: int) -> bool:
    """Take the lock of an open file; ``False`` where another process has it. What keeps no locks cannot be asked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
