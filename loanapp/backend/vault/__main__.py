"""``python -m loanapp.backend.vault DATA rotate``, ``rotate-sealing``, ``rotate-transport`` and ``status``.

``rotate`` changes the key all items' keys are wrapped by, ``rotate-sealing`` the one that borrowers seal to,
``rotate-transport`` the root of TLS on this computer, from the lender's next start. The lender may be running. Cut off,
the same command goes on, and so does the lender by itself.
"""

import argparse
import sys
from pathlib import Path

from loanapp.backend.lifecycle.folder import LenderFolder, NoLenderError
from loanapp.backend.lifecycle.lender_keys import LenderKeys
from loanapp.backend.store.schema_version import SchemaError
from loanapp.backend.store.stores import stores
from loanapp.backend.vault.key_files import KeyFiles
from loanapp.backend.vault.sealing_keys import SealingKeys
from loanapp.backend.vault.vault import ForeignVaultError, Vault
from loanapp.domain.clock import SystemClock


def main(arguments: list[str] | None = None) -> int:
    """Change the key, or say how many items each key wraps; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.vault")
    parser.add_argument("data", type=Path, help="the lender's data folder; the lender may be running")
    parser.add_argument("act", choices=["rotate", "rotate-sealing", "rotate-transport", "status"])
    args = parser.parse_args(arguments)
    data = args.data.expanduser().absolute()
    try:
        folder = LenderFolder.of_lender(data)
    except NoLenderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if args.act == "rotate-transport":
        return _change_transport(folder)
    place = stores(data).vault
    if isinstance(place, Path) and not place.is_file():
        sys.stderr.write("there is no vault in this folder\n")
        return 1
    sealing = SealingKeys(folder)
    if args.act == "rotate-sealing":
        return _change_sealing(sealing)
    try:
        vault = Vault(folder.root / "vault", KeyFiles(folder.root / "keys"), place)
    except (ForeignVaultError, SchemaError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        return _change(vault) if args.act == "rotate" else _tell(vault, sealing)
    finally:
        vault.close()


def _change_transport(folder: LenderFolder) -> int:
    """Change the root of TLS, where programs learn it from this folder."""
    if stores(folder.root).shared or (folder.root / "network.toml").exists():
        sys.stderr.write(
            "this lender is served to other computers: their programs learn a new root from a profile signed anew, "
            "while the old one still counts, and not from this folder\n"
        )
        return 1
    LenderKeys(folder, "", SystemClock()).change_transport_root()
    sys.stdout.write("the root of TLS is another one from the lender's next start\n")
    return 0


def _change(vault: Vault) -> int:
    """Change the key-encryption key; a change that was cut off is finished instead of another begun."""
    if vault.unfinished():
        vault.finish_rotation()
        if not vault.unfinished():
            sys.stdout.write("a change that was cut off is finished\n")
    else:
        for step in vault.rotation(SystemClock().now()):
            sys.stdout.write(f"{step}\n")
    _tell_wrapped(vault)
    if vault.unfinished():
        sys.stderr.write("the old key is not destroyed yet, because a reader is busy: run this again\n")
        return 1
    return 0


def _tell(vault: Vault, sealing: SealingKeys) -> int:
    _tell_wrapped(vault)
    for since in sealing.old_since():
        sys.stdout.write(f"a sealing key of before, out of use since {since.isoformat()}, still opens\n")
    return 0


def _tell_wrapped(vault: Vault) -> None:
    for key_id, count in vault.wrapped().items():
        sys.stdout.write(f"{key_id} wraps {count}\n")


def _change_sealing(sealing: SealingKeys) -> int:
    """Change the key borrowers seal to; a change that was cut off is finished instead of another begun."""
    now = SystemClock().now()
    if sealing.unfinished():
        sealing.finish_rotation(now)
        sys.stdout.write("a change that was cut off is finished\n")
    else:
        for step in sealing.rotation(now):
            sys.stdout.write(f"{step}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
