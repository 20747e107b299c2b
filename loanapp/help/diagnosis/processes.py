"""What else runs on this computer: programs that let others see or move the screen, and who holds a device."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from loanapp.help.diagnosis.check import Check, CheckState
from loanapp.resource_files import read_toml

_PROC: Final = Path("/proc")
_PATIENCE_S: Final = 5.0
_REMOTE_SESSION: Final = 0x1000  # SM_REMOTESESSION of Windows


def remote_control() -> Check:
    """Whether a remote-control program runs, by the names in ``resources/policy/remote_control.toml``."""
    found = running_remote_control()
    state = CheckState.WARNING if found else CheckState.GOOD
    return Check("remote_control", state, state.value, "remote-control", {"names": ", ".join(found)})


def running_remote_control() -> tuple[str, ...]:
    """The remote-control programs that run now; none where the system does not say what runs."""
    try:
        found = set(remote_programs(process_names()))
    except (OSError, subprocess.SubprocessError):
        found = set()
    return tuple(sorted({*found, "RDP"} if _is_remote_session() else found))


def remote_programs(names: Iterable[str]) -> list[str]:
    """The remote-control programs among process names, by the name people know them by."""
    return listed_programs(names, read_toml("policy", "remote_control.toml")["program"])


def listed_programs(names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Of ``rows`` with ``name`` and ``processes``, the names of those whose process is among process names."""
    running = {name.casefold().removesuffix(".exe") for name in names}
    return sorted(str(row["name"]) for row in rows if any(_is_called(name, row["processes"]) for name in running))


def process_names() -> Iterator[str]:
    """The names of running processes: of all on Linux and Windows, of all that ``ps`` shows on macOS."""
    if sys.platform == "win32":
        yield from (row[0] for row in csv.reader(_said("tasklist", "/fo", "csv", "/nh").splitlines()) if row)
    elif sys.platform == "darwin":
        yield from (Path(line.strip()).name for line in _said("/bin/ps", "-axo", "comm=").splitlines())
    else:
        for process in _processes():
            yield _first_line(process / "comm")


def holders(device_prefix: str) -> list[str]:
    """The names of processes that hold a device open, such as ``"/dev/video"``; Linux, and one's own processes only."""
    found = set()
    for process in _processes():
        if process.name != str(os.getpid()) and _holds(process, device_prefix):
            found.add(_first_line(process / "comm"))
    return sorted(found - {""})


def _processes() -> Iterator[Path]:
    if _PROC.is_dir():
        yield from (process for process in _PROC.iterdir() if process.name.isdigit())


def _holds(process: Path, device_prefix: str) -> bool:
    try:
        return any(str(link.readlink()).startswith(device_prefix) for link in (process / "fd").iterdir())
    except OSError:  # it has ended meanwhile, or belongs to somebody else
        return False


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - fixed commands
    return done.stdout.decode(errors="replace")


def _is_called(name: str, patterns: Iterable[str]) -> bool:
    return any(name.startswith(one[:-1]) if one.endswith("*") else name == one for one in patterns)


def _is_remote_session() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes  # noqa: PLC0415 - only here

    return bool(ctypes.windll.user32.GetSystemMetrics(_REMOTE_SESSION))
