"""``loanapp tour``: drives the real windows through a whole loan and keeps the pictures."""

import argparse
import importlib
import sys
from pathlib import Path
from typing import cast

from loanapp.commands.language import Language, text

_BOTH: tuple[Language, ...] = ("zh", "en")
_EXIT_BAD_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the folder, the language, and whether the mouse stays where it is."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=text(language, "tour.help.out"))
    parser.add_argument("--lang", choices=_BOTH, help=text(language, "tour.help.lang"))
    parser.add_argument("--keyboard", action="store_true", help=text(language, "tour.help.keyboard"))


def run(args: argparse.Namespace) -> int:
    """Walk once a language; the one headless command that loads the window's code, and only when it runs."""
    out = args.out.expanduser().absolute()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        print(text(args.language, "tour.error.folder", folder=out), file=sys.stderr)
        return _EXIT_BAD_INPUT
    tour = importlib.import_module("ui.tour.tour")
    languages = (args.lang,) if args.lang else _BOTH
    return cast("int", tour.run(out, languages, keyboard=args.keyboard))
