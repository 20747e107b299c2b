"""The repository of a lender's new versions: what its release engineer signs. docs/updates.md tells who does what when.

``python -m installer.update_repository begin|add|renew|rotate FOLDER ...``; ``FOLDER/metadata`` and ``FOLDER/targets``
are put on the lender's web server as they are.
"""

import argparse
import getpass
import hashlib
import shutil
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Signed, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from installer.lender import open_key
from loanapp.updates.client import read_notes
from loanapp.updates.source import target_place, version_key

ROLES: Final = ("root", "targets", "snapshot", "timestamp")
# How long what a role signs is believed: what lies offline long, what is signed by the server itself only days.
BELIEVED_FOR: Final = {
    "root": timedelta(days=365),
    "targets": timedelta(days=180),
    "snapshot": timedelta(days=180),
    "timestamp": timedelta(days=7),
}
S = TypeVar("S", bound=Signed)
Keys = Mapping[str, Sequence[Ed25519PrivateKey]]


@dataclass(frozen=True)
class Release:
    """``notes`` are what changed, a line each, by language (``zh``, ``en``); ``system`` such as ``linux-x86_64``."""

    archive: Path
    version: str
    system: str
    notes: Mapping[str, Sequence[str]]


class UpdateRepository:
    """``now`` is the clock that dates of expiry are counted from."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._metadata, self._targets, self._now = folder / "metadata", folder / "targets", now

    def begin(self, keys: Keys, threshold: int) -> Path:
        """Write the first state, without any version; returns the root that is packed into the program."""
        if self._metadata.exists():
            raise ValueError("there is a repository already")
        self._metadata.mkdir(parents=True)
        self._targets.mkdir(exist_ok=True)
        root = self._with_keys(Root(version=1, consistent_snapshot=True), keys, threshold)
        path = self._write(root, keys["root"])
        self._write(Targets(version=1), keys["targets"])
        self._write(Snapshot(version=1), keys["snapshot"])
        self._write(Timestamp(version=1), keys["timestamp"])
        return path

    def add(self, release: Release, keys: Keys) -> None:
        """Offer a version to one system in place of the one before; needs the keys of targets, snapshot, timestamp.

        Raises :class:`ValueError` where the version is not newer than the one before.
        """
        targets, place = self._newest("targets", Targets), target_place(release.system)
        before = targets.targets.get(place)
        if before is not None and version_key(release.version) <= version_key(before.custom["version"]):
            raise ValueError("the version is not newer")
        target = TargetFile.from_file(place, str(release.archive), ["sha256"])
        target.unrecognized_fields["custom"] = {
            "version": release.version,
            "notes": {language: read_notes(list(release.notes[language])) for language in ("zh", "en")},
        }
        digest = hashlib.sha256(release.archive.read_bytes()).hexdigest()
        folder, _, name = place.rpartition("/")
        (self._targets / folder).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(release.archive, self._targets / folder / f"{digest}.{name}")
        targets.targets[place] = target
        self._write(self._next(targets), keys["targets"])
        snapshot = self._newest("snapshot", Snapshot)
        snapshot.meta["targets.json"] = MetaFile(version=targets.version)
        self._write(self._next(snapshot), keys["snapshot"])
        self.renew(keys)

    def renew(self, keys: Keys) -> None:
        """Say that this is still the newest state; needs the timestamp's key alone."""
        timestamp = self._newest("timestamp", Timestamp)
        timestamp.snapshot_meta = MetaFile(version=self._newest("snapshot", Snapshot).version)
        self._write(self._next(timestamp), keys["timestamp"])

    def rotate(self, keys: Keys, threshold: int, *, old_roots: Sequence[Ed25519PrivateKey]) -> Path:
        """Replace the keys of every role by ``keys``; the old root's and the new root's keys sign together.

        Everything is signed anew, as the old keys count no more. Returns the new root.
        """
        before = self._newest("root", Root)
        root = self._with_keys(Root(version=before.version + 1, consistent_snapshot=True), keys, threshold)
        path = self._write(root, [*old_roots, *keys["root"]])
        targets, snapshot = self._next(self._newest("targets", Targets)), self._newest("snapshot", Snapshot)
        self._write(targets, keys["targets"])
        snapshot.meta["targets.json"] = MetaFile(version=targets.version)
        self._write(self._next(snapshot), keys["snapshot"])
        self.renew(keys)
        return path

    @staticmethod
    def _with_keys(root: Root, keys: Keys, threshold: int) -> Root:
        if not 1 <= threshold <= len(keys["root"]):
            raise ValueError("the threshold is more than there are root keys")
        for role in ROLES:
            for key in keys[role]:
                root.add_key(CryptoSigner(key).public_key, role)
        root.roles["root"].threshold = threshold
        return root

    @staticmethod
    def _next(signed: S) -> S:
        signed.version += 1
        return signed

    def _newest(self, role: str, kind: type[Any]) -> Any:  # noqa: ANN401 - one of four kinds
        if role == "timestamp":
            path = self._metadata / "timestamp.json"
        else:
            path = max(self._metadata.glob(f"*.{role}.json"), key=lambda one: int(one.name.partition(".")[0]))
        signed = Metadata.from_file(str(path)).signed
        if not isinstance(signed, kind):
            raise ValueError(f"{path.name} is something else")  # noqa: TRY004 - the file is wrong, not the call
        return signed

    def _write(self, signed: Root | Targets | Snapshot | Timestamp, keys: Sequence[Ed25519PrivateKey]) -> Path:
        signed.expires = (self._now() + BELIEVED_FOR[signed.type]).replace(microsecond=0)
        metadata = Metadata(signed)
        for key in keys:
            metadata.sign(CryptoSigner(key), append=True)
        timestamp = signed.type == "timestamp"
        path = self._metadata / ("timestamp.json" if timestamp else f"{signed.version}.{signed.type}.json")
        metadata.to_file(str(path), JSONSerializer(compact=False))
        return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m installer.update_repository", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    for name, needs in (("begin", ROLES), ("add", ROLES[1:]), ("renew", ROLES[3:]), ("rotate", ROLES)):
        act = acts.add_parser(name)
        act.add_argument("folder", type=Path)
        for role in needs:
            act.add_argument(f"--{role}", type=Path, action="append", required=True, metavar="KEY")
        if "root" in needs:
            act.add_argument("--threshold", type=int, default=2, help="how many root keys must sign (2)")
        if name == "rotate":
            act.add_argument("--old-root", type=Path, action="append", required=True, metavar="KEY")
        if name == "add":
            act.add_argument("archive", type=Path)
            act.add_argument("--version", required=True)
            act.add_argument("--system", default="linux-x86_64")
            act.add_argument("--notes", type=Path, required=True, help="TOML with the lists zh and en")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Do one of a release engineer's acts; each key asks for its passphrase."""
    chosen = _parser().parse_args(arguments)
    opened: dict[Path, Ed25519PrivateKey] = {}

    def keys_of(paths: Sequence[Path]) -> list[Ed25519PrivateKey]:
        for path in paths:
            if path not in opened:
                opened[path] = open_key(path, getpass.getpass(f"Passphrase of {path.name}: ").encode())
        return [opened[path] for path in paths]

    keys = {role: keys_of(getattr(chosen, role)) for role in ROLES if getattr(chosen, role, None)}
    repository = UpdateRepository(chosen.folder, lambda: datetime.now(UTC))
    if chosen.act == "begin":
        print(repository.begin(keys, chosen.threshold))
    elif chosen.act == "rotate":
        print(repository.rotate(keys, chosen.threshold, old_roots=keys_of(chosen.old_root)))
    elif chosen.act == "renew":
        repository.renew(keys)
    else:
        notes = tomllib.loads(chosen.notes.read_text(encoding="utf-8"))
        repository.add(Release(chosen.archive, chosen.version, chosen.system, notes), keys)
    return 0


if __name__ == "__main__":
    sys.exit(main())
