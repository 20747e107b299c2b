"""``argparse`` in the language of the system."""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Final, NoReturn

import loanapp
from loanapp.commands.language import Language, text

# What argparse says itself, and the sentence it becomes; groups are passed on by name.
_ARGPARSE_ERRORS: Final = (
    (re.compile(r"the following arguments are required: (?P<names>.+)"), "error.required"),
    (re.compile(r"unrecognized arguments: (?P<names>.+)"), "error.unrecognised"),
    (re.compile(r"argument (?P<name>.+?): expected .*argument"), "error.no_value"),
    (
        re.compile(r"argument (?P<name>.+?): invalid choice: (?P<value>'.*?') \(choose from (?P<known>.+)\)"),
        "error.choice",
    ),
    (re.compile(r"argument (?P<name>.+?): invalid .*?value: (?P<value>.+)"), "error.value"),
    (re.compile(r"argument (?P<name>.+?): ignored explicit argument (?P<value>.+)"), "error.value"),
    (re.compile(r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)"), "error.clash"),
    (re.compile(r"ambiguous option: (?P<name>.+?) could match .+"), "error.unrecognised_one"),
)


class LocalFormatter(argparse.RawDescriptionHelpFormatter):
    """Help whose headings are in the language of the system."""

    language: Language = "en"

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Put the localised word before the usage line."""
        super().add_usage(usage, actions, groups, text(self.language, "usage") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """Translate the two headings that argparse makes itself."""
        known = {"positional arguments": "heading.arguments", "options": "heading.options"}
        super().start_section(text(self.language, known[heading]) if heading in known else heading)


class _ChineseFormatter(LocalFormatter):
    language: Language = "zh"


class LocalParser(argparse.ArgumentParser):
    """An argument parser that explains and complains in the language of the system."""

    def __init__(self, language: Language, prog: str, description: str, epilog: str | None = None) -> None:
        formatter = _ChineseFormatter if language == "zh" else LocalFormatter
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            formatter_class=formatter,
            add_help=False,
            allow_abbrev=False,
        )
        self.language: Final = language
        self.add_argument("-h", "--help", action="help", help=text(language, "help.help"))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and where help is; exit code 2."""
        sentence = message
        for pattern, key in _ARGPARSE_ERRORS:
            if found := pattern.fullmatch(message):
                sentence = text(self.language, key, **found.groupdict())
                break
        print(sentence, file=sys.stderr)
        print(text(self.language, "error.see_help", program=self.prog), file=sys.stderr)
        raise SystemExit(2)

    def command_parser(self, name: str) -> "LocalParser":
        """The parser of one command, still without its own arguments."""
        return LocalParser(self.language, f"{self.prog} {name}", text(self.language, f"description.{name}"))


def top_parser(language: Language, commands: Sequence[str]) -> LocalParser:
    """The parser of ``loanapp`` itself: what the program is and which commands this build has."""
    width = max(map(len, commands), default=0)
    lines = [f"  {name:<{width}}  {text(language, f'summary.{name}')}" for name in commands]
    parser = LocalParser(
        language,
        "loanapp",
        text(language, "description"),
        "\n".join([text(language, "heading.commands"), *lines, "", text(language, "closing")]),
    )
    parser.usage = text(language, "usage.line")
    parser.add_argument(
        "--version", action="version", version=f"LoanApp {loanapp.__version__}", help=text(language, "help.version")
    )
    return parser
