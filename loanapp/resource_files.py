"""The one door to ``resources/`` (package data), to the assets fetched at set-up, and to the program's own folder."""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import date

ASSETS_VARIABLE: Final = "LOANAPP_ASSETS"
HOME_VARIABLE: Final = "LOANAPP_HOME"
LENDER_PROFILE: Final = ("profiles", "lender.toml")
_ROOT: Final = Path(__file__).resolve().parent.parent / "resources"


def resource_path(*parts: str) -> Path:
    """A file or folder under ``resources/``."""
    return _ROOT.joinpath(*parts)


@cache
def read_toml(*parts: str) -> dict[str, Any]:
    """A TOML file under ``resources/``, parsed once; treat the answer as read-only."""
    import tomllib  # noqa: PLC0415  (6 ms that the first picture of the window does not need)

    with resource_path(*parts).open("rb") as file:
        return tomllib.load(file)


def row_in_force(rows: Sequence[Mapping[str, Any]], day: "date") -> Mapping[str, Any]:
    """Of rows that each hold ``from`` a day, the newest that holds on ``day``; before all of them, the oldest.

    Raises :class:`ValueError` where there is no row at all or one is not dated.
    """
    dated = sorted(((_since(row), number) for number, row in enumerate(rows)), reverse=True)
    if not dated:
        raise ValueError("there is no row")
    return rows[next((number for since, number in dated if since <= day), dated[-1][1])]


def _since(row: Mapping[str, Any]) -> "date":
    from datetime import date  # noqa: PLC0415  (see read_toml)

    since = row.get("from")
    return since if isinstance(since, date) else date.fromisoformat(str(since))


def has_lender_profile() -> bool:
    """Whether this program was made for one lender; else it is the demonstration."""
    return os.path.isfile(resource_path(*LENDER_PROFILE))  # noqa: PTH113 - asked before the first picture


def data_folder() -> Path:
    """Where the program keeps its own files: ``LOANAPP_HOME``, or the place the system has for a program's data.

    Two lenders' programs on one computer keep theirs apart.
    """
    if chosen := os.environ.get(HOME_VARIABLE):
        return Path(chosen)
    suffix = f"-{read_toml(*LENDER_PROFILE)['id']}" if has_lender_profile() else ""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / f"LoanApp{suffix}"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / f"LoanApp{suffix}"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / f"loanapp{suffix}"


def assets_folder() -> Path:
    """Where set-up put the assets: ``LOANAPP_ASSETS``, the bundle's own folder, or the user's cache."""
    if chosen := os.environ.get(ASSETS_VARIABLE):
        return Path(chosen)
    bundled = _ROOT / "assets"
    if bundled.is_dir():
        return bundled
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "loanapp" / "assets"


def asset_path(name: str) -> Path:
    """The file of an asset named in ``resources/assets.toml``.

    Raises :class:`LoanAppError` with ``ASSET_MISSING`` when set-up has not put it there.
    """
    path = assets_folder() / name
    if not path.is_file():
        from loanapp.domain.errors import ErrorCode, LoanAppError  # noqa: PLC0415  (see read_toml)

        raise LoanAppError(ErrorCode.ASSET_MISSING, asset=name)
    return path
