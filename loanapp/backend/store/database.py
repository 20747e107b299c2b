"""One writer at a time and readers on a snapshot, over SQLite or PostgreSQL.

SQLite has a write-ahead log, full synchronisation and erased deletions; PostgreSQL is in :mod:`.postgresql`.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from loanapp.backend.store import postgresql

_BUSY_SECONDS: Final = 30
_CHECKPOINT_MS: Final = 250
_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON")


def _engine(path: Path, begin: str, pool_size: int) -> Engine:
    engine = create_engine(
        address(path),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


Place = Path | str
"""Where a database is: a file of SQLite, or the address of one of PostgreSQL."""


def address(place: Place) -> str:
    """The place as SQLAlchemy names it."""
    return f"sqlite:///{place}" if isinstance(place, Path) else place


class Database:
    """One SQLite file, or one PostgreSQL database; readers run beside one writer.

    The process-wide write lock keeps writers from waiting on SQLite's own polling lock, which at 16 connections
    made the 99th percentile ten times slower; over PostgreSQL it keeps a worker to one connection that writes.
    """

    def __init__(self, place: Place, turn: str = "lender") -> None:
        """``turn`` names the one writer's turn over PostgreSQL: databases that are written together have one each."""
        self.place: Final = place
        if isinstance(place, Path):
            self.write_engine = _engine(place, "BEGIN IMMEDIATE", 4)
            self._read_engine = _engine(place, "BEGIN", 20)
        else:
            self.write_engine = postgresql.write_engine(place, turn)
            self._read_engine = postgresql.read_engine(place)
        self.write_lock: Final = threading.RLock()
        self.waited: Callable[[float], None] | None = None
        """Told the seconds each writer waited for its turn; whoever measures sets it."""

    @property
    def path(self) -> Path:
        """The file; raises ``TypeError`` for a database that is none."""
        if isinstance(self.place, Path):
            return self.place
        raise TypeError("this database is no file")

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or not at all."""
        begun = time.perf_counter()
        with self.write_lock, Session(self.write_engine, expire_on_commit=False) as session, session.begin():
            if self.waited is not None:
                session.connection()  # takes the turn
                self.waited(time.perf_counter() - begun)
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent snapshot; nothing written in it is kept."""
        with Session(self._read_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """As :meth:`read`, below the object mapper: for statements that are made once and run with every request."""
        with self._read_engine.connect() as connection:
            yield connection

    def erase_deleted(self) -> bool:
        """Fold the write-ahead log into the file and empty it, so that no deleted byte stays in either.

        ``False`` when a reader kept the log busy: the bytes are still there, and the next call must take them.
        PostgreSQL overwrites in its own time and lets nobody hurry it: docs/scale.md says what stays how long.
        """
        if not isinstance(self.place, Path):
            return True
        with self.write_lock, self.write_engine.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is None:
                return False
            # Every writer waits behind this one: a reader that is not done soon is left for the next call.
            driver.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_MS}")
            try:
                busy, _frames, _folded = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                driver.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
            return not busy

    def close(self) -> None:
        """Give back every connection."""
        self.write_engine.dispose()
        self._read_engine.dispose()


def workflow_engine(place: Place) -> Engine:
    """An engine as the workflow library wants it: it sets neither the log nor the waiting on an engine it is given."""
    if not isinstance(place, Path):
        return postgresql.plain_engine(place, 20)
    engine = create_engine(
        address(place),
        poolclass=QueuePool,
        pool_size=20,
        max_overflow=20,
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"  # the library begins some transactions itself
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine
