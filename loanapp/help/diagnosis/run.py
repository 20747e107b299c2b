"""Runs the checks, each in a process of its own: one that hangs in a driver is ended, which no thread could be."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loanapp.help.diagnosis.check import Check, CheckState
from loanapp.help.diagnosis.checks import CHECKS
from loanapp.help.diagnosis.program import SCREEN_VARIABLE
from loanapp.resource_files import HOME_VARIABLE

# So many at once: most of a check is waiting for its own Python to start.
_AT_ONCE: Final = 4
_PAUSE_S: Final = 0.01
_GOODBYE_S: Final = 1.0
_NO_WINDOW: Final = 0x0800_0000  # CREATE_NO_WINDOW of Windows


def command(name: str) -> list[str]:
    """The command line that makes one check and prints it; frozen programs are their own interpreter."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "loanapp.commands"]
    return [*program, "doctor", "--inside", name]


@dataclass(slots=True)
class _Running:
    name: str
    process: "subprocess.Popen[bytes]"
    seconds: float
    until: float


def diagnose(folder: Path, *, look: bool = False) -> list[Check]:
    """Every check's finding in their own order; ``look`` opens the camera. Takes a few seconds."""
    found = {check.id: check for check in watch(folder, look=look) if check.state is not CheckState.RUNNING}
    return [found[name] for name in CHECKS]


def watch(
    folder: Path,
    *,
    look: bool = False,
    names: Sequence[str] = tuple(CHECKS),
    make_command: Callable[[str], list[str]] = command,
    limit: Callable[[str], float] = lambda name: CHECKS[name].seconds,
    stop: Callable[[], bool] = lambda: False,
    screen: str = "",
) -> Generator[Check, None, None]:
    """Each check as it begins (``running``) and as it ends. A check that takes too long is ended and said to be late.

    Closing the generator early, or ``stop`` saying so, ends what still runs.
    ``screen`` is what a window knows of the screen it is on (see :data:`program.SCREEN_VARIABLE`).
    """
    waiting = list(names)
    running: list[_Running] = []
    try:
        while (waiting or running) and not stop():
            while waiting and len(running) < _AT_ONCE:
                name = waiting.pop(0)
                yield Check(name, CheckState.RUNNING, "running", "check-computer")
                if CHECKS[name].opens_camera and not look:
                    yield Check(name, CheckState.GOOD, "not_tried", "check-computer")
                else:
                    started, seconds = _start(make_command(name), folder, screen), limit(name)
                    running.append(_Running(name, started, seconds, time.monotonic() + seconds))
            for one in [*running]:
                if (check := _ended(one)) is not None:
                    running.remove(one)
                    yield check
            if running:
                time.sleep(_PAUSE_S)
    finally:
        for one in running:
            _end(one.process)


def _start(arguments: list[str], folder: Path, screen: str) -> "subprocess.Popen[bytes]":
    told = {SCREEN_VARIABLE: screen} if screen else {}
    return subprocess.Popen(  # noqa: S603 - this program, or what a test puts in its place
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **told, HOME_VARIABLE: str(folder), "PYTHONIOENCODING": "utf-8"},
        creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
    )


def _ended(one: _Running) -> Check | None:
    """The finding of a check that has ended or has had its time; ``None`` while it runs.

    An answer is a few hundred bytes, less than any pipe holds, so that it is read once its process has ended.
    """
    late = time.monotonic() > one.until
    if one.process.poll() is None:
        if not late:
            return None
        _end(one.process)
        return Check(one.name, CheckState.WARNING, "late", "check-computer", {"seconds": f"{one.seconds:.0f}"})
    answer = one.process.stdout.read() if one.process.stdout is not None else b""
    _end(one.process)
    try:
        return Check.read(json.loads(answer.decode("utf-8").strip().rpartition("\n")[2]))
    except (ValueError, KeyError, TypeError):
        return Check(one.name, CheckState.BAD, "failed", "unexpected", {"error": str(one.process.returncode)})


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process; one that a driver holds so that even that does not help is left to the system."""
    if process.poll() is None:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GOODBYE_S)
    if process.stdout is not None:
        process.stdout.close()
