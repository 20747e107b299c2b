"""Whether an evidence bundle is whole, untouched and true in itself: offline, with nothing but the file and the roots.

Checked in this order: the archive's one form; the lender's signature and time over the manifest; every file against
the manifest; the contract as :func:`verify_contract` does, and each of its revisions; that the cost table is the one
the contract names; the ledger's head, its time, and every entry's proof; and that consents, signing and payout stand in
the ledger. One problem refuses.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from loanapp.proof.canonical_json import canonical, canonical_sha256
from loanapp.proof.canonical_zip import ArchiveFormError, unpack
from loanapp.proof.contract_facts import read_facts
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.evidence_bundle import (
    ALLOWED_ABSENCES,
    CONTRACT_FILE,
    COST_FILE,
    FORMAT,
    LEDGER_FILE,
    MANIFEST,
    PAYOUT_FILE,
    RECEIPTS_FILE,
    REVOCATIONS,
    SIGNATURE,
    SIGNER_FILE,
    TOKEN,
    Part,
    path_of,
    revisions_of,
)
from loanapp.proof.ledger_proof import LedgerProofError, check_entry, check_head
from loanapp.proof.pdf_signature import BORROWER_FIELD, LENDER_FIELD
from loanapp.proof.problems import ProofProblem
from loanapp.proof.signed_message import SignedMessageError, verify_message
from loanapp.proof.signing_times import SigningTime, signing_times
from loanapp.proof.statement import Signature, SignedStatement, StatementError, check_statement, check_token
from loanapp.proof.verification import VerificationReport, verify_contract

_MOST_ENTRIES: Final = 10_000


class BundleProblem(StrEnum):
    """The first thing that is wrong with a bundle; each has its sentence in the translations (``verify``)."""

    ARCHIVE_FORM = "archive_form"
    MANIFEST_UNREADABLE = "manifest_unreadable"
    MANIFEST_SIGNATURE = "manifest_signature"
    SIGNER_UNKNOWN = "signer_unknown"
    ABSENT_WITHOUT_REASON = "absent_without_reason"
    FILE_CHANGED = "file_changed"
    FILES_DIFFER = "files_differ"
    CONTRACT = "contract"
    REVISION = "revision"
    ANOTHER_CONTRACT = "another_contract"
    COST_TABLE = "cost_table"
    RECEIPT = "receipt"
    LEDGER = "ledger"
    NOT_IN_LEDGER = "not_in_ledger"
    NOT_AUTHORISED = "not_authorised"
    PART_UNREADABLE = "part_unreadable"


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was found; ``valid`` only when there is no problem at all. ``contract`` is there once it was looked at."""

    valid: bool
    first_problem: BundleProblem | None
    where: str
    contract: VerificationReport | None
    contract_number: str
    signed_at: datetime | None
    absent: tuple[str, ...]
    entries: int
    sha256: str

    def to_json(self) -> dict[str, object]:
        """Plain values for ``loanapp verify --json``."""
        return {
            "kind": "evidence_bundle",
            "valid": self.valid,
            "first_problem": self.first_problem.value if self.first_problem else None,
            "where": self.where,
            "contract_number": self.contract_number,
            "manifest_signed_at": self.signed_at.isoformat() if self.signed_at else None,
            "absent_parts": list(self.absent),
            "ledger_entries": self.entries,
            "contract": self.contract.to_json() if self.contract else None,
            "sha256": self.sha256,
        }


