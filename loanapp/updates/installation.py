"""Putting a new version in place at the next start, and taking it back when it does not start.

The program's folder and the unpacked new one, its neighbour, are exchanged in one act of the file system, so there is
always a whole program. The former version stays open beside the new one until that says that it stands; if it ends or
stays silent, the folders are exchanged back. Standard library alone: this runs before the first picture.
"""

import ctypes
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from loanapp.updates.refusal import Reason, UpdateRefusedError

STARTER: Final = "loanapp.exe" if sys.platform == "win32" else "loanapp"
WATCHED_VARIABLE: Final = "LOANAPP_WATCHED_START"
"""Set for a new version that its predecessor watches."""
STATE_PLACE: Final = ("updates", "state.json")
_STANDS_WITHIN_S: Final = 60.0
_LOOK_AGAIN_S: Final = 0.1
_EXCHANGE: Final = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_CWD: Final = -100


class Step(StrEnum):
    """``READY``: in place at the next start. ``TRYING``: in place, not known to start. ``STANDS``: started."""

    NONE = "none"
    READY = "ready"
    TRYING = "trying"
    STANDS = "stands"


class Form(StrEnum):
    """How this program came here: only a ``FOLDER`` of one's own takes updates by itself."""

    SOURCE = "source"
    PACKAGE = "package"
    FOLDER = "folder"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class State:
    """Kept in the program's own folder of data; ``failed`` are versions that did not start here, once ``told``."""

    step: Step = Step.NONE
    version: str = ""
    tries: int = 0
    failed: tuple[str, ...] = ()
    told: bool = True


def read_state(home: Path) -> State:
    """What stands on the disk; nothing where that cannot be read."""
    try:
        read = json.loads(home.joinpath(*STATE_PLACE).read_text(encoding="utf-8"))
        return State(
            Step(read["step"]),
            str(read["version"]),
            int(read["tries"]),
            tuple(map(str, read["failed"])),
            bool(read["told"]),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return State()


def write_state(home: Path, state: State) -> None:
    """Write whole or not at all. Raises :class:`OSError`."""
    path = home.joinpath(*STATE_PLACE)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(state)), encoding="utf-8")
    new.replace(path)


def running_folder() -> Path | None:
    """The packed program's folder; ``None`` from source."""
    return Path(sys.executable).resolve().parent if getattr(sys, "frozen", False) else None


def form_of(folder: Path | None) -> Form:
    """How the program in ``folder`` was installed."""
    if folder is None:
        return Form.SOURCE
    if not sys.platform.startswith("linux"):
        return Form.OTHER
    if folder.is_relative_to("/usr") or folder.is_relative_to("/opt"):
        return Form.PACKAGE
    return Form.FOLDER if os.access(folder, os.W_OK) and os.access(folder.parent, os.W_OK) else Form.OTHER


def neighbour(folder: Path) -> Path:
    """Where the other version lies: beside, for two folders are exchanged on one file system alone."""
    return folder.with_name(f".{folder.name}.other")


def make_ready(unpacked: Path, home: Path, version: str) -> None:
    """Let the next start put ``unpacked``, a :func:`neighbour`, in place.

    Raises :class:`UpdateRefusedError` where it holds no program.
    """
    starter = unpacked / STARTER
    if not starter.is_file() or starter.is_symlink() or not os.access(starter, os.X_OK):
        raise UpdateRefusedError(Reason.HARMFUL)
    write_state(home, replace(read_state(home), step=Step.READY, version=version, tries=0))


def at_start(home: Path, folder: Path, let_go: Callable[[], object], *, patience_s: float = _STANDS_WITHIN_S) -> bool:
    """What a start does before anything else; whether this process goes on. Else another one has taken its place.

    ``let_go`` is called before another version is started: it may then hold what this process holds.
    """
    state = read_state(home)
    try:
        if state.step is Step.READY:
            return not _put_in_place(home, folder, state, let_go, patience_s)
        if state.step is Step.TRYING and WATCHED_VARIABLE not in os.environ:
            return not _try_alone(home, folder, state, let_go)
    except OSError:
        # A disk that refuses: this version is whole and goes on.
        return True
    return True


