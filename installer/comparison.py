"""Two frozen folders held against each other, file by file: whether who builds this commit again gets the same."""

import hashlib
from pathlib import Path
from typing import Final

# Files that may differ between two builds, with the reason; docs/packaging.md names them too. None is known.
MAY_DIFFER: Final[dict[str, str]] = {}


def differences(first: Path, second: Path) -> list[str]:
    """The places, relative and in order, where the two folders differ: in bytes, rights, links, or by being there."""
    one, other = _told(first), _told(second)
    return sorted(place for place in one.keys() | other.keys() if one.get(place) != other.get(place))


def unexpected(places: list[str]) -> list[str]:
    """Those of them that nothing explains."""
    return [place for place in places if place not in MAY_DIFFER]


def _told(folder: Path) -> dict[str, str]:
    """What is to be the same of each place: where a link leads, else the rights and the SHA-256 of a file's bytes."""
    return {
        path.relative_to(folder).as_posix(): f"-> {path.readlink()}" if path.is_symlink() else _file(path)
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def _file(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
