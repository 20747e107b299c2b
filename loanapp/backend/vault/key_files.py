"""The vault's key-encryption keys as files: made whole or not at all, and overwritten before they are removed."""

import os
import secrets
from pathlib import Path
from typing import Final

from loanapp.backend.store.cipher import KEY_BYTES

FIRST: Final = "vault"
"""The key a vault begins with, and had before keys could be changed."""


class KeyFiles:
    """Owner-only files in one folder, apart from the vault's own; each key has an id, which is no secret."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made by whoever owns the lender's data folder."""
        self._folder = folder

    def make(self, key_id: str) -> None:
        """A new random key, on the disk when this returns; one that is there already stays."""
        path = self._path(key_id)
        if path.exists():
            return
        temporary = path.with_suffix(".new")
        temporary.unlink(missing_ok=True)  # of a process that was killed: nothing is wrapped by it
        write_once(temporary, secrets.token_bytes(KEY_BYTES))
        temporary.replace(path)
        sync_folder(self._folder)

    def read(self, key_id: str) -> bytes:
        """The key; raises ``FileNotFoundError`` for one that was destroyed."""
        return self._path(key_id).read_bytes()

    def ids(self) -> set[str]:
        """The keys there are."""
        return {path.stem for pattern in (f"{FIRST}.key", f"{FIRST}-*.key") for path in self._folder.glob(pattern)}

    def destroy(self, key_id: str) -> None:
        """Overwrite the key, then remove its file."""
        path = self._path(key_id)
        if path.exists():
            destroy_file(path)

    def _path(self, key_id: str) -> Path:
        return self._folder / f"{key_id}.key"


def write_once(path: Path, data: bytes) -> None:
    """A new file for its owner alone, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def destroy_file(path: Path) -> None:
    """Overwrite a key's file, then remove it.

    A disk that writes elsewhere than it is told (flash, copy on write) may keep the old block for a while; then it
    takes the disk's own encryption to make it unreadable.
    """
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system lets one ask for that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
