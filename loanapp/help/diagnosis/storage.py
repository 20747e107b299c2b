"""Where the program keeps things: room on the disk, a folder of its own, a place for keys."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from loanapp.help.diagnosis.check import Check, CheckState, graded

_MEGABYTE: Final = 1024 * 1024
# Room for drafts, the embedded lender's store and a signed contract; below the second figure writing may fail.
_DISK_ENOUGH_MB: Final = 1024
_DISK_LEAST_MB: Final = 200


def disk(folder: Path) -> Check:
    """Room where the data folder is, or would be."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free // _MEGABYTE
    values: dict[str, str] = {"free": str(free), "enough": str(_DISK_ENOUGH_MB)}
    if free < _DISK_LEAST_MB:
        return Check("disk", CheckState.BAD, "bad", "draft-and-disk", values)
    return Check("disk", *graded(good=free >= _DISK_ENOUGH_MB, otherwise=CheckState.WARNING), "draft-and-disk", values)


def data_folder(folder: Path) -> Check:
    """Whether the program can write there and nobody else can read it."""
    values: dict[str, str] = {"folder": str(folder)}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"loanapp")
    except OSError:
        return Check("data_folder", CheckState.BAD, "bad", "draft-and-disk", values)
    private = os.name != "posix" or not folder.stat().st_mode & 0o077
    state = graded(good=private, otherwise=CheckState.WARNING)
    return Check("data_folder", *state, "draft-and-disk", values)


def keyring(folder: Path) -> Check:
    """Whether the system's credential store takes keys."""
    from loanapp.client.secrets import SecretsKind, open_secrets  # noqa: PLC0415 - keyring takes 80 ms

    good = open_secrets(folder).kind is SecretsKind.KEYRING
    return Check("keyring", *graded(good=good, otherwise=CheckState.WARNING), "keyring-and-passphrase")
