"""The lender process this program starts for the demonstration: started, watched, started again, ended."""

import json
import sys
import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from loanapp.domain.errors import ErrorCode, LoanAppError

# A cold start imports the API's libraries and makes three roots; a slow disk may need most of this.
_READY_WITHIN_MS: Final = 60_000
_ENDS_WITHIN_MS: Final = 5_000
_PAUSE_MS: Final = 700
# So many deaths in so many seconds are no accident any more: say so and let the borrower decide.
_MOST_RESTARTS: Final = 5
_WINDOW_S: Final = 60.0


def command(data: Path) -> list[str]:
    """The command line of the lender process; frozen programs are their own interpreter."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "ui"]
    return [*program, "backend", "--embedded", "--data", str(data), "--parent-pipe"]


class EmbeddedLender(QObject):
    """``ready`` comes with the address after every start, ``failed`` when starting makes no sense any more.

    While another window holds the data folder, that is said at once; a few more tries follow, for it may be closing.
    The process ends when our end of its pipe closes, so it dies with this program even if that is killed.
    """

    ready = Signal(str)
    lost = Signal()
    failed = Signal(object)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self.data = home / "lender"
        self._process: QProcess | None = None
        self._running = False
        self._stopping = False
        self._told_in_use = False
        self._starts: list[float] = []
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_READY_WITHIN_MS)
        self._patience.timeout.connect(self._took_too_long)

    @property
    def running(self) -> bool:
        """Whether the lender has said that it is ready, and lives."""
        return self._running

    @property
    def process_id(self) -> int:
        """The process, or 0."""
        return int(self._process.processId()) if self._process is not None else 0

    def start(self) -> None:
        """Start the process; also after it failed, because the borrower asked."""
        if self._process is not None or self._stopping:
            return
        self._starts.append(time.monotonic())
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUNBUFFERED", "1")
        process.setProcessEnvironment(environment)
        # Its log names no person; one file, begun anew at each start, for whoever has to find out why.
        process.setStandardErrorFile(str(self._home / "lender.log"))
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._broke)
        self._process = process
        self._patience.start()
        program, *arguments = command(self.data)
        process.start(program, arguments)

    def retry(self) -> None:
        """Start again with a clean count."""
        self._starts.clear()
        self._told_in_use = False
        self.start()

    def stop(self) -> None:
        """Close its pipe, wait, and end it if it does not listen."""
        self._stopping = True
        self._patience.stop()
        process, self._process = self._process, None
        self._running = False
        if process is None:
            return
        process.finished.disconnect(self._ended)
        process.errorOccurred.disconnect(self._broke)
        process.closeWriteChannel()
        if process.state() != QProcess.ProcessState.NotRunning and not process.waitForFinished(_ENDS_WITHIN_MS):
            process.terminate()
            if not process.waitForFinished(_ENDS_WITHIN_MS):
                process.kill()
                process.waitForFinished(_ENDS_WITHIN_MS)
        process.deleteLater()

    def _read(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            line = bytes(process.readLine().data())
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if not isinstance(said, dict):
                continue
            if said.get("ready") is True:
                self._patience.stop()
                self._running = True
                self._told_in_use = False
                self.ready.emit(str(said.get("url", "")))
            elif said.get("reason") == "in_use" and not self._told_in_use:
                self._told_in_use = True
                self.failed.emit(LoanAppError(ErrorCode.ALREADY_OPEN))

    def _ended(self) -> None:
        self._patience.stop()
        process, self._process = self._process, None
        was_running, self._running = self._running, False
        if process is not None:
            process.deleteLater()
        if self._stopping:
            return
        if was_running:
            self.lost.emit()
        recent = [start for start in self._starts if time.monotonic() - start < _WINDOW_S]
        self._starts = recent
        if len(recent) >= _MOST_RESTARTS:
            if self._told_in_use:
                return
            self.failed.emit(LoanAppError(ErrorCode.LENDER_START_FAILED))
        else:
            # Another one may just be letting go of the data folder: a short pause before the next try.
            QTimer.singleShot(_PAUSE_MS, self, self.start)

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and not self._stopping:
            self._patience.stop()
            process, self._process = self._process, None
            if process is not None:
                process.deleteLater()
            self.failed.emit(LoanAppError(ErrorCode.LENDER_START_FAILED))

    def _took_too_long(self) -> None:
        if self._process is not None:
            self._starts.extend([time.monotonic()] * _MOST_RESTARTS)
            self._process.kill()
