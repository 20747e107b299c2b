"""PostgreSQL behind the same door as SQLite: one writer at a time over all workers, readers on a snapshot.

Whoever writes first takes the database's one turn, an advisory lock that goes with the transaction. So what is read
before a write (the newest entry of the ledger, how often a code was tried) still holds when it commits, in any number
of workers, and the ledger stays one chain. docs/scale.md says how far that reaches.
"""

from typing import Final
from zlib import crc32

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection

_DRIVER: Final = "postgresql+psycopg"
_SCHEMES: Final = {"postgres", "postgresql", _DRIVER}
# A worker whose computer vanished holds its turn no longer than this; whoever waits for a turn no longer than that.
_OPTIONS: Final = "-c idle_in_transaction_session_timeout=60s -c lock_timeout=30s"
_ALIVE: Final = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "connect_timeout": 10}


def normal_url(url: str) -> str:
    """The address as SQLAlchemy wants it; raises ``ValueError``, without the address: it may hold a password."""
    try:
        made = make_url(url)
    except Exception:  # noqa: BLE001 - its text repeats the address
        raise ValueError("no address of a database") from None
    if made.drivername not in _SCHEMES or not made.database:
        raise ValueError("no address of a PostgreSQL database")
    return made.set(drivername=_DRIVER).render_as_string(hide_password=False)


def write_engine(url: str, turn: str) -> Engine:
    """Transactions that begin by taking ``turn``; waiting for it longer than 30 s raises ``OperationalError``."""
    engine = create_engine(
        url,
        pool_size=4,
        max_overflow=4,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",  # each statement sees what the writer before committed
        connect_args={"options": _OPTIONS, **_ALIVE},
    )
    key = lock_key(turn)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")

    return engine


def read_engine(url: str) -> Engine:
    """Transactions on one snapshot; nobody commits them."""
    return create_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        connect_args={"options": _OPTIONS, **_ALIVE},
    )


def plain_engine(url: str, pool_size: int = 10) -> Engine:
    """As the workflow library wants it, and whoever keeps a connection for itself."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"options": "-c idle_in_transaction_session_timeout=60s", **_ALIVE},
    )


def lock_key(name: str) -> int:
    """The number of the advisory lock of that name."""
    return (crc32(b"loanapp") << 31) | (crc32(name.encode()) >> 1)
