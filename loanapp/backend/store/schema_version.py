"""Which tables a database has, by the name of the last step that made them, and whether this program may work on it.

SQLite is brought up at the start (:mod:`loanapp.backend.store.upgrade`): whoever opens a program cannot be asked to.
PostgreSQL is brought up by a command, once, while no worker runs: ``python -m loanapp.backend.served DATA migrate``.
"""

from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import DeclarativeBase

from loanapp.backend.store.upgrade import make_tables

_VERSION: Final = Table(  # as alembic makes it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
LENDER: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""The steps of the lender's own database, the last of which this program works with."""
VAULT: Final = ("0001",)
"""The steps of the vault's database."""
_MIGRATE: Final = "stop every worker and run: python -m loanapp.backend.served DATA migrate"


class SchemaError(ValueError):
    """The database is not of this program's version; the sentence says what to do."""


def bring_up(engine: Engine, base: type[DeclarativeBase], steps: tuple[str, ...]) -> None:
    """Have this program's tables, or raise :class:`SchemaError`: nothing is changed then."""
    embedded = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        found, empty = version_of(connection), not inspect(connection).get_table_names()
    if found == steps[-1] and not embedded:
        return
    if found is not None and found not in steps:
        raise SchemaError(
            "the database was made by a newer version of this program, and nothing was changed: "
            "install that version again, or restore a backup from before it"
        )
    if not embedded:
        state = "is empty" if empty else "is of an older version"
        raise SchemaError(f"the database {state}, and nothing was changed: {_MIGRATE}")
    make_tables(engine, base)
    with engine.begin() as connection:
        write_version(connection, steps[-1])


def version_of(connection: Connection) -> str | None:
    """The last step that was done, or ``None`` where none is recorded."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.execute(select(_VERSION.c.version_num)).scalar()
    return found


def write_version(connection: Connection, step: str) -> None:
    """Record the last step, as the tool for steps does."""
    if version_of(connection) == step:
        return
    _VERSION.create(connection, checkfirst=True)
    connection.execute(delete(_VERSION))
    connection.execute(insert(_VERSION).values(version_num=step))
