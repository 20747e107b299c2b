"""Where the lender's databases are: files in its folder, or the PostgreSQL databases that ``database.toml`` names.

``database.toml`` in the lender's data folder: ``url`` is the lender's own database, which the durable workflow shares,
``vault_url`` the vault's; they are two. ``LOANAPP_DATABASE_URL`` and ``LOANAPP_VAULT_DATABASE_URL`` stand above it, for
addresses with a password that shall lie in no file. Without either the lender works on SQLite.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Engine, create_engine

from loanapp.backend.policy import PolicyError
from loanapp.backend.store.database import Place
from loanapp.backend.store.postgresql import normal_url, read_engine

FILE: Final = "database.toml"
VARIABLES: Final = {"url": "LOANAPP_DATABASE_URL", "vault_url": "LOANAPP_VAULT_DATABASE_URL"}


@dataclass(frozen=True, slots=True)
class Stores:
    """Each database's place; an address may hold a password and is never shown."""

    lender: Place = field(repr=False)
    vault: Place = field(repr=False)
    workflow: Place = field(repr=False)

    @property
    def shared(self) -> bool:
        """Whether any number of workers may use them at once."""
        return not isinstance(self.lender, Path)


def stores(folder: Path, environment: Mapping[str, str] | None = None) -> Stores:
    """The places for a lender's data folder; raises :class:`PolicyError` for settings that do not hold."""
    environment = os.environ if environment is None else environment
    said = _file(folder / FILE) | {name: environment[key] for name, key in VARIABLES.items() if environment.get(key)}
    if not said:
        return Stores(folder / "lender.sqlite", folder / "vault" / "vault.sqlite", folder / "workflow.sqlite")
    if set(said) != set(VARIABLES):
        raise PolicyError(f"{FILE} needs url and vault_url, or neither: each is a PostgreSQL database of its own")
    try:
        url, vault_url = (normal_url(said[name]) for name in VARIABLES)
    except ValueError:
        raise PolicyError(f"{FILE} names no PostgreSQL database: postgresql://HOST/DATABASE") from None
    if url == vault_url:
        raise PolicyError(f"{FILE}: the vault needs a database of its own, which url does not name")
    return Stores(url, vault_url, url)


def reading_engine(folder: Path) -> Engine:
    """For a command that only looks at the lender's own database, which may be at work."""
    place = stores(folder).lender
    if isinstance(place, Path):
        return create_engine(f"sqlite:///file:{quote(place.resolve().as_posix())}?mode=ro&uri=true")
    return read_engine(place)


def _file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"{FILE} cannot be read") from error
    if not set(said) <= set(VARIABLES) or not all(isinstance(one, str) for one in said.values()):
        raise PolicyError(f"{FILE} may hold url and vault_url, each a text, and nothing else")
    return said
