"""Whether a contract is what both parties signed: offline, with nothing but the file and the roots.

A file is accepted only if, for EVERY signature, the AdES engine passes (ETSI EN 319 102-1) AND pyHanko's difference
analysis forgives nothing but signing itself; both parties' fields and the archive time-stamp are there and no other;
the last signature covers the file to its last byte; and no uncovered byte is free to vary. One problem refuses.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

from asn1crypto import x509 as asn1_x509
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.ades import ades_timestamp_validation, ades_with_time_validation
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.policy_decl import LocalKnowledge, SignatureValidationSpec
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from loanapp.proof.authorities import load_certificates
from loanapp.proof.canonical_form import contents_of, covered_up_to, timestamp_is_canonical
from loanapp.proof.certificate_use import CertificateUseError, require_borrowers, require_lenders
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.pdf_signature import ARCHIVE_FIELD, BORROWER_FIELD, LENDER_FIELD, STATEMENT_FIELD, as_asn1
from loanapp.proof.problems import ProofProblem
from loanapp.proof.validation_specification import validation_specification

_HEADER: Final = b"%PDF-"


class Stage(StrEnum):
    """How far a contract has come: signed by the borrower alone, or by both and closed; or a lender's own document."""

    BORROWER_SIGNED = "borrower_signed"
    COMPLETE = "complete"
    LENDER_STATEMENT = "lender_statement"


_FIELDS: Final[Mapping[Stage, Sequence[str]]] = {
    Stage.BORROWER_SIGNED: (BORROWER_FIELD,),
    Stage.COMPLETE: (BORROWER_FIELD, LENDER_FIELD, ARCHIVE_FIELD),
    Stage.LENDER_STATEMENT: (STATEMENT_FIELD, ARCHIVE_FIELD),
}


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature of the file; ``moment`` is proved by a time-stamp, ``None`` when nothing proves it."""

    field: str
    signer: str
    root: str
    moment: datetime | None
    problem: ProofProblem | None

    def to_json(self) -> dict[str, object]:
        """Plain values for ``loanapp verify --json``."""
        return {
            "field": self.field,
            "signer": self.signer,
            "root": self.root,
            "moment": self.moment.isoformat() if self.moment else None,
            "problem": self.problem.value if self.problem else None,
        }


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What was found; ``valid`` only when there is no problem at all. ``sha256`` names the bytes that were checked."""

    valid: bool
    signatures: tuple[SignatureReport, ...]
    first_problem: ProofProblem | None
    problem_field: str | None
    sha256: str

    def to_json(self) -> dict[str, object]:
        """Plain values for ``loanapp verify --json``."""
        return {
            "valid": self.valid,
            "first_problem": self.first_problem.value if self.first_problem else None,
            "problem_field": self.problem_field,
            "signatures": [signature.to_json() for signature in self.signatures],
            "sha256": self.sha256,
        }


