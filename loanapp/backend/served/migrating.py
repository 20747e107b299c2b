"""Brings the databases up to this program's tables, one recorded step after another, all of them or none."""

from importlib.resources import as_file, files
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from loanapp.backend.auth.tables import Device
from loanapp.backend.staff.tables import Base
from loanapp.backend.store.database import Database, Place
from loanapp.backend.store.schema_version import LENDER, VAULT, SchemaError, version_of
from loanapp.backend.store.stores import Stores
from loanapp.backend.vault.vault import VaultBase

METADATA: Final = {"lender": Base.metadata, "vault": VaultBase.metadata}
_ALSO: Final = (Device,)  # tables that nothing else here imports
STEPS: Final = {"lender": LENDER, "vault": VAULT}


def migrate(places: Stores) -> list[str]:
    """Bring up both databases; what was done, in sentences. Raises :class:`SchemaError` for a newer one."""
    return [migrate_one(name, place) for name, place in (("lender", places.lender), ("vault", places.vault))]


def migrate_one(name: str, place: Place, upto: str = "head") -> str:
    """Bring up one database, ``lender`` or ``vault``."""
    database = Database(place, name)
    try:
        with database.write_lock, database.write_engine.begin() as connection:
            before = version_of(connection)
            if before is not None and before not in STEPS[name]:
                raise SchemaError(f"the database of the {name} is newer than this program: nothing was changed")
            if before is None and set(inspect(connection).get_table_names()) & set(METADATA[name].tables):
                raise SchemaError(
                    f"the database of the {name} has tables and says no version, and nothing was changed: "
                    "start the lender of this folder once, or restore a backup"
                )
            with as_file(files("loanapp.backend.served") / "migrations") as folder:
                config = Config()
                config.set_main_option("script_location", str(folder))
                config.set_main_option("version_locations", str(folder / name))
                config.set_main_option("path_separator", "newline")
                config.attributes.update(connection=connection, metadata=METADATA[name])
                command.upgrade(config, upto)
            after = version_of(connection)
    finally:
        database.close()
    return f"{name}: {before or 'empty'} to {after}" if before != after else f"{name}: {after}, nothing to do"
