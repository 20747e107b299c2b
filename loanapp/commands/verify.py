"""``loanapp verify``: whether a contract, or a bundle of evidence, is what was signed; no network, no lender."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loanapp.commands.language import FOLDERS, Language, forms
from loanapp.resource_files import data_folder, resource_path

if TYPE_CHECKING:
    from loanapp.proof.bundle_verification import BundleReport
    from loanapp.proof.contract_roots import ContractRoots
    from loanapp.proof.verification import VerificationReport

EXIT_VALID: Final = 0
EXIT_NOT_VALID: Final = 1
EXIT_UNREADABLE: Final = 2

# A contract has a few hundred kilobytes; anything far beyond is something else.
_MAX_BYTES: Final = 50_000_000
_MAX_ROOT_BYTES: Final = 1_000_000


class _UnreadableError(Exception):
    """A file cannot be used; ``sentence`` says so in the language of the system."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence: Final = sentence


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the file and the roots."""
    words = _Words(language)
    parser.add_argument("file", metavar="FILE", help=words.say("help.file"))
    parser.add_argument("--trust", action="append", metavar="PEM", default=[], help=words.say("help.trust"))
    parser.add_argument("--json", action="store_true", help=words.say("help.json"))


def run(args: argparse.Namespace) -> int:
    """Print one sentence (or one JSON object); 0 valid, 1 not valid, 2 a file cannot be read."""
    words = _Words(args.language)
    try:
        data = _read(Path(args.file), words, _MAX_BYTES)
        roots = _given_roots(args.trust, words) if args.trust else _installed_roots(words)
    except _UnreadableError as error:
        if args.json:
            print(
                json.dumps(
                    {"valid": False, "first_problem": "unreadable", "sentence": error.sentence}, ensure_ascii=False
                )
            )
        else:
            print(error.sentence, file=sys.stderr)
        return EXIT_UNREADABLE
    report = _report(data, roots)
    lines = words.told(report)
    if args.json:
        print(json.dumps({**report.to_json(), "sentence": lines[0]}, ensure_ascii=False, indent=2))
    elif report.valid:
        print("\n".join(lines))
    else:
        print(lines[0], file=sys.stderr)
    return EXIT_VALID if report.valid else EXIT_NOT_VALID


def _report(data: bytes, roots: "ContractRoots") -> "VerificationReport | BundleReport":
    """A bundle begins as an archive does; anything else is looked at as a contract, or a document of the lender's."""
    from loanapp.proof.canonical_zip import looks_like_zip

    if looks_like_zip(data):
        from loanapp.proof.bundle_verification import verify_bundle

        return verify_bundle(data, roots)
    from loanapp.proof.verification import stage_of, verify_contract

    return verify_contract(data, roots, stage=stage_of(data))


class _Words:
    """The sentences of this command in one language."""

    def __init__(self, language: Language) -> None:
        path = resource_path("translations", FOLDERS[language], "verify.json")
        self._forms: Final = forms(language)
        self._sentences: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))

    def say(self, key: str, **values: object) -> str:
        """The sentence of ``key``; raises :class:`KeyError` when there is none: a test walks all of them."""
        return self._sentences[key].format(**values)

    def told(self, report: "VerificationReport | BundleReport") -> list[str]:
        """The verdict in one sentence; of something valid, the facts in lines below it."""
        from loanapp.proof.verification import VerificationReport

        if isinstance(report, VerificationReport):
            return [self.verdict(report), *self.signatures(report)]
        return [self._verdict_of_bundle(report), *self._facts_of_bundle(report)]

    def _verdict_of_bundle(self, report: "BundleReport") -> str:
        if report.first_problem is None:
            return self.say("bundle.valid", number=report.contract_number)
        inner = report.contract
        because = self.verdict(inner) if inner is not None and not inner.valid else ""
        return self.say(f"bundle.problem.{report.first_problem.value}", file=report.where, because=because)

    def _facts_of_bundle(self, report: "BundleReport") -> list[str]:
        if report.contract is None or report.signed_at is None:
            return []
        absent = [self.say("bundle.absent", part=self.say(f"bundle.part.{part}")) for part in report.absent]
        facts = self.say("bundle.facts", moment=self._forms.moment(report.signed_at), entries=report.entries)
        return [facts, *absent, *self.signatures(report.contract)]

    def verdict(self, report: "VerificationReport") -> str:
        """Valid, or the first broken thing, in one sentence."""
        from loanapp.proof.pdf_signature import STATEMENT_FIELD

        if report.first_problem is None:
            own = any(one.field == STATEMENT_FIELD for one in report.signatures)
            return self.say("valid.statement" if own else "valid")
        field = self.say(f"field.{report.problem_field}") if report.problem_field else self.say("field.none")
        return self.say(f"problem.{report.first_problem.value}", field=field)

    def signatures(self, report: "VerificationReport") -> list[str]:
        """Who signed when, under which root, a line each."""
        return [
            self.say(
                "signature",
                field=self.say(f"field.{item.field}"),
                signer=item.signer,
                moment=self._forms.moment(item.moment) if item.moment else "",
                root=item.root,
            )
            for item in report.signatures
        ]


def _read(path: Path, words: _Words, limit: int) -> bytes:
    try:
        if path.is_dir():
            raise _UnreadableError(words.say("error.folder", file=path))
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise _UnreadableError(words.say("error.not_found", file=path)) from None
    except (OSError, ValueError):
        raise _UnreadableError(words.say("error.unreadable", file=path)) from None
    if len(data) > limit:
        raise _UnreadableError(words.say("error.too_large", file=path, megabytes=limit // 1_000_000))
    return data


def _given_roots(paths: list[str], words: _Words) -> "ContractRoots":
    """The roots of the named files, each in the role its certificate names."""
    from loanapp.proof.authorities import load_certificates
    from loanapp.proof.contract_roots import ContractRoots

    roots = []
    for name in paths:
        data = _read(Path(name), words, _MAX_ROOT_BYTES)
        try:
            load_certificates(data)
        except ValueError:
            raise _UnreadableError(words.say("error.not_a_root", file=name)) from None
        roots.append(data)
    return ContractRoots.by_role(roots)


def _installed_roots(words: _Words) -> "ContractRoots":
    """The roots of the lender this program was made for; the demonstration's are there once it has run."""
    from loanapp.client.installed_profile import installed_endpoint
    from loanapp.domain.errors import LoanAppError
    from loanapp.proof.contract_roots import ContractRoots
    from loanapp.resource_files import has_lender_profile

    if has_lender_profile():
        try:
            return installed_endpoint(data_folder())().contract_roots
        except (LoanAppError, KeyError, OSError, ValueError):  # its signature, a missing word, its syntax
            raise _UnreadableError(words.say("error.profile")) from None
    return ContractRoots(*(_installed(f"{name}_root.pem") for name in ("document", "time", "borrower")))


def _installed(name: str) -> tuple[bytes, ...]:
    from loanapp.proof.authorities import load_certificates

    try:
        data = (data_folder() / "lender" / "public" / name).read_bytes()
        load_certificates(data)
    except (OSError, ValueError):
        return ()
    return (data,)
