"""``loanapp support``: what can be sent to support, shown in full and without persons. It sends nothing."""

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path

from loanapp.commands.language import Language, text
from loanapp.domain.clock import SystemClock
from loanapp.domain.errors import LoanAppError
from loanapp.resource_files import data_folder

_EXIT_BAD_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the borrower's words and where to save."""
    parser.add_argument("words", nargs="*", metavar="WORDS", help=text(language, "support.help.words"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=text(language, "support.help.out"))


def run(args: argparse.Namespace) -> int:
    """Print the text, and save it where that is asked for."""
    from loanapp.help.diagnosis import diagnose
    from loanapp.help.support_bundle import SupportReport, support_text

    language: Language = args.language
    folder = data_folder()
    report = SupportReport(SystemClock().now(), diagnose(folder), words=" ".join(args.words))
    written = support_text(report, lambda key, **values: text(language, key, **values), _known(folder))
    print(written)
    if args.out is None:
        print(text(language, "support.shown"))
        return 0
    try:
        with open(args.out, "wb", opener=_for_its_owner) as file:
            file.write(written.encode())
    except OSError:
        print(text(language, "support.error.out", path=args.out), file=sys.stderr)
        return _EXIT_BAD_INPUT
    print(text(language, "support.saved", path=args.out))
    return 0


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _known(folder: Path) -> list[str]:
    """What the draft on this computer says of the borrower, where it opens without a passphrase."""
    from loanapp.client.drafts import DraftFile
    from loanapp.client.secrets import SecretsKind, open_secrets
    from loanapp.help.support_bundle import known_of

    with suppress(LoanAppError, OSError):
        secrets = open_secrets(folder)
        if secrets.kind is SecretsKind.KEYRING:
            return known_of(DraftFile(folder, secrets).load()[0])
    return []
