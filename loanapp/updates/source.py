"""Where new versions of this program come from, whom they must be signed by, and for which computer they are."""

import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from loanapp.client.installed_profile import PUBLISHERS, ProfileError, check_profile, known_publishers, profile_table
from loanapp.resource_files import has_lender_profile, read_toml, resource_path

ROOT_PLACE: Final = ("updates", "root.json")
_VERSION: Final = re.compile(r"\d{1,6}(\.\d{1,6}){1,3}")
_SYSTEMS: Final = {"linux": "linux", "win32": "windows", "darwin": "macos"}


@dataclass(frozen=True, slots=True)
class UpdateSource:
    """``url`` has the folders ``metadata`` and ``targets``; ``root`` is the TUF root that came with the program.

    ``ca_pem`` is the one root that TLS to it accepts.
    """

    url: str
    ca_pem: str
    root: bytes

    def __repr__(self) -> str:
        return f"UpdateSource(url={self.url!r})"


def installed_source() -> UpdateSource | None:
    """The source that the lender's signed profile names; ``None`` where it names none, and for the demonstration.

    Raises :class:`ProfileError` where the profile is not what its publisher signed, :class:`OSError` without the root.
    """
    if not has_lender_profile():
        return None
    table = profile_table()
    endpoint = check_profile(table, known_publishers(read_toml(*PUBLISHERS)))
    url = update_address(table)
    return None if url is None else UpdateSource(url, endpoint.ca_pem, resource_path(*ROOT_PLACE).read_bytes())


def update_address(profile: Mapping[str, Any]) -> str | None:
    """``[updates] url`` of a profile. Raises :class:`ProfileError` for what is no https address."""
    table = profile.get("updates")
    if table is None:
        return None
    url = str(table.get("url", "")) if isinstance(table, Mapping) else ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ProfileError("updates.url is no https address")
    return url.rstrip("/")


def target_place(system: str | None = None) -> str:
    """The one place of a system's program among the targets: ``linux-x86_64/loanapp.tar.xz``.

    Its name never changes; the version stands in what is signed about it. So nobody can offer an older file as another.
    """
    return f"{system or this_system()}/loanapp.tar.xz"


def this_system() -> str:
    """Such as ``linux-x86_64``."""
    return f"{_SYSTEMS.get(sys.platform, sys.platform)}-{platform.machine().lower()}"


def version_key(version: str) -> tuple[int, ...]:
    """What versions are compared by. Raises :class:`ValueError` for anything but two to four numbers."""
    if not _VERSION.fullmatch(version):
        raise ValueError("no version")
    numbers = tuple(int(part) for part in version.split("."))
    return (*numbers, *(0,) * (4 - len(numbers)))
