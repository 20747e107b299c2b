"""Files that only their owner may read, replaced whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from loanapp.domain.errors import ErrorCode, LoanAppError


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` for its owner alone (0700); raises :class:`LoanAppError` with ``DISK_TROUBLE``."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError:
        raise LoanAppError(ErrorCode.DISK_TROUBLE) from None


def write_private(path: Path, data: bytes, *, flush: bool = True) -> None:
    """Replace ``path`` (0600) in one step: a reader, or the next start, sees the old bytes or the new, never a part.

    ``flush`` also waits for the disk, which a power cut asks for; a killed program does not. Raises
    :class:`LoanAppError` with ``DISK_TROUBLE``; then the old file is as it was.
    """
    make_private_folder(path.parent)
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).replace(path)
        temporary = None
        if flush and os.name == "posix":
            _flush_folder(path.parent)
    except OSError:
        raise LoanAppError(ErrorCode.DISK_TROUBLE) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def read_private(path: Path, limit: int) -> bytes | None:
    """The bytes of ``path``, or ``None`` where there is no such file.

    Raises :class:`LoanAppError` with ``DISK_TROUBLE``, also for a file beyond ``limit`` bytes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError:
        raise LoanAppError(ErrorCode.DISK_TROUBLE) from None
    if len(data) > limit:
        raise LoanAppError(ErrorCode.DISK_TROUBLE)
    return data


def remove(path: Path) -> None:
    """Remove a file if it is there; raises :class:`LoanAppError` with ``DISK_TROUBLE``."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        raise LoanAppError(ErrorCode.DISK_TROUBLE) from None


def clear_leavings(folder: Path, name: str) -> None:
    """Remove half-written files that a killed program left beside ``name``."""
    for leaving in folder.glob(f".{name}.*"):
        with contextlib.suppress(OSError):
            leaving.unlink()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
