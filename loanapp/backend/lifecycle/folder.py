"""The lender's data folder: for its owner alone, used by one process at a time."""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Self

_OWNER_FOLDER: Final = 0o700
_OWNER_FILE: Final = 0o600
_FOLDERS: Final = ("keys", "public", "vault")
_LOCK_PATIENCE_SECONDS: Final = 3.0
_MAKING_PATIENCE_SECONDS: Final = 30.0


class FolderInUseError(RuntimeError):
    """Another lender process works in this folder."""


class NoLenderError(ValueError):
    """There is no lender in the folder that was named; the sentence says what to do."""


class LenderFolder:
    """Paths and owner-only files of one lender; naming a folder changes nothing in it."""

    def __init__(self, root: Path) -> None:
        self.root: Final = root
        self._lock: IO[bytes] | None = None

    @classmethod
    def made(cls, root: Path) -> Self:
        """The folder, which is made where it is not there. Raises ``OSError`` when the disk refuses."""
        root.mkdir(parents=True, exist_ok=True, mode=_OWNER_FOLDER)
        root.chmod(_OWNER_FOLDER)
        for name in _FOLDERS:
            (root / name).mkdir(exist_ok=True, mode=_OWNER_FOLDER)
        return cls(root)

    @classmethod
    def of_lender(cls, root: Path) -> Self:
        """The folder of a lender that has started there before; raises :class:`NoLenderError` for any other."""
        if not all((root / name).is_dir() for name in _FOLDERS):
            raise NoLenderError("there is no lender in this folder: name the one that serve or migrate was given")
        return cls(root)

    @property
    def endpoint_file(self) -> Path:
        """Where the client finds address, token and roots while the lender runs."""
        return self.root / "endpoint.json"

    def write_private(self, path: Path, data: bytes) -> None:
        """Write a file only its owner can read: whole or not at all, and on the disk when this returns."""
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_FILE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def secret(self, name: str, size: int) -> bytes:
        """Random bytes kept in ``keys/``, made at the first call."""
        path = self.root / "keys" / name
        if not path.exists():
            with self.making():
                if not path.exists():
                    self.write_private(path, secrets.token_bytes(size))
        return path.read_bytes()

    @contextmanager
    def making(self) -> Iterator[None]:
        """While a key is made: of workers that start at once one makes it, and the others find it made."""
        with (self.root / "making.lock").open("a+b") as file:
            deadline = time.monotonic() + _MAKING_PATIENCE_SECONDS
            while not _try_lock(file, shared=False):
                if time.monotonic() > deadline:
                    raise FolderInUseError(str(self.root))
                time.sleep(0.01)
            yield

    def lock(self, *, shared: bool = False) -> None:
        """Take the folder for this process; the system gives it back however the process ends.

        ``shared``: beside other workers on the same databases, and no embedded lender.

        Waits a little for a predecessor that is just ending; then raises :class:`FolderInUseError`.
        """
        file = (self.root / "lender.lock").open("a+b")
        deadline = time.monotonic() + _LOCK_PATIENCE_SECONDS
        while not _try_lock(file, shared=shared):
            if time.monotonic() > deadline:
                file.close()
                raise FolderInUseError(str(self.root))
            time.sleep(0.05)
        self._lock = file

    def unlock(self) -> None:
        """Give the folder back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes], *, shared: bool) -> bool:
        del shared  # workers side by side are for the systems of servers
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes], *, shared: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
