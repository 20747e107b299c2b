"""``python -m loanapp.backend.served DATA serve``: the commands of a lender that is served (docs/scale.md)."""

import argparse
import os
import sys
from pathlib import Path

from loanapp.backend.served.worker import Serving, run_worker


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.served")
    parser.add_argument("data", type=Path, help="the lender's data folder")
    acts = parser.add_subparsers(dest="act", required=True)
    serve = acts.add_parser("serve", help="one worker; start as many as there are cores")
    serve.add_argument("--host", default=Serving.host)
    serve.add_argument("--port", type=int, default=Serving.port)
    serve.add_argument("--certificate", type=Path, help="PEM of chain and key; else the lender's own for loopback")
    args = parser.parse_args(arguments)
    data = args.data.expanduser().absolute()
    code = run_worker(data, Serving(args.host, args.port, args.certificate))
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of durable workflows may still wait; what they wait for is taken up by another worker.
    os._exit(code)


if __name__ == "__main__":
    raise SystemExit(main())
