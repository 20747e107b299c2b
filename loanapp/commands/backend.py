"""``loanapp backend``: the reference lender as a process of its own."""

import argparse
import os
import sys
from pathlib import Path

from loanapp.commands.language import Language, text


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the arguments."""
    parser.add_argument("--embedded", action="store_true", required=True, help=text(language, "backend.help.embedded"))
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=text(language, "backend.help.data"))
    parser.add_argument("--parent-pipe", action="store_true", help=text(language, "backend.help.parent_pipe"))


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    from loanapp.backend.lifecycle.embedded import run_embedded

    code = run_embedded(args.data.expanduser().absolute(), parent_pipe=args.parent_pipe)
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of durable workflows may still wait; what they wait for is taken up at the next start.
    os._exit(code)
