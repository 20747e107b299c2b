"""The embedded lender as the program starts it: a process of its own, which a test may kill."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO, Self

_COMMAND = (sys.executable, "-m", "loanapp.commands", "backend", "--embedded", "--parent-pipe")
REPOSITORY = Path(__file__).resolve().parents[2]
_READY_WITHIN_S = 60.0


class LenderProcess:
    """One lender over one data folder; started again it is the same lender."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it is ready."""
        with (self.data.parent / "lender.log").open("ab") as log:
            self._process = self._popen(log)
        patience = threading.Timer(_READY_WITHIN_S, self._process.kill)
        patience.start()
        try:
            line = self._process.stdout.readline()
        finally:
            patience.cancel()
            patience.join()
        assert line, f"the lender did not start:\n{self.log()[-4000:]}"
        assert json.loads(line)["ready"] is True

    def _popen(self, log: BinaryIO) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*_COMMAND, "--data", str(self.data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def kill(self) -> None:
        """Kill -9: nothing of it gets a chance to tidy up."""
        self._process.send_signal(signal.SIGKILL)
        self._forget()

    def stop(self) -> None:
        """Let go of its pipe, as a program that ends does."""
        if self._process is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._forget()
            raise
        self._forget()

    def log(self) -> str:
        """What it wrote to its error output so far."""
        return (self.data.parent / "lender.log").read_text(errors="replace")

    def _forget(self) -> None:
        process, self._process = self._process, None
        process.wait(20)
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()
            except OSError:
                continue

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
