"""A lender's own program: its signed profile is checked and laid out for the build, and its name goes on everything.

``python -m installer.lender new-key KEY.pem`` makes a publisher's key, ``python -m installer.lender sign lender.toml
--key KEY.pem`` signs a profile: docs/lender-build.md.
"""

import argparse
import base64
import getpass
import hashlib
import shutil
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.metadata import Metadata
from installer.parts import build_parts
from loanapp.client.installed_profile import ProfileError, check_profile, known_publishers
from loanapp.proof.signed_message import SIGNATURE_FIELD, sign_message
from loanapp.updates.source import ROOT_PLACE, update_address

_LEAST_PASSPHRASE: Final = 12
_ROOT: Final = Path(__file__).resolve().parents[1]


def read_profile(profile: Path, publishers: Path) -> dict[str, Any]:
    """The profile, if everything about it holds: signature, licence, address, roots, colour, icon.

    Raises :class:`ProfileError` that says what does not.
    """
    try:
        table = tomllib.loads(profile.read_text(encoding="utf-8"))
        keys = known_publishers(tomllib.loads(publishers.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{profile.name} or {publishers.name} cannot be read: {error}") from None
    check_profile(table, keys)
    if icon_of(profile, table) is None and "icon" in table.get("brand", {}):
        raise ProfileError("brand.icon is not the file whose SHA-256 the profile states")
    if update_address(table) is not None:
        _check_update_root(update_root_of(profile, table))
    return table


def icon_of(profile: Path, table: dict[str, Any]) -> Path | None:
    """The drawing that lies beside the profile, if it is the one whose hash was signed."""
    return _file_beside(profile, table.get("brand", {}).get("icon"))


def update_root_of(profile: Path, table: dict[str, Any]) -> Path | None:
    """The root of updates that lies beside the profile, if it is the one whose hash was signed."""
    return _file_beside(profile, table.get("updates", {}).get("root"))


def _check_update_root(path: Path | None) -> None:
    from tuf.api.metadata import Metadata, Root  # noqa: PLC0415 - a build without updates needs none of it

    if path is None:
        raise ProfileError("updates.root is not the file whose SHA-256 the profile states")
    try:
        root = Metadata[Root].from_file(str(path))
        root.verify_delegate("root", root)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is no root
        raise ProfileError(f"updates.root is no root of updates: {error}") from None


def _file_beside(profile: Path, said: object) -> Path | None:
    if not isinstance(said, dict):
        return None
    path = profile.with_name(Path(str(said.get("file", ""))).name)
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != said.get("sha256"):
        return None
    return path


def lay_out(profile: Path, publishers: Path, folder: Path) -> dict[str, Any]:
    """Check, then put what the build packs into ``folder``, by its place under ``resources``; returns the profile."""
    table = read_profile(profile, publishers)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "profiles").mkdir(parents=True)
    shutil.copyfile(profile, folder / "profiles" / "lender.toml")
    shutil.copyfile(publishers, folder / "profiles" / "publishers.toml")
    (folder / "assets.toml").write_text(build_parts("lender").asset_list(_ROOT), encoding="utf-8")
    if (root := update_root_of(profile, table)) is not None:
        place = folder.joinpath(*ROOT_PLACE)
        place.parent.mkdir()
        shutil.copyfile(root, place)
    if (icon := icon_of(profile, table)) is not None:
        (folder / "application").mkdir()
        shutil.copyfile(icon, folder / "application" / "loanapp.svg")
    return table


def branded(metadata: Metadata, table: dict[str, Any]) -> Metadata:
    """What systems say about the program, with the lender's name: two lenders' programs live beside each other."""
    names = {"en": table["name"]["en"], "zh_CN": table["name"]["zh"]}
    return replace(
        metadata,
        identifier=f"{metadata.identifier}.{table['id']}",
        command=f"{metadata.command}-{table['id']}",
        publisher=table["name"]["en"],
        contact=table["support"]["email"],
        texts={language: replace(words, name=names[language]) for language, words in metadata.texts.items()},
    )


def signed(profile: str, key: Ed25519PrivateKey) -> str:
    """The text of a profile with its signature on the first line; one that was there before goes."""
    lines = [line for line in profile.splitlines() if not line.startswith(f"{SIGNATURE_FIELD} ")]
    bare = "\n".join(lines).strip("\n") + "\n"
    written = sign_message(key, tomllib.loads(bare))[SIGNATURE_FIELD]
    return f'{SIGNATURE_FIELD} = "{written}"\n\n{bare}'


def open_key(path: Path, passphrase: bytes) -> Ed25519PrivateKey:
    """A publisher's key. Raises :class:`ValueError` for another kind of key or a wrong passphrase."""
    opened = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    if not isinstance(opened, Ed25519PrivateKey):
        raise ValueError("a publisher's key is an Ed25519 key")  # noqa: TRY004 - the file is wrong, not the call
    return opened


def main(arguments: list[str] | None = None) -> int:
    """Make a publisher's key, or sign a profile."""
    parser = argparse.ArgumentParser(prog="python -m installer.lender", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("new-key", help="a publisher's key, under a passphrase").add_argument("key", type=Path)
    sign = acts.add_parser("sign", help="sign a profile in its place")
    sign.add_argument("profile", type=Path)
    sign.add_argument("--key", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    passphrase = getpass.getpass("Passphrase of the key: ").encode()
    if chosen.act == "new-key":
        if len(passphrase) < _LEAST_PASSPHRASE:
            sys.exit(f"a publisher's key needs a passphrase of at least {_LEAST_PASSPHRASE} characters")
        key = Ed25519PrivateKey.generate()
        closed = serialization.BestAvailableEncryption(passphrase)
        chosen.key.touch(mode=0o600, exist_ok=False)
        chosen.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed))
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        print(f'[[publisher]]\nname = "..."\npublic_key = "{public}"')
        return 0
    opened = open_key(chosen.key, passphrase)
    chosen.profile.write_text(signed(chosen.profile.read_text(encoding="utf-8"), opened), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
