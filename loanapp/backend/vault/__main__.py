"""``python -m loanapp.backend.vault DATA rotate`` and ``... status``: change the key all items' keys are wrapped by.

The lender may be running. Cut off, the same command goes on, and so does the lender by itself.
"""

import argparse
import sys
from pathlib import Path

from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.lifecycle.stores import stores
from loanapp.backend.store.schema_version import SchemaError
from loanapp.backend.vault.key_files import KeyFiles
from loanapp.backend.vault.vault import ForeignVaultError, Vault
from loanapp.domain.clock import SystemClock


def main(arguments: list[str] | None = None) -> int:
    """Change the key, or say how many items each key wraps; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.vault")
    parser.add_argument("data", type=Path, help="the lender's data folder; the lender may be running")
    parser.add_argument("act", choices=["rotate", "status"])
    args = parser.parse_args(arguments)
    data = args.data.expanduser().absolute()
    if not data.is_dir():
        sys.stderr.write("there is no vault in this folder\n")
        return 1
    place = stores(data).vault
    if isinstance(place, Path) and not place.is_file():
        sys.stderr.write("there is no vault in this folder\n")
        return 1
    folder = LenderFolder(data)
    try:
        vault = Vault(folder.root / "vault", KeyFiles(folder.root / "keys"), place)
    except (ForeignVaultError, SchemaError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        if args.act == "rotate":
            if vault.unfinished():
                vault.finish_rotation()
                if not vault.unfinished():
                    sys.stdout.write("a change that was cut off is finished\n")
            else:
                for step in vault.rotation(SystemClock().now()):
                    sys.stdout.write(f"{step}\n")
        for key_id, count in vault.wrapped().items():
            sys.stdout.write(f"{key_id} wraps {count}\n")
        if args.act == "rotate" and vault.unfinished():
            sys.stderr.write("the old key is not destroyed yet, because a reader is busy: run this again\n")
            return 1
    finally:
        vault.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