def stands(home: Path) -> None:
    """Say that this version has started and works. Raises :class:`OSError`."""
    state = read_state(home)
    if state.step is Step.TRYING:
        write_state(home, replace(state, step=Step.STANDS))


def tidy(home: Path, folder: Path) -> None:
    """Take away the former version once the new one has stood for a whole run, and what a refused one left."""
    state = read_state(home)
    if state.step is Step.STANDS and WATCHED_VARIABLE in os.environ:
        return
    if state.step in (Step.STANDS, Step.NONE):
        shutil.rmtree(neighbour(folder), ignore_errors=True)
        if state.step is Step.STANDS:
            write_state(home, replace(state, step=Step.NONE))


def take_failure(home: Path) -> str | None:
    """The version that did not start, told once."""
    state = read_state(home)
    if state.told or not state.failed:
        return None
    write_state(home, replace(state, told=True))
    return state.failed[-1]


def _put_in_place(home: Path, folder: Path, state: State, let_go: Callable[[], object], patience_s: float) -> bool:
    other = neighbour(folder)
    if form_of(folder) is not Form.FOLDER or not (other / STARTER).is_file():
        write_state(home, replace(state, step=Step.NONE))
        return False
    write_state(home, replace(state, step=Step.TRYING, tries=1))
    exchange(folder, other)
    let_go()
    if _watch(home, folder, patience_s):
        return True
    _take_back(home, folder, state)
    return False


def _try_alone(home: Path, folder: Path, state: State, let_go: Callable[[], object]) -> bool:
    """Nobody watches: the computer was switched off meanwhile, or this is the one try that is left."""
    if state.tries < 2:
        write_state(home, replace(state, tries=state.tries + 1))
        return False
    if not (neighbour(folder) / STARTER).is_file():
        write_state(home, replace(state, step=Step.NONE))
        return False
    _take_back(home, folder, state)
    let_go()
    _leave(_start([str(folder / STARTER)], {}))
    return True


def _take_back(home: Path, folder: Path, state: State) -> None:
    exchange(folder, neighbour(folder))
    failed = (*state.failed, state.version)[-8:]
    write_state(home, replace(state, step=Step.NONE, tries=0, failed=failed, told=False))


def _watch(home: Path, folder: Path, patience_s: float) -> bool:
    """Start the new version and wait until it says that it stands."""
    try:
        process = _start([str(folder / STARTER)], {WATCHED_VARIABLE: "1"})
    except OSError:
        return False
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        ended = process.poll() is not None
        if read_state(home).step is Step.STANDS:
            _leave(process)
            return True
        if ended:
            return False
        time.sleep(_LOOK_AGAIN_S)
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)  # with what it started itself
    process.wait()
    return False


def _leave(process: subprocess.Popen[bytes]) -> None:
    """It lives on by itself: nobody waits for it."""
    process.returncode = 0


def _start(command: Sequence[str], more: dict[str, str]) -> subprocess.Popen[bytes]:
    # A packed program tells those it starts where its own parts lie; this one has parts of its own.
    environment = {**os.environ, "PYINSTALLER_RESET_ENVIRONMENT": "1", "LOANAPP_OPENED_AGAIN": "1", **more}
    return subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - our own starter


def exchange(one: Path, other: Path) -> None:
    """Let two folders change places in one act where the file system can, else in three. Raises :class:`OSError`."""
    if sys.platform.startswith("linux"):
        rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        if rename is not None:
            if rename(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE) == 0:
                return
            code = ctypes.get_errno()
            if code not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
                raise OSError(code, os.strerror(code))
    between = one.with_name(f".{one.name}.between")
    one.rename(between)
    try:
        other.rename(one)
    except OSError:
        between.rename(one)
        raise
    between.rename(other)