class _BrokenError(Exception):
    def __init__(self, problem: BundleProblem, where: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.where = where


def verify_bundle(data: bytes, roots: ContractRoots, *, at: datetime | None = None) -> BundleReport:
    """Check a bundle. Blocking, no network. Never raises because of ``data``: the answer is always a report.

    ``at``: the moment of checking, the computer's present by default. Raises :class:`ValueError` when a root is not a
    certificate.
    """
    for text in (*roots.document, *roots.time):
        _readable(text)
    checking = _Checking(data, roots, at or datetime.now(UTC))
    problem: BundleProblem | None = None
    where = ""
    try:
        checking.run()
    except _BrokenError as broken:
        problem, where = broken.problem, broken.where
    except Exception:  # noqa: BLE001 - a hostile file may make a parser raise anything; all of it means damage
        problem, where = BundleProblem.PART_UNREADABLE, checking.at_work
    return BundleReport(
        problem is None,
        problem,
        where,
        checking.contract,
        checking.contract_number,
        checking.signature.moment if checking.signature else None,
        tuple(checking.absent),
        checking.entries,
        sha256(data).hexdigest(),
    )


def _readable(text: bytes | str) -> None:
    from loanapp.proof.authorities import load_certificates  # noqa: PLC0415

    load_certificates(text)


class _Checking:
    """One check, step by step; what was found so far can be told at any moment."""

    def __init__(self, data: bytes, roots: ContractRoots, at: datetime) -> None:
        self._data, self._roots, self._at = data, roots, at
        self._files: dict[str, bytes] = {}
        self._manifest: dict[str, Any] = {}
        self._told: list[dict[str, Any]] = []  # what the ledger's entries commit to
        self.contract: VerificationReport | None = None
        self.contract_number = ""
        self.signature: Signature | None = None
        self.absent: list[str] = []
        self.entries = 0
        self.at_work = ""

    def run(self) -> None:
        """Raise :class:`_BrokenError`, or whatever a parser raises, at the first thing that does not hold."""
        self._open()
        self._check_manifest()
        self._check_files()
        self._check_contract()
        self._check_cost()
        self._check_ledger()
        self._check_authorised()
        self._check_receipts()
        self._check_payout()

    def _open(self) -> None:
        try:
            files = unpack(self._data)
        except ArchiveFormError:
            raise _BrokenError(BundleProblem.ARCHIVE_FORM) from None
        if [name for name, _content in files[:3]] != [MANIFEST, SIGNATURE, TOKEN]:
            raise _BrokenError(BundleProblem.MANIFEST_UNREADABLE, MANIFEST)
        self._files = dict(files)

    def _check_manifest(self) -> None:
        written = self._files[MANIFEST]
        self.at_work = MANIFEST
        lists = [content for name, content in self._files.items() if name.endswith(REVOCATIONS)]
        signed = SignedStatement(self._files[SIGNATURE], self._files[TOKEN])
        try:
            self.signature = check_statement(written, signed, self._roots, lists, self._at)
        except StatementError as error:
            unknown = error.problem is ProofProblem.SIGNER_UNKNOWN
            problem = BundleProblem.SIGNER_UNKNOWN if unknown else BundleProblem.MANIFEST_SIGNATURE
            raise _BrokenError(problem, MANIFEST) from None
        except Exception:  # noqa: BLE001 - see verify_bundle
            raise _BrokenError(BundleProblem.MANIFEST_SIGNATURE, MANIFEST) from None
        manifest = json.loads(written)
        if canonical(manifest) != written or manifest["format"] != FORMAT:
            raise _BrokenError(BundleProblem.MANIFEST_UNREADABLE, MANIFEST)
        self._manifest = manifest
        self.contract_number = str(manifest["contract_number"])

    def _check_files(self) -> None:
        """Nine parts in their order, and exactly the files they name, byte for byte and in the same order."""
        parts = self._manifest["parts"]
        if [(one["no"], one["name"]) for one in parts] != [(no, part.value) for no, part in enumerate(Part, start=1)]:
            raise _BrokenError(BundleProblem.MANIFEST_UNREADABLE, MANIFEST)
        named: list[dict[str, Any]] = []
        for part, one in zip(Part, parts, strict=True):
            reason = ALLOWED_ABSENCES.get(part) if not one["files"] else None
            if one["absent"] != reason or (reason is None and not one["files"]):
                raise _BrokenError(BundleProblem.ABSENT_WITHOUT_REASON, part.value)
            if reason is not None:
                self.absent.append(part.value)
            named += one["files"]
        if [MANIFEST, SIGNATURE, TOKEN, *(fact["name"] for fact in named)] != list(self._files):
            raise _BrokenError(BundleProblem.FILES_DIFFER, MANIFEST)
        for fact in named:
            content = self._files[fact["name"]]
            if fact["bytes"] != len(content) or fact["sha256"] != sha256(content).hexdigest():
                raise _BrokenError(BundleProblem.FILE_CHANGED, fact["name"])

    def _check_contract(self) -> None:
        name = self.at_work = path_of(Part.CONTRACT, CONTRACT_FILE)
        pdf = self._files[name]
        self.contract = verify_contract(pdf, self._roots, at=self._at)
        if not self.contract.valid:
            raise _BrokenError(BundleProblem.CONTRACT, name)
        if revisions_of(pdf) != self._manifest["revisions"]:
            raise _BrokenError(BundleProblem.REVISION, name)
        signer = next(one.signer for one in self.contract.signatures if one.field == LENDER_FIELD)
        facts = read_facts(pdf)
        same = (
            facts["contract_number"] == self.contract_number
            and facts["application_number"] == self._manifest["application_number"]
            and facts["lender"]["licence"] == self._manifest["lender"]["licence"]
            and self.signature is not None
            and self.signature.certificate.subject.native.get("common_name") == signer
        )
        if not same:
            raise _BrokenError(BundleProblem.ANOTHER_CONTRACT, name)

    def _check_cost(self) -> None:
        name = path_of(Part.CONTRACT, COST_FILE)
        told = self._json(name)
        facts = read_facts(self._files[path_of(Part.CONTRACT, CONTRACT_FILE)])
        if not told["sha256"] == canonical_sha256(told["table"]) == facts["disclosure_sha256"]:
            raise _BrokenError(BundleProblem.COST_TABLE, name)

    def _check_ledger(self) -> None:
        name = path_of(Part.LEDGER, LEDGER_FILE)
        told = self._json(name)
        key = base64.b64decode(self._manifest["message_key"], validate=True)
        proofs = told["entries"]
        if not isinstance(proofs, list) or len(proofs) > _MOST_ENTRIES:
            raise _BrokenError(BundleProblem.LEDGER, name)
        try:
            head = check_head(told["head"], key)
            check_token(
                base64.b64decode(told["stamp"], validate=True),
                sha256(canonical(told["head"])).digest(),
                self._roots,
                self._at,
            )
            for proof in proofs:
                check_entry(proof, head)
        except (LedgerProofError, StatementError):
            raise _BrokenError(BundleProblem.LEDGER, name) from None
        numbers = [proof["entry"]["no"] for proof in proofs]
        if numbers != sorted(set(numbers)):
            raise _BrokenError(BundleProblem.LEDGER, name)
        self.entries = len(proofs)
        known = [proof for proof in proofs if proof["content"] is not None]
        self._told = [proof["content"] for proof in known]
        self._told_at = [proof["entry"]["at"] for proof in known]
        revisions = {one["field"]: one["sha256"] for one in self._manifest["revisions"]}
        whole = self._manifest["revisions"][-1]["sha256"]
        self._find(
            name, "signature.contract_signed", borrower_sha256=next(iter(revisions.values())), final_sha256=whole
        )
        table = self._json(path_of(Part.CONTRACT, COST_FILE))
        self._find(name, "consent.cost_disclosure", sha256=table["sha256"], seconds=table["seconds_on_screen"])

    def _check_authorised(self) -> None:
        """That the borrower confirmed a one-time code for the very bytes that were signed, before they were."""
        name = path_of(Part.SIGNER, SIGNER_FILE)
        told, pdf = self._json(name)["authorised"], self._files[path_of(Part.CONTRACT, CONTRACT_FILE)]
        length, prepared = int(told["prepared_bytes"]), told["prepared_sha256"]
        if not 0 < length < self._manifest["revisions"][0]["bytes"]:
            raise _BrokenError(BundleProblem.ANOTHER_CONTRACT, name)
        if sha256(pdf[:length]).hexdigest() != prepared:
            raise _BrokenError(BundleProblem.ANOTHER_CONTRACT, name)
        about = {"contract": self.contract_number, "prepared_sha256": prepared}
        made = self._places("signature.contract_prepared", **about)
        confirmed = [
            place
            for place in self._places("signature.code_confirmed", **about)
            if self._told[place]["actor"] == "borrower" and self._at_of(place) == datetime.fromisoformat(told["at"])
        ]
        signed = self._places("signature.contract_signed")
        if not (made and confirmed and signed and made[0] < confirmed[-1] < signed[0]):
            raise _BrokenError(BundleProblem.NOT_IN_LEDGER, name)
        self._check_in_time(self._at_of(confirmed[-1]), name)

    def _check_in_time(self, authorised: datetime, name: str) -> None:
        """That the borrower signed soon after the code was confirmed, by the time-stamp in the signature."""
        if self.contract is None:
            raise _BrokenError(BundleProblem.CONTRACT, name)
        signed = next(one.moment for one in self.contract.signatures if one.field == BORROWER_FIELD)
        if signing_times().judge(authorised, signed) is not SigningTime.IN_TIME:
            raise _BrokenError(BundleProblem.NOT_AUTHORISED, name)

    def _check_receipts(self) -> None:
        name = path_of(Part.CONSENTS, RECEIPTS_FILE)
        key = base64.b64decode(self._manifest["message_key"], validate=True)
        for receipt in self._json(name)["receipts"]:
            try:
                said = verify_message(key, receipt)
            except SignedMessageError:
                raise _BrokenError(BundleProblem.RECEIPT, name) from None
            self._find(
                name,
                f"consent.{said['scope']}",
                receipt_id=said["receipt_id"],
                granted=said["granted"],
                text_sha256=said["text_sha256"],
            )

    def _check_payout(self) -> None:
        if Part.PAYOUT.value not in self.absent:
            name = path_of(Part.PAYOUT, PAYOUT_FILE)
            self._find(name, "payout", reference=self._json(name)["reference"])

    def _places(self, act: str, **detail: object) -> list[int]:
        """Where the ledger tells of ``act`` with these details, in its order."""
        return [place for place, one in enumerate(self._told) if one["act"] == act and _holds(one["detail"], detail)]

    def _at_of(self, place: int) -> datetime:
        return datetime.fromisoformat(self._told_at[place])

    def _find(self, where: str, act: str, **detail: object) -> None:
        """That the ledger tells of ``act`` with these details."""
        if not self._places(act, **detail):
            raise _BrokenError(BundleProblem.NOT_IN_LEDGER, where)

    def _json(self, name: str) -> dict[str, Any]:
        self.at_work = name
        found = json.loads(self._files[name])
        if not isinstance(found, dict):
            raise _BrokenError(BundleProblem.PART_UNREADABLE, name)
        return found


def _holds(told: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return all(told.get(name) == value for name, value in wanted.items())
