"""Which adapter stands behind each port: ``adapters.toml`` in the lender's data folder, else the simulator.

A row names a factory, ``package.module:name``, and where the source is. The factory is called with the
:class:`HttpLine` made of the row and answers the port (docs/adapters.md has the worked example). An authority's row
names as well, in ``trust``, the PEM file of the roots its signatures lead to; the factory gets its text.
"""

import dataclasses
import importlib
import os
import tomllib
from pathlib import Path
from typing import Any, Final

from loanapp.backend.adapters.http_line import HttpLine
from loanapp.backend.adapters.ports import Sources
from loanapp.backend.policy import PolicyError
from loanapp.backend.policy.sources import SourceName, SourcePolicy

FILE: Final = "adapters.toml"
_FIELDS: Final = {"factory", "url", "root", "secret"}
_TRUSTED: Final = frozenset({SourceName.AUTHORITY, SourceName.TIMESTAMPS})


def chosen(folder: Path, simulated: Sources, policy: SourcePolicy) -> Sources:
    """``simulated`` with every source replaced that ``adapters.toml`` names.

    Files it names lie beside it. Raises :class:`PolicyError` for whatever cannot be: a lender that was told to ask a
    real source must not start with a simulated one.
    """
    path = folder / FILE
    if not path.exists():
        return simulated
    made: dict[str, Any] = {}
    for name, row in _parsed(path).items():
        if name not in set(SourceName):
            raise PolicyError(f"{FILE} names {name}, which is no source")
        source = SourceName(name)
        made[source.value] = _made(folder, source, row, policy.rules[source].timeout)
    return dataclasses.replace(simulated, **made)


@dataclasses.dataclass(frozen=True, slots=True)
class NamedFiles:
    """Files in a lender's folder that ``adapters.toml`` names, by their names there."""

    public: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()


def named_files(folder: Path) -> NamedFiles:
    """What a copy of the folder needs beside ``adapters.toml``; a file elsewhere is the operator's own to keep.

    Raises :class:`PolicyError`.
    """
    path = folder / FILE
    if not path.exists():
        return NamedFiles()
    rows = [row for row in _parsed(path).values() if isinstance(row, dict)]

    def inside(*fields: str) -> frozenset[str]:
        named = [Path(os.path.normpath(str(row[field]))) for row in rows for field in fields if field in row]
        return frozenset(one.as_posix() for one in named if not one.is_absolute() and ".." not in one.parts)

    return NamedFiles(inside("root", "trust"), inside("secret"))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"{FILE} cannot be read") from error


def _made(folder: Path, source: SourceName, row: object, timeout: float) -> object:
    fields = _FIELDS | ({"trust"} if source in _TRUSTED else set())
    if not isinstance(row, dict) or set(row) != fields or not all(isinstance(one, str) for one in row.values()):
        raise PolicyError(f"{FILE}: {source} needs {sorted(fields)}, each a text")
    if not row["url"].startswith("https://"):
        raise PolicyError(f"{FILE}: {source} is not reached over https")
    root, secret = folder / row["root"], folder / row["secret"]
    try:
        line = HttpLine(row["url"], secret.read_text(encoding="utf-8").strip(), root, timeout)
        root.read_bytes()
    except OSError as error:
        raise PolicyError(f"{FILE}: a file of {source} cannot be read") from error
    module, _colon, name = row["factory"].partition(":")
    try:
        factory = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise PolicyError(f"{FILE}: the factory of {source} is not there") from error
    made: object = factory(line, _trusted(folder / row["trust"], source)) if source in _TRUSTED else factory(line)
    return made


def _trusted(path: Path, source: SourceName) -> str:
    """The roots of an authority, as PEM; raises :class:`PolicyError`."""
    from loanapp.proof.authorities import load_certificates  # noqa: PLC0415 - only where an authority is chosen

    try:
        text = path.read_text(encoding="ascii")
        load_certificates(text)
    except (OSError, ValueError) as error:
        raise PolicyError(f"{FILE}: the trusted roots of {source} cannot be read") from error
    return text
