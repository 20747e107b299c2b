"""A desk of its own for one program and its reader: a virtual screen, a session bus, a window manager."""

import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIZE = "1366x768x24"
_BEGINS_WITHIN_S = 20
_ENDS_WITHIN_S = 15
# A new window has the focus, and a question floats before the window that asks it.
_HABITS = """#!/bin/sh
herbstclient rule focus=on
herbstclient rule windowtype~'_NET_WM_WINDOW_TYPE_(DIALOG|UTILITY|SPLASH)' floating=on
touch "$0.taken"
"""
# Nothing of the desk the tests themselves sit at.
_NOT_OURS = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"}


def developer():
    """``dev.py``, which knows what a desk is made of."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Desk:
    """Everything that was started ends with it, the last first."""

    def __init__(self, stack: contextlib.ExitStack, scratch: Path) -> None:
        self._stack = stack
        self.log = scratch / "desk.log"
        self._log = stack.enter_context(self.log.open("ab"))
        runtime = scratch / "runtime"
        runtime.mkdir(mode=0o700)
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        self.environment = {**kept, "XDG_RUNTIME_DIR": str(runtime)}
        self.environment["DISPLAY"] = self._screen()
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._bus()
        self.start(next(name for name in developer().READER_COMMANDS if "bus-launcher" in name), "--launch-immediately")
        habits = scratch / "habits"
        habits.write_text(_HABITS)
        habits.chmod(0o755)
        self.start("herbstluftwm", "--autostart", str(habits))
        until = time.monotonic() + _BEGINS_WITHIN_S
        while not habits.with_suffix(".taken").exists():
            assert time.monotonic() < until, f"there is no window manager:\n{self.told()}"
            time.sleep(0.05)

    def _screen(self) -> str:
        reading, writing = os.pipe()
        # Without -noreset the screen begins anew when its first guest leaves, under the feet of the next.
        screen = ("Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset")
        self.start(*screen, pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as told:
            return f":{told.readline().strip()}"

    def _bus(self) -> str:
        bus = self.start("dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE)
        return bus.stdout.readline().decode().strip()

    def told(self) -> str:
        """What everything at this desk wrote."""
        return self.log.read_text(errors="replace")[-4000:]

    def start(self, *command: str, environment: dict[str, str] | None = None, **more) -> "subprocess.Popen[bytes]":
        """Start something at this desk."""
        settings = {"stdout": self._log, "stderr": self._log, "stdin": subprocess.DEVNULL, "cwd": ROOT, **more}
        process = subprocess.Popen(command, env={**self.environment, **(environment or {})}, **settings)
        self._stack.callback(_end, process)
        return process

    def start_program(self, home: Path, **environment: str) -> "subprocess.Popen[bytes]":
        """The real program, as a borrower starts it, on this desk's screen; a reader is known to be there."""
        own = {
            "LOANAPP_HOME": str(home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
        }
        return self.start(sys.executable, "-m", "ui", environment={**own, **environment})


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


@contextlib.contextmanager
def desk() -> Iterator[Desk]:
    """A desk, and everything on it gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="desk-") as scratch, contextlib.ExitStack() as stack:
        yield Desk(stack, Path(scratch))
