"""What an installed program is made of, file by file, signed by who published it.

It finds what was changed, added or lost after the program was packed. It cannot find a program that was replaced whole
by somebody who also wrote what looks at it: for that one asks the lender for the fingerprint of the download.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from loanapp.proof.signed_message import SignedMessageError, sign_message, verify_message

FILE: Final = "genuine.json"
_LARGEST: Final = 4 * 1024 * 1024
# Written by Python itself where it may; not part of what was packed.
_NOT_PACKED: Final = "__pycache__"


class ManifestError(ValueError):
    """The manifest cannot be read or is of no publisher this program knows."""


@dataclass(frozen=True, slots=True)
class Findings:
    """``signer`` is the publisher's name; ``wrong`` are the places, below the folder, that are not as signed.

    ``fingerprint`` is that of the installed files, for reading out to somebody: :func:`fingerprint_of`.
    """

    version: str
    signer: str
    count: int
    wrong: tuple[str, ...]
    fingerprint: str


def write_manifest(folder: Path, version: str, made_at: datetime, key: Ed25519PrivateKey) -> Path:
    """Sign every file and link of ``folder`` and put the result beside them; returns its path."""
    message = {"version": version, "made_at": made_at.isoformat(), "files": _of_folder(folder)}
    path = folder / FILE
    path.write_text(json.dumps(sign_message(key, message), ensure_ascii=False, indent=0), encoding="utf-8")
    return path


def hold_against(folder: Path, publishers: Iterable[tuple[str, bytes]]) -> Findings:
    """Compare ``folder`` with its manifest, which one of ``publishers`` (name, raw Ed25519 key) must have signed.

    Raises :class:`ManifestError`; :class:`FileNotFoundError` where there is no manifest.
    """
    path = folder / FILE
    if path.stat().st_size > _LARGEST:
        raise ManifestError("the manifest is too large")
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError):
        raise ManifestError("the manifest is no JSON") from None
    if not isinstance(read, dict):
        raise ManifestError("the manifest is no object")
    signer, message = _signed(read, publishers)
    said, found = message.get("files"), _of_folder(folder)
    if not isinstance(said, dict):
        raise ManifestError("the manifest names no files")
    wrong = sorted(place for place in said.keys() | found.keys() if said.get(place) != found.get(place))
    return Findings(str(message.get("version")), signer, len(said), tuple(wrong), _fingerprint(found))


def fingerprint_of(folder: Path) -> str:
    """Half a SHA-256 (128 bits) over every file and link of ``folder``, in groups of four digits."""
    return _fingerprint(_of_folder(folder))


def _fingerprint(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _signed(read: Mapping[str, Any], publishers: Iterable[tuple[str, bytes]]) -> tuple[str, dict[str, object]]:
    for name, key in publishers:
        try:
            return name, verify_message(key, read)
        except SignedMessageError:
            continue
    raise ManifestError("the signature is of no publisher this program knows")


def _of_folder(folder: Path) -> dict[str, str]:
    """SHA-256 of each file, and of each link where it leads, by its place."""
    found = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if place == FILE or _NOT_PACKED in path.parts:
            continue
        if path.is_symlink():
            found[place] = f"link {path.readlink().as_posix()}"
        elif path.is_file():
            with path.open("rb") as file:
                found[place] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
