"""Copies of a lender that can be worked on again, in which nothing deleted lives on.

``records/`` holds a version for each run: the lender's database, the workflow's, the settings. No face is in them, for
none ever is in those databases. ``vault/`` is one mirror without a past: each run takes out of it what the lender has
deleted since, the keys of items first. Which applications were erased is kept beside both, and a version that is
older erases them again when it is restored. The lender's own keys go to a folder of their own, kept elsewhere: who
holds one of the two folders reads nothing.

The workflow's database is copied before the lender's: it may ask for a step anew whose work is there already, and is
given the result; the other way round a step would count as done whose work is lost.
"""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from loanapp.backend.lifecycle.stores import Stores, reading_engine, stores
from loanapp.backend.store.database import Place
from loanapp.backend.store.tables import DeletionReceipt

ERASED: Final = "erased.json"
_SETTINGS: Final = ("adapters.toml", "network.toml")
_TIMED: Final = "%Y%m%dT%H%M%S%fZ"


class BackupError(ValueError):
    """The backup or its restoring cannot go on; the sentence says what to do."""


def back_up(data: Path, target: Path, keys: Path, keep: int) -> Path:
    """Copy the lender in ``data``, which may be running; the new version's folder. ``keep`` versions stay.

    Raises :class:`BackupError`, ``OSError`` or ``sqlite3.Error``; an unfinished version is left out of account.
    """
    data, target, keys = (path.resolve() for path in (data, target, keys))
    if keys.is_relative_to(target) or target.is_relative_to(keys):
        raise BackupError("keep the keys apart from what they open: name a folder for them outside the backup's")
    places = stores(data)
    for folder in (target, keys, target / "records", target / "vault"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    version = target / "records" / datetime.now(UTC).strftime(_TIMED)
    unfinished = version.with_suffix(".unfinished")
    unfinished.mkdir(mode=0o700)
    if not places.shared:
        _copy(places.workflow, unfinished / "workflow")
    _copy(places.lender, unfinished / "lender")
    for path in (*data.glob("simulated_*.sqlite"), *(data / name for name in _SETTINGS)):
        if path.suffix == ".sqlite":
            _copy(path, unfinished / path.stem)
        elif path.exists():
            shutil.copyfile(path, unfinished / path.name)
    _note_erased(data, target)
    _mirror_vault(data / "vault", places.vault, target / "vault")
    _mirror(data / "keys", keys, "*")
    unfinished.rename(version)
    for old in sorted((target / "records").iterdir())[: -max(keep, 1)]:
        shutil.rmtree(old)
    return version


def restore(target: Path, keys: Path, data: Path, version: str | None = None) -> Path:
    """Lay a version out in ``data``, a folder that is empty or holds ``database.toml`` alone; the version's folder.

    What was erased since is not erased yet: :func:`erased_since`. Raises :class:`BackupError` or ``OSError``.
    """
    versions = sorted(path for path in (target / "records").glob("*Z") if version in {None, path.name})
    if not versions:
        raise BackupError("there is no such version in this backup")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if {path.name for path in data.iterdir()} - {"database.toml"}:
        raise BackupError("restore into an empty folder: nothing is written over what is there")
    places = stores(data)
    if places.shared != (versions[-1] / "lender.dump").exists():
        raise BackupError("this backup is of the other kind of database: write or remove database.toml first")
    for name in ("vault", "keys"):
        (data / name).mkdir(mode=0o700)
    _lay_out(versions[-1], data, places)
    for path in (target / "vault").glob("*.sealed"):
        shutil.copyfile(path, data / "vault" / path.name)
    _put_back(target / "vault" / "vault", places.vault)
    _mirror(keys, data / "keys", "*")
    return versions[-1]


def erased_since(target: Path, data: Path) -> list[str]:
    """Applications that were erased after the restored version was made: they are to be erased again."""
    path = target / ERASED
    wanted: set[str] = set(json.loads(path.read_text("utf-8"))) if path.exists() else set()
    return sorted(wanted - _erased(data))


def _lay_out(version: Path, data: Path, places: Stores) -> None:
    _put_back(version / "lender", places.lender)
    if not places.shared:
        _put_back(version / "workflow", places.workflow)
    for path in version.iterdir():
        if path.name.startswith("simulated_") or path.name in _SETTINGS:
            shutil.copyfile(path, data / path.name)


def _copy(place: Place, to: Path) -> None:
    """A consistent copy of one database, whoever works on it; its suffix says of which kind."""
    if isinstance(place, Path):
        if not place.exists():
            return
        with (
            contextlib.closing(sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True)) as old,
            contextlib.closing(sqlite3.connect(to.with_suffix(".sqlite"))) as new,
        ):
            old.backup(new)
    else:
        _postgresql("pg_dump", place, "--format=custom", f"--file={to.with_suffix('.dump')}")


def _put_back(copy: Path, place: Place) -> None:
    if isinstance(place, Path):
        if copy.with_suffix(".sqlite").exists():
            shutil.copyfile(copy.with_suffix(".sqlite"), place)
    else:
        _postgresql("pg_restore", place, "--exit-on-error", "--no-owner", str(copy.with_suffix(".dump")))


def _postgresql(tool: str, place: str, *words: str) -> None:
    """Run a tool of PostgreSQL's; the password goes by the environment, where no list of processes shows it."""
    url = make_url(place)
    bare = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    try:
        # The words are ours, and the address is the operator's own.
        done = subprocess.run([tool, f"--dbname={bare}", *words], env=os.environ | secret, check=False)  # noqa: S603
    except FileNotFoundError:
        raise BackupError(f"{tool} is not there: install PostgreSQL's client programs") from None
    if done.returncode:
        raise BackupError(f"{tool} failed; what it said stands above")


def _mirror_vault(folder: Path, place: Place, mirror: Path) -> None:
    """Keys of items first: a file without its key is noise, the other way round it would be a deleted face."""
    fresh = mirror / "fresh"
    _copy(place, fresh)
    for suffix in (".sqlite", ".dump"):
        if fresh.with_suffix(suffix).exists():
            _overwrite(mirror / f"vault{suffix}")
            fresh.with_suffix(suffix).replace(mirror / f"vault{suffix}")
    _mirror(folder, mirror, "*.sealed")


def _mirror(source: Path, mirror: Path, pattern: str) -> None:
    """Have in ``mirror`` what ``source`` has; what it has no more is overwritten and removed."""
    there = {path.name: path for path in source.glob(pattern) if path.is_file() and not path.name.startswith(".")}
    for path in mirror.glob(pattern):
        if path.is_file() and path.name not in there:
            _overwrite(path)
    for name, path in there.items():
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            if not (mirror / name).exists() or (mirror / name).read_bytes() != path.read_bytes():
                _overwrite(mirror / name)
                shutil.copyfile(path, mirror / name)
                (mirror / name).chmod(0o600)


def _overwrite(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _note_erased(data: Path, target: Path) -> None:
    path = target / ERASED
    before = set(json.loads(path.read_text("utf-8"))) if path.exists() else set()
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(sorted(before | _erased(data))), encoding="utf-8")
    fresh.replace(path)


def _erased(data: Path) -> set[str]:
    engine = reading_engine(data)
    try:
        with Session(engine) as session:
            return set(session.scalars(select(DeletionReceipt.application_id)))
    finally:
        engine.dispose()
