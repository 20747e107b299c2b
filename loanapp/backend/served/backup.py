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
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from loanapp.backend.adapters.chosen import named_files
from loanapp.backend.data_uses.deletion_receipts import erased_applications
from loanapp.backend.lifecycle.erasing_again import Gone, write_list
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.store.database import Place
from loanapp.backend.store.stores import Stores, reading_engine, stores
from loanapp.backend.store.tables import Borrower
from loanapp.backend.vault.key_files import destroy_file

ERASED: Final = "erased.json"
_SETTINGS: Final = ("adapters.toml", "network.toml")
_NAMED: Final = "named"  # files the adapters' settings name: roots with the records, secrets with the keys
_TIMED: Final = "%Y%m%dT%H%M%S%fZ"


class BackupError(ValueError):
    """The backup or its restoring cannot go on; the sentence says what to do."""


def back_up(data: Path, target: Path, keys: Path, keep: int) -> Path:
    """Copy the lender in ``data``, which may be running; the new version's folder. ``keep`` versions stay.

    Raises :class:`BackupError`, ``NoLenderError``, ``OSError`` or ``sqlite3.Error``; an unfinished version is left out
    of account.
    """
    data, target, keys = (path.resolve() for path in (data, target, keys))
    if keys.is_relative_to(target) or target.is_relative_to(keys):
        raise BackupError("keep the keys apart from what they open: name a folder for them outside the backup's")
    LenderFolder.of_lender(data)
    places = stores(data)
    for folder in (target, keys, target / "records", target / "vault"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    version = target / "records" / datetime.now(UTC).strftime(_TIMED)
    for stale in (target / "records").glob("*.unfinished"):  # of a run that was killed
        shutil.rmtree(stale)
    unfinished = version.with_suffix(".unfinished")
    unfinished.mkdir(mode=0o700)
    if not places.shared:
        _copy(places.workflow, unfinished / "workflow")
    _copy(places.lender, unfinished / "lender")
    for path in data.glob("simulated_*.sqlite"):
        _copy(path, unfinished / path.stem)
    named = named_files(data)
    for name in _SETTINGS:
        if (data / name).exists():
            shutil.copyfile(data / name, unfinished / name)
    _copy_named(data, unfinished / _NAMED, named.public)
    _note_erased(data, target)
    _mirror_vault(data / "vault", places.vault, target / "vault")
    _mirror(data / "keys", keys, "*")
    _mirror_named(data, keys / _NAMED, named.secret)
    unfinished.rename(version)
    for old in _versions(target)[: -max(keep, 1)]:
        shutil.rmtree(old)
    return version


def restore(target: Path, keys: Path, data: Path, version: str | None = None) -> Path:
    """Lay a version out in ``data``, a folder that is empty or holds ``database.toml`` alone; the version's folder.

    What was erased since is written into ``data`` first and erased by its next start, which comes at the latest before
    anybody is served (:mod:`loanapp.backend.lifecycle.erasing_again`). Raises :class:`BackupError`, ``OSError`` or
    :class:`FolderInUseError`.
    """
    versions = [path for path in _versions(target) if version in {None, path.name}]
    if not versions:
        raise BackupError("there is no such version in this backup")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if {path.name for path in data.iterdir()} - {"database.toml"}:
        raise BackupError("restore into an empty folder: nothing is written over what is there")
    places = stores(data)
    if places.shared != (versions[-1] / "lender.dump").exists():
        raise BackupError("this backup is of the other kind of database: write or remove database.toml first")
    folder = LenderFolder.made(data)
    folder.lock()
    try:
        gone = _read_erased(target)
        write_list(folder, gone)
        _lay_out(versions[-1], data, places)
        for path in (target / "vault").glob("*.sealed"):
            shutil.copyfile(path, data / "vault" / path.name)
        _put_back(target / "vault" / "vault", places.vault)
        _mirror(keys, data / "keys", "*")
        for source in (versions[-1] / _NAMED, keys / _NAMED):
            if source.exists():
                shutil.copytree(source, data, copy_function=_copy_secret, dirs_exist_ok=True)
        with contextlib.suppress(SQLAlchemyError):  # of an earlier program: its start passes over what was erased
            write_list(folder, gone - _erased(data))
    finally:
        folder.unlock()
    return versions[-1]


def _versions(target: Path) -> list[Path]:
    """The finished ones, oldest first."""
    return sorted((target / "records").glob("*Z"))


def _copy_named(data: Path, to: Path, names: Collection[str]) -> None:
    for name in names:
        if (data / name).exists():
            (to / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _copy_secret(data / name, to / name)


def _copy_secret(source: str | Path, target: str | Path) -> None:
    """A copy that is its owner's alone, whatever the computer's usual permissions are."""
    Path(target).touch(0o600)
    Path(target).chmod(0o600)
    shutil.copyfile(source, target)


def _mirror_named(data: Path, to: Path, names: Collection[str]) -> None:
    """As :func:`_copy_named`; what is not named any more is overwritten and removed."""
    _copy_named(data, to, names)
    for path in [path for path in to.rglob("*") if path.is_file()]:
        if path.relative_to(to).as_posix() not in names:
            destroy_file(path)


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
            _destroy(mirror / f"vault{suffix}")
            fresh.with_suffix(suffix).replace(mirror / f"vault{suffix}")
    _mirror(folder, mirror, "*.sealed")


def _mirror(source: Path, mirror: Path, pattern: str) -> None:
    """Have in ``mirror`` what ``source`` has; what it has no more is overwritten and removed."""
    there = {path.name: path for path in source.glob(pattern) if path.is_file() and not path.name.startswith(".")}
    for path in mirror.glob(pattern):
        if path.is_file() and path.name not in there:
            destroy_file(path)
    for name, path in there.items():
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            if not (mirror / name).exists() or (mirror / name).read_bytes() != path.read_bytes():
                _destroy(mirror / name)
                shutil.copyfile(path, mirror / name)
                (mirror / name).chmod(0o600)


def _destroy(path: Path) -> None:
    if path.exists():
        destroy_file(path)


def _note_erased(data: Path, target: Path) -> None:
    gone = _erased(data)
    with contextlib.suppress(BackupError):  # of an earlier version, which counted too much: the database knows
        gone |= _read_erased(target)
    fresh = (target / ERASED).with_suffix(".new")
    fresh.write_text(gone.to_text(), encoding="utf-8")
    fresh.replace(target / ERASED)


def _read_erased(target: Path) -> Gone:
    path = target / ERASED
    try:
        return Gone.from_text(path.read_text("utf-8")) if path.exists() else Gone()
    except ValueError:
        raise BackupError(f"{ERASED} of this copy does not say what was erased: run backup once more first") from None


def _erased(data: Path) -> Gone:
    """What a lender's database says: whole applications, and accounts that were closed."""
    engine = reading_engine(data)
    try:
        with Session(engine) as session:
            closed = select(Borrower.id).where(Borrower.closed_at.is_not(None))
            return Gone(frozenset(session.scalars(erased_applications())), frozenset(session.scalars(closed)))
    finally:
        engine.dispose()
