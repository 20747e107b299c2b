"""``python -m loanapp.backend.served DATA serve``: the commands of a lender that is served (docs/scale.md)."""

import argparse
import os
import sys
from pathlib import Path

from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.lifecycle.stores import stores
from loanapp.backend.policy import PolicyError
from loanapp.backend.served.logs import log_as_json
from loanapp.backend.served.worker import Serving, run_worker
from loanapp.backend.store.schema_version import SchemaError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.served")
    parser.add_argument("data", type=Path, help="the lender's data folder")
    acts = parser.add_subparsers(dest="act", required=True)
    serve = acts.add_parser("serve", help="one worker; start as many as there are cores")
    serve.add_argument("--host", default=Serving.host)
    serve.add_argument("--port", type=int, default=Serving.port)
    serve.add_argument("--certificate", type=Path, help="PEM of chain and key; else the lender's own for loopback")
    serve.add_argument("--operations-host", default=Serving.operations_host, help="where health and metrics are asked")
    serve.add_argument("--operations-port", type=int, default=Serving.operations_port)
    serve.add_argument("--drain", type=float, default=Serving.drain_seconds, help="seconds, see docs/scale.md")
    acts.add_parser("migrate", help="bring the databases up to this program, while no worker runs")
    args = parser.parse_args(arguments)
    data = args.data.expanduser().absolute()
    if args.act == "migrate":
        return _migrate(data)
    log_as_json()
    operations = args.operations_host, args.operations_port
    code = run_worker(data, Serving(args.host, args.port, args.certificate, *operations, args.drain))
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of durable workflows may still wait; what they wait for is taken up by another worker.
    os._exit(code)


def _migrate(data: Path) -> int:
    from loanapp.backend.served.migrating import migrate  # noqa: PLC0415 - a worker needs no tool for migrations

    try:
        for line in migrate(stores(LenderFolder(data).root)):
            sys.stdout.write(f"{line}\n")
    except (PolicyError, SchemaError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
