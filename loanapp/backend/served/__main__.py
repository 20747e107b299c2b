"""``python -m loanapp.backend.served DATA serve``: the commands of a lender that is served (docs/scale.md)."""

import argparse
import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from loanapp.backend.lifecycle.assembly import assemble
from loanapp.backend.lifecycle.erasing_again import to_erase_again
from loanapp.backend.lifecycle.folder import FolderInUseError, LenderFolder, NoLenderError
from loanapp.backend.policy import PolicyError, load_policies
from loanapp.backend.served.logs import log_as_json
from loanapp.backend.served.worker import Serving, run_worker
from loanapp.backend.store.schema_version import SchemaError
from loanapp.backend.store.stores import FILE, stores
from loanapp.backend.vault.vault import ForeignVaultError
from loanapp.domain.clock import SystemClock


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    made = argparse.ArgumentParser(prog="python -m loanapp.backend.served")
    made.add_argument("data", type=Path, help="the lender's data folder")
    acts = made.add_subparsers(dest="act", required=True)
    serve = acts.add_parser("serve", help="one worker; start as many as there are cores")
    serve.add_argument("--host", default=Serving.host)
    serve.add_argument("--port", type=int, default=Serving.port)
    serve.add_argument("--certificate", type=Path, help="PEM of chain and key; else the lender's own for loopback")
    serve.add_argument("--operations-host", default=Serving.operations_host, help="where health and metrics are asked")
    serve.add_argument("--operations-port", type=int, default=Serving.operations_port)
    serve.add_argument("--drain", type=float, default=Serving.drain_seconds, help="seconds, see docs/scale.md")
    acts.add_parser("migrate", help="bring the databases up to this program, while no worker runs")
    copying = acts.add_parser("backup", help="a copy of this lender, which may be running")
    again = acts.add_parser("restore", help="lay a copy out in DATA, an empty folder, and erase what was erased since")
    for one in (copying, again):
        one.add_argument("target", type=Path, help="the folder of the backup")
        one.add_argument("--keys", type=Path, required=True, help="the folder of the keys' copy, kept elsewhere")
    copying.add_argument("--keep", type=int, default=7, help="how many versions of the records stay")
    again.add_argument("--version", help="the name of a version, else the newest")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    args = parser().parse_args(arguments)
    data = args.data.expanduser().absolute()
    if args.act != "serve":
        return _once(args, data)
    log_as_json()
    operations = args.operations_host, args.operations_port
    code = run_worker(data, Serving(args.host, args.port, args.certificate, *operations, args.drain))
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of durable workflows may still wait; what they wait for is taken up by another worker.
    os._exit(code)


def _once(args: argparse.Namespace, data: Path) -> int:
    from loanapp.backend.served import backup  # noqa: PLC0415 - a worker needs none of this
    from loanapp.backend.served.migrating import migrate  # noqa: PLC0415

    os.umask(0o077)
    try:
        if args.act == "migrate":
            with _alone(data) as folder:
                for line in migrate(stores(folder.root)):
                    sys.stdout.write(f"{line}\n")
        elif args.act == "backup":
            sys.stdout.write(f"{backup.back_up(data, args.target, args.keys, args.keep).name}\n")
        else:
            sys.stdout.write(f"{backup.restore(args.target, args.keys, data, args.version).name}\n")
            _erase_again(data)
    except FolderInUseError:
        sys.stderr.write("a lender works in this folder: stop every worker first\n")
        return 1
    except (SQLAlchemyError, sqlite3.Error) as error:
        # The library's own text may hold an address with its password.
        sys.stderr.write(f"a database cannot be used: see that it runs and that {FILE} names it ({_kind(error)})\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"a folder cannot be read or written: {error.strerror}\n")
        return 1
    except (PolicyError, SchemaError, ForeignVaultError, NoLenderError, backup.BackupError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[LenderFolder]:
    """The folder, while no worker is in it; raises :class:`FolderInUseError`."""
    folder = LenderFolder.made(data)
    folder.lock()
    try:
        yield folder
    finally:
        folder.unlock()


def _kind(error: Exception) -> str:
    return type(error).__name__


def _erase_again(data: Path) -> None:
    """Start the restored lender once, which erases what is on its list before it does anything else."""
    with _alone(data) as folder:
        todo = to_erase_again(folder)
        if not todo:
            return
        assemble(folder, load_policies(), SystemClock()).close()
        left = to_erase_again(folder)
    sys.stdout.write("an application that was erased since is erased again\n" * len(todo.applications))
    sys.stdout.write("an account that was closed since is closed again\n" * len((todo - left).accounts))
    sys.stdout.write("an account is closed again once its loan is repaid\n" * len(left.accounts))


if __name__ == "__main__":
    raise SystemExit(main())
