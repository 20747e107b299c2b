"""``loanapp conformance URL``: whether a lender's ``/v1`` keeps the contract (docs/conformance.md)."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loanapp.commands.language import Language, text

if TYPE_CHECKING:
    from loanapp.client.endpoint import Endpoint
    from loanapp.conformance.run import Finding

_CATALOGUE: Final = "conformance"
EXIT_KEPT: Final = 0
EXIT_BROKEN: Final = 1
EXIT_BAD_INPUT: Final = 2


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the lender, its root, and who signs in."""
    parser.add_argument("url", metavar="URL", help=_say(language, "help.url"))
    parser.add_argument("--root", metavar="PEM", required=True, help=_say(language, "help.root"))
    parser.add_argument("--phone", metavar="PHONE", help=_say(language, "help.phone"))
    parser.add_argument("--contract", metavar="JSON", help=_say(language, "help.contract"))
    parser.add_argument("--instance-token", metavar="FILE", help=_say(language, "help.instance_token"))
    parser.add_argument("--json", action="store_true", help=_say(language, "help.json"))


def run(args: argparse.Namespace) -> int:
    """Print what every rule found; 0 all kept, 1 something broken, 2 the lender cannot be asked."""
    from loanapp.client.errors import LenderCertificateWrongError
    from loanapp.conformance.borrower_rules import BORROWER_RULES
    from loanapp.conformance.contract import Contract
    from loanapp.conformance.open_rules import OPEN_RULES
    from loanapp.conformance.run import Context, run_rules
    from loanapp.conformance.wire import LenderUnreachableError, Wire
    from loanapp.domain.clock import CHINA

    language: Language = args.language
    try:
        document = _contract(args.contract)
        wire = Wire(_endpoint(args))
    except (OSError, ValueError, KeyError, LenderCertificateWrongError):
        print(_say(language, "error.input"), file=sys.stderr)
        return EXIT_BAD_INPUT
    context = Context(
        wire=wire,
        contract=Contract(document),
        today=datetime.now(CHINA).date(),
        lender={},
        phone=args.phone or "",
        ask_code=(lambda: input(_say(language, "ask_code") + " ").strip()) if sys.stdin.isatty() else None,
    )
    try:
        findings = run_rules(context, OPEN_RULES | (BORROWER_RULES if args.phone else {}))
    except LenderUnreachableError:
        print(_say(language, "error.unreachable", url=args.url), file=sys.stderr)
        return EXIT_BAD_INPUT
    finally:
        wire.close()
    _print(language, findings, as_json=args.json, whole=bool(args.phone))
    return EXIT_BROKEN if any(finding.faults for finding in findings) else EXIT_KEPT


def _contract(path: str | None) -> dict[str, object]:
    """The contract given, or the one this program comes with."""
    if path is not None:
        found: dict[str, object] = json.loads(Path(path).read_text(encoding="utf-8"))
        return found
    from loanapp.backend.openapi import openapi_document

    return openapi_document()


def _endpoint(args: argparse.Namespace) -> "Endpoint":
    from loanapp.client.endpoint import Endpoint

    root = Path(args.root).read_text(encoding="ascii")
    token = Path(args.instance_token).read_text(encoding="ascii").strip() if args.instance_token else None
    return Endpoint(args.url, root, instance_token=token)


def _print(language: Language, findings: "list[Finding]", *, as_json: bool, whole: bool) -> None:
    broken = sum(bool(finding.faults) for finding in findings)
    if as_json:
        told = {
            "kept": not broken,
            "signed_in": whole,
            "rules": [{"rule": one.rule.value, "asked": one.asked, "faults": list(one.faults)} for one in findings],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in findings:
        state = _say(language, "state.broken" if one.faults else "state.kept")
        print(f"[{state}] {_say(language, f'rule.{one.rule.value}')} ({one.asked})")
        for fault in one.faults:
            print(f"    {fault}")
    print("\n" + _say(language, "summary.broken" if broken else "summary.kept", rules=len(findings), broken=broken))
    if not whole:
        print(_say(language, "summary.open_only"))


def _say(language: Language, key: str, **values: object) -> str:
    return text(language, key, catalogue=_CATALOGUE, **values)
