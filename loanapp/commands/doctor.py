"""``loanapp doctor``: whether this computer is ready, and what mends what is not."""

import argparse
import json

from loanapp.commands.language import Language, text
from loanapp.help.diagnosis import Check, CheckState, diagnose
from loanapp.resource_files import data_folder

_ORDER = (CheckState.GOOD, CheckState.WARNING, CheckState.BAD)


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the form of the answer."""
    parser.add_argument("--json", action="store_true", help=text(language, "help.json"))


def run(args: argparse.Namespace) -> int:
    """Print every finding; exit code 1 when something must be mended first."""
    language: Language = args.language
    checks = diagnose(data_folder())
    worst = max((check.state for check in checks), key=_ORDER.index)
    if args.json:
        print(json.dumps([_answer(language, check) for check in checks], ensure_ascii=False, indent=2))
    else:
        for check in checks:
            print(f"[{text(language, f'doctor.state.{check.state}')}] {finding(language, check)}")
            if sentence := fix(language, check):
                print("    " + text(language, "doctor.fix", fix=sentence))
        print("\n" + text(language, f"doctor.summary.{worst}"))
    return 1 if worst is CheckState.BAD else 0


def finding(language: Language, check: Check) -> str:
    """What a check found, in one sentence."""
    key = "doctor.failed" if check.outcome == "failed" else f"doctor.{check.id}.{check.outcome}"
    return text(language, key, check=check.id, **check.values)


def fix(language: Language, check: Check) -> str:
    """What mends it; empty when nothing needs mending."""
    if check.state is CheckState.GOOD:
        return ""
    key = "doctor.failed.fix" if check.outcome == "failed" else f"doctor.{check.id}.{check.outcome}.fix"
    return text(language, key, **check.values)


def _answer(language: Language, check: Check) -> dict[str, object]:
    return {
        "id": check.id,
        "state": check.state.value,
        "finding": finding(language, check),
        "fix": fix(language, check),
        "article": check.article,
    }
