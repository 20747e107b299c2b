"""``loanapp doctor``: whether this computer is ready, and what mends what is not."""

import argparse
import json
from typing import Final

from loanapp.commands.language import Language, text
from loanapp.help.diagnosis import CHECKS, Check, CheckState, check_now, diagnose
from loanapp.resource_files import data_folder

_ORDER: Final = (CheckState.GOOD, CheckState.WARNING, CheckState.BAD)


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the form of the answer, and whether the camera may be opened."""
    parser.add_argument("--json", action="store_true", help=text(language, "help.json"))
    parser.add_argument("--camera", action="store_true", help=text(language, "doctor.help.camera"))
    # One check in this process, for the program itself: see loanapp.help.diagnosis.run.
    parser.add_argument("--inside", choices=sorted(CHECKS), help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Print every finding; exit code 1 when something must be mended first."""
    language: Language = args.language
    if args.inside:
        print(json.dumps(check_now(args.inside, data_folder()).wire()))
        return 0
    checks = diagnose(data_folder(), look=args.camera)
    worst = max((check.state for check in checks), key=_ORDER.index)
    if args.json:
        print(json.dumps([_answer(language, check) for check in checks], ensure_ascii=False, indent=2))
    else:
        for check in checks:
            print(f"[{text(language, check.state_key)}] {finding(language, check)}")
            if sentence := fix(language, check):
                print("    " + text(language, "doctor.meaning", meaning=meaning(language, check)))
                print("    " + text(language, "doctor.fix", fix=sentence))
        print("\n" + text(language, f"doctor.summary.{worst}"))
    return 1 if worst is CheckState.BAD else 0


def finding(language: Language, check: Check) -> str:
    """What a check found, in one sentence."""
    return text(language, check.finding_key, check=check.id, **check.values)


def meaning(language: Language, check: Check) -> str:
    """Why it matters, in one sentence."""
    return text(language, check.meaning_key)


def fix(language: Language, check: Check) -> str:
    """What mends it; empty when nothing needs mending."""
    return text(language, check.fix_key, **check.values) if check.fix_key else ""


def _answer(language: Language, check: Check) -> dict[str, object]:
    return {
        "id": check.id,
        "state": check.state.value,
        "looked_at": check.looked_at,
        "finding": finding(language, check),
        "meaning": meaning(language, check),
        "fix": fix(language, check),
        "article": check.article,
    }