class _ProblemFoundError(Exception):
    def __init__(self, problem: ProofProblem, field: str | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.field = field


@dataclass(frozen=True, slots=True)
class _Checks:
    """What one verification is held against."""

    pdf: bytes
    document_roots: tuple[asn1_x509.Certificate, ...]
    time_roots: tuple[asn1_x509.Certificate, ...]
    borrower_roots: tuple[asn1_x509.Certificate, ...]
    timing: ValidationTimingInfo
    stage: Stage
    knowledge: LocalKnowledge = dataclass_field(default_factory=LocalKnowledge)

    def specification(self, field: str = "") -> SignatureValidationSpec:
        closed = self.stage is not Stage.BORROWER_SIGNED
        roots = self.document_roots + (self.borrower_roots if field == BORROWER_FIELD else ())
        return validation_specification(roots, self.time_roots, self.knowledge, closed=closed)


_Judgement = tuple[ProofProblem | None, datetime | None, str]


def verify_contract(
    pdf: bytes,
    roots: ContractRoots,
    *,
    stage: Stage = Stage.COMPLETE,
    must_start_with: bytes | None = None,
    at: datetime | None = None,
) -> VerificationReport:
    """Check the signatures of ``pdf`` against the document roots, its time-stamps against the time roots.

    ``must_start_with``: the bytes the parties agreed on (the prepared contract, or one's own signed revision), which
    must stand unchanged at the start. ``at``: the moment of checking, the computer's present by default. Blocking,
    no network. Never raises because of ``pdf``: whatever it holds, the answer is a report. Raises
    :class:`ValueError` when a root is not a certificate.
    """
    document_roots, time_roots = _certificates(roots.document), _certificates(roots.time)
    borrower_roots = _certificates(roots.borrower)
    signatures: list[SignatureReport] = []
    problem: ProofProblem | None = None
    field: str | None = None
    try:
        _check_start(pdf, must_start_with)
        checks = _Checks(pdf, document_roots, time_roots, borrower_roots, _timing(at or datetime.now(UTC)), stage)
        asyncio.run(_check(checks, signatures))
    except _ProblemFoundError as found:
        problem, field = found.problem, found.field
    except Exception:  # noqa: BLE001 - a hostile file may make the parser raise anything; all of it means damage
        problem = ProofProblem.STRUCTURE_DAMAGED
    return VerificationReport(problem is None, tuple(signatures), problem, field, sha256(pdf).hexdigest())


def stage_of(pdf: bytes) -> Stage:
    """What a file claims to be: a document of the lender's own where it has such a signature, else a contract."""
    try:
        names = [found.field_name for found in PdfFileReader(BytesIO(pdf)).embedded_signatures]
    except Exception:  # noqa: BLE001 - see verify_contract, which then says what is wrong
        names = []
    return Stage.LENDER_STATEMENT if STATEMENT_FIELD in names else Stage.COMPLETE


def _check_start(pdf: bytes, must_start_with: bytes | None) -> None:
    if not pdf.startswith(_HEADER):
        raise _ProblemFoundError(ProofProblem.NOT_A_PDF)
    if must_start_with is not None and not pdf.startswith(must_start_with):
        raise _ProblemFoundError(ProofProblem.NOT_THE_AGREED_DOCUMENT)


async def _check(checks: _Checks, reports: list[SignatureReport]) -> None:
    reader = PdfFileReader(BytesIO(checks.pdf))
    found = list(reader.embedded_signatures)
    _check_fields(found, checks.stage)
    _check_digests(found, reports)
    if checks.stage is not Stage.BORROWER_SIGNED:
        # The archive time-stamp is checked at the present. It proves that all else existed at its moment: the
        # signatures are then checked as of that moment, with the revocation lists the file carries.
        archive = await _report(found[-1], checks)
        if archive.problem is None and archive.moment is not None:
            checks = replace(checks, timing=_timing(archive.moment), knowledge=_knowledge(reader))
        reports.extend([await _report(signature, checks) for signature in found[:-1]])
        reports.append(archive)
    else:
        reports.extend([await _report(signature, checks) for signature in found])
    problems = [(report.problem, report.field) for report in reports if report.problem is not None]
    # A missing proof is the consequence of another fault wherever there is one.
    problems.sort(key=lambda item: item[0] is ProofProblem.PROOF_MISSING)
    if problems:
        raise _ProblemFoundError(*problems[0])
    _check_form(found, checks)


def _check_fields(found: Sequence[EmbeddedPdfSignature], stage: Stage) -> None:
    """Exactly the expected fields, of the expected kind, in the order they must have been signed."""
    names = [signature.field_name for signature in found]
    expected = list(_FIELDS[stage])
    missing: Mapping[str, ProofProblem] = {
        BORROWER_FIELD: ProofProblem.BORROWER_SIGNATURE_MISSING,
        LENDER_FIELD: ProofProblem.LENDER_SIGNATURE_MISSING,
        STATEMENT_FIELD: ProofProblem.LENDER_SIGNATURE_MISSING,
        ARCHIVE_FIELD: ProofProblem.ARCHIVE_TIMESTAMP_MISSING,
    }
    if not names:
        raise _ProblemFoundError(ProofProblem.NOT_SIGNED)
    for name in expected:
        if name not in names:
            raise _ProblemFoundError(missing[name], name)
    kinds = ["/DocTimeStamp" if name == ARCHIVE_FIELD else "/Sig" for name in expected]
    if names != expected or [str(signature.sig_object_type) for signature in found] != kinds:
        raise _ProblemFoundError(ProofProblem.UNEXPECTED_SIGNATURE)


def _check_digests(found: Sequence[EmbeddedPdfSignature], reports: list[SignatureReport]) -> None:
    """Whether each signature was made over these very bytes: cheap, and most damage ends here."""
    for signature in found:
        content = signature.signed_data["encap_content_info"]["content"]
        if str(signature.sig_object_type) == "/DocTimeStamp":
            signed = content.parsed["message_imprint"]["hashed_message"].native
        else:
            signed = find_unique_cms_attribute(signature.signer_info["signed_attrs"], "message_digest").native
        if signed != signature.compute_digest():
            problem = ProofProblem.CONTENT_CHANGED
            reports.append(SignatureReport(signature.field_name, _signer_name(signature), "", None, problem))
    if reports:
        raise _ProblemFoundError(ProofProblem.CONTENT_CHANGED, reports[0].field)


async def _report(signature: EmbeddedPdfSignature, checks: _Checks) -> SignatureReport:
    name = signature.field_name
    try:
        signature.compute_integrity_info(DEFAULT_DIFF_POLICY)
        judge = _judge_timestamp if name == ARCHIVE_FIELD else _judge_signature
        problem, moment, root = await judge(signature, checks)
        return SignatureReport(name, _signer_name(signature), root, moment, problem)
    except Exception:  # noqa: BLE001 - see verify_contract
        return SignatureReport(name, "", "", None, ProofProblem.STRUCTURE_DAMAGED)


async def _judge_signature(signature: EmbeddedPdfSignature, checks: _Checks) -> _Judgement:
    result = await ades_with_time_validation(
        signature.signed_data,
        checks.specification(signature.field_name),
        timing_info=checks.timing,
        raw_digest=signature.compute_digest(),
        extra_status_kwargs=signature.summarise_integrity_info(),
        status_cls=PdfSignatureStatus,
    )
    status = result.api_status
    if status is None:
        return ProofProblem.STRUCTURE_DAMAGED, None, ""
    stamp = status.timestamp_validity
    moment = stamp.timestamp if stamp is not None else None
    problem = _integrity_problem(status) or _trust_problem(result.ades_subindic)
    if problem is None and stamp is None:
        problem = ProofProblem.TIMESTAMP_INVALID
    if problem is None and not status.bottom_line:
        problem = ProofProblem.SIGNATURE_FORGED
    if problem is None and not _has_role(signature.signer_cert, signature.field_name, _anchor(status), checks):
        problem = ProofProblem.SIGNER_WRONG_ROLE
    return problem, moment, _root_name(status)


async def _judge_timestamp(signature: EmbeddedPdfSignature, checks: _Checks) -> _Judgement:
    digest = signature.compute_digest()
    result = await ades_timestamp_validation(
        signature.signed_data,
        checks.specification(),
        lambda _algorithm: digest,
        timing_info=checks.timing,
        extra_status_kwargs=signature.summarise_integrity_info(),
        status_cls=DocumentTimestampStatus,
    )
    status = result.api_status
    if status is None:
        return ProofProblem.STRUCTURE_DAMAGED, None, ""
    problem = _integrity_problem(status)
    if problem is None and (result.ades_subindic is not AdESPassed.OK or not status.trusted):
        unknown = result.ades_subindic is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND
        problem = ProofProblem.SIGNER_UNKNOWN if unknown else ProofProblem.TIMESTAMP_INVALID
    return problem, status.timestamp, _root_name(status)


def _integrity_problem(status: PdfSignatureStatus | DocumentTimestampStatus) -> ProofProblem | None:
    if not status.intact:
        return ProofProblem.CONTENT_CHANGED
    if not status.valid:
        return ProofProblem.SIGNATURE_FORGED
    return None if status.docmdp_ok else ProofProblem.CHANGED_AFTER_SIGNING


_TRUST_PROBLEMS: Final[Mapping[AdESSubIndic, ProofProblem]] = {
    AdESFailure.HASH_FAILURE: ProofProblem.CONTENT_CHANGED,
    AdESFailure.SIG_CRYPTO_FAILURE: ProofProblem.SIGNATURE_FORGED,
    AdESFailure.REVOKED: ProofProblem.SIGNER_REVOKED,
    AdESIndeterminate.REVOKED_NO_POE: ProofProblem.SIGNER_REVOKED,
    AdESIndeterminate.REVOKED_CA_NO_POE: ProofProblem.SIGNER_REVOKED,
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: ProofProblem.SIGNER_UNKNOWN,
    AdESIndeterminate.SIG_CONSTRAINTS_FAILURE: ProofProblem.TIMESTAMP_INVALID,
    AdESIndeterminate.TIMESTAMP_ORDER_FAILURE: ProofProblem.TIMESTAMP_INVALID,
}


def _trust_problem(indication: AdESSubIndic) -> ProofProblem | None:
    if indication is AdESPassed.OK:
        return None
    return _TRUST_PROBLEMS.get(indication, ProofProblem.PROOF_MISSING)


def _check_form(found: Sequence[EmbeddedPdfSignature], checks: _Checks) -> None:
    """The last signature closes the file: it covers all but itself; and every signature has its one form."""
    last = found[-1]
    if covered_up_to(last.byte_range) != len(checks.pdf):
        raise _ProblemFoundError(ProofProblem.NOT_WHOLLY_COVERED, last.field_name)
    contents: bytes | None = None
    for signature in found:
        contents = contents_of(checks.pdf, signature.byte_range)
        if contents is None or not signature.pkcs7_content.startswith(contents):
            raise _ProblemFoundError(ProofProblem.FORM_NOT_CANONICAL, signature.field_name)
    complete = checks.stage is not Stage.BORROWER_SIGNED
    known = [certificate.dump() for certificate in checks.knowledge.known_certs]
    if complete and contents is not None and not timestamp_is_canonical(contents, known):
        raise _ProblemFoundError(ProofProblem.FORM_NOT_CANONICAL, last.field_name)


def _knowledge(reader: PdfFileReader) -> LocalKnowledge:
    """The certificates and proofs of revocation the file carries (its document security store)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return LocalKnowledge()
    lists = [CertificateList.load(item.get_object().data, strict=True) for item in store.crls]
    answers = [OCSPResponse.load(item.get_object().data, strict=True) for item in store.ocsps]
    return LocalKnowledge(
        known_crls=[CRLContainer(item) for item in lists],
        known_ocsps=[one for item in answers for one in OCSPContainer.load_multi(item)],
        known_certs=list(store.load_certs()),
    )


def _has_role(
    certificate: asn1_x509.Certificate, field: str, anchor: asn1_x509.Certificate | None, checks: _Checks
) -> bool:
    """A borrower's certificate must not sign for the lender, nor the other way round, nor one made for something else.

    Under a root that vouches for borrowers alone the authority does not know these roles.
    """
    signer = x509.load_der_x509_certificate(certificate.dump())
    try:
        if field == BORROWER_FIELD:
            others = {root.dump() for root in checks.borrower_roots}
            require_borrowers(signer, own=anchor is None or anchor.dump() not in others)
        else:
            require_lenders(signer)
    except CertificateUseError:
        return False
    return True


def _timing(moment: datetime) -> ValidationTimingInfo:
    return ValidationTimingInfo(moment, moment, point_in_time_validation=False)


def _anchor(status: Any) -> asn1_x509.Certificate | None:  # noqa: ANN401 - pyHanko's status classes share this by duck typing only
    path = status.validation_path
    return path.first if path is not None and isinstance(path.first, asn1_x509.Certificate) else None


def _root_name(status: Any) -> str:  # noqa: ANN401 - see _anchor
    anchor = _anchor(status)
    return _common_name(anchor) if anchor is not None else ""


def _signer_name(signature: EmbeddedPdfSignature) -> str:
    return _common_name(signature.signer_cert)


def _common_name(certificate: asn1_x509.Certificate) -> str:
    name = certificate.subject.native.get("common_name", "")
    return name if isinstance(name, str) else ""


def _certificates(texts: Sequence[bytes | str]) -> tuple[asn1_x509.Certificate, ...]:
    return tuple(as_asn1(root) for text in texts for root in load_certificates(text))
