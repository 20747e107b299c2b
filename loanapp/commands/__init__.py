"""Headless commands of ``loanapp``: one module each, imported only when it is asked for.

A command module offers ``add_arguments(parser, language)`` and ``run(args) -> int`` (the exit code);
``args.language`` is ``"zh"`` or ``"en"``. Nothing here loads PySide6, ``tour`` excepted.
"""

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from typing import Final, Protocol, cast

from loanapp.commands.language import Language, system_language, text

# Each command with the packages that a lender's own build may leave out; without them the command does not exist.
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "backend": ("loanapp.backend",),
    "doctor": (),
    "help": (),
    "support": (),
    "verify": (),
    "analyse": (),
    "quote": (),
    "conformance": ("loanapp.backend",),
    "tour": ("loanapp.demonstration", "ui.tour"),
}
HEADLESS: Final = tuple(_NEEDS)
_FLAGS: Final = frozenset({"-h", "--help", "--version"})
EXIT_BAD_INPUT: Final = 2
_EXIT_INTERRUPTED: Final = 130


class Command(Protocol):
    """What a command module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser, language: Language) -> None:
        """Declare the command's own arguments, their help in ``language``."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do the work and return the exit code."""
        ...


def is_headless(arguments: Sequence[str]) -> bool:
    """Whether ``arguments`` (without the program's name) ask for a headless command instead of the window."""
    return bool(arguments) and (arguments[0] in _FLAGS or not arguments[0].startswith("-"))


def available_commands() -> tuple[str, ...]:
    """The commands of this build, in the order of the help."""
    return tuple(name for name in HEADLESS if _is_present(name))


def _is_present(name: str) -> bool:
    modules = (f"loanapp.commands.{name}", *_NEEDS[name])
    try:
        return all(importlib.util.find_spec(module) is not None for module in modules)
    except ModuleNotFoundError:
        return False


def _load(name: str) -> Command:
    return cast("Command", importlib.import_module(f"loanapp.commands.{name}"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the headless command that ``arguments`` name (``sys.argv`` without the program by default)."""
    from loanapp.commands.parser import top_parser
    from loanapp.domain.errors import LoanAppError

    arguments = sys.argv[1:] if arguments is None else list(arguments)
    language = system_language()
    _make_output_safe()
    commands = available_commands()
    parser = top_parser(language, commands)
    name = arguments[0] if arguments else ""
    if name not in commands:
        if name and not name.startswith("-"):
            parser.error(text(language, "error.unknown_command", name=name, known=", ".join(commands)))
        parser.parse_args(arguments)
        parser.print_help()
        return 0
    command = _load(name)
    sub = parser.command_parser(name)
    command.add_arguments(sub, language)
    sub.set_defaults(language=language, command=name)
    try:
        return command.run(sub.parse_args(arguments[1:]))
    except LoanAppError as error:
        from loanapp.commands.language import code_sentence

        print(code_sentence(language, error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (``head``, a pager) has left: nobody is there to be told.
        sys.stderr.close()
        return 1


def _make_output_safe() -> None:
    """Let a terminal that cannot show a character get an escape instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
