"""Taking the borrower's signature, adding the lender's: the file must be the served one, grown by one signature."""

import importlib
import uuid
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import IssuedCertificate, RevocationProofs, SourceDownError
from loanapp.backend.applications.store import own_application, set_status
from loanapp.backend.data_uses.heads import stamp_head
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signing.authorisation import require_authorised
from loanapp.backend.signing.certificates import contract_of, ready_to_sign
from loanapp.backend.signing.roots import contract_roots
from loanapp.backend.signing.time import time_authority, time_revocation
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ContractRecord
from loanapp.backend.verification.step_up import note_used
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.signing_times import SigningTime, signing_times

if TYPE_CHECKING:
    from loanapp.proof.pdf_signature import Trust
    from loanapp.proof.signature_appearance import SignatureWords


def prepare_signing(services: Services) -> None:
    """Load what contracts need, and at the first time make the time-stamp key, while the borrower reads the offer."""
    for name in ("backend.contracts", "proof.pdf_signature", "proof.verification"):
        importlib.import_module(f"loanapp.{name}")
    _ = services.keys.timestamp


def contract_pdf(services: Services, session: Session, borrower_id: str, application_id: uuid.UUID) -> bytes:
    """The final contract, or before it is signed by both the prepared one."""
    record = contract_of(session, own_application(session, borrower_id, application_id))
    if record.final_sealed is not None:
        return services.cipher.decrypt(record.final_sealed, f"contract|{record.number}|final")
    return services.cipher.decrypt(record.prepared_sealed, f"contract|{record.number}|prepared")


def take_signed(services: Services, borrower_id: str, application_id: uuid.UUID, signed: bytes, device_id: str) -> None:
    """Check the borrower's signature, countersign, and pass the application on.

    Sending the same file again changes nothing, at the same moment too. Raises ``CONTRACT_SIGNATURE_INVALID`` when the
    file is not the served contract with exactly one signature of the certified key, made since the code was confirmed;
    ``SIGNING_CODE_NEEDED``, ``NOT_ALLOWED_NOW``, ``OFFER_EXPIRED``, or ``CERTIFICATE_AUTHORITY_DOWN`` and
    ``TIME_AUTHORITY_DOWN`` with the seconds to wait.
    """
    digest = sha256(signed).hexdigest()
    with services.database.read() as session:
        if _is_taken(session, borrower_id, application_id, digest):
            return
        _application, record = _to_be_signed(services, session, borrower_id, application_id, device_id)
        prepared = services.cipher.decrypt(record.prepared_sealed, f"contract|{record.number}|prepared")
        if record.certificate_pem is None:
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status="signing", missing="certificate")
        issued = IssuedCertificate(record.certificate_pem, record.chain_pem or "")
    moment = _check(services, signed, prepared, issued.certificate_pem)
    _require_in_time(record, moment)
    # Others are asked outside every transaction and lock: whoever is slow keeps nobody else waiting.
    proofs = _revocation(services, issued)
    stamp_head(services)
    final = _countersign(services, signed, proofs)
    with services.database.write() as session:
        if _is_taken(session, borrower_id, application_id, digest):  # handed in twice at once
            return
        application, record = _to_be_signed(services, session, borrower_id, application_id, device_id)
        if record.certificate_pem != issued.certificate_pem:
            raise RefusedError(ErrorCode.CONTRACT_SIGNATURE_INVALID, problem="another_certificate")
        _require_in_time(record, moment)
        _keep(services, session, application, record, digest=digest, final=final)


def _is_taken(session: Session, borrower_id: str, application_id: uuid.UUID, digest: str) -> bool:
    """Whether this very file was taken before."""
    return contract_of(session, own_application(session, borrower_id, application_id)).borrower_sha256 == digest


def _to_be_signed(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, device_id: str
) -> tuple[Application, ContractRecord]:
    application, record = ready_to_sign(services, session, borrower_id, application_id)
    require_authorised(services, record, device_id)
    return application, record


def _require_in_time(record: ContractRecord, moment: datetime | None) -> None:
    """Refuse a signature whose evidence nobody would accept: made before the code that authorises it, or long after."""
    if record.authorised_at is None:
        raise RefusedError(ErrorCode.SIGNING_CODE_NEEDED)
    found = signing_times().judge(record.authorised_at, moment)
    if found is SigningTime.BEFORE_THE_CODE:
        raise RefusedError(ErrorCode.CONTRACT_SIGNATURE_INVALID, problem=found.value)
    if found is SigningTime.TOO_LATE:
        raise RefusedError(ErrorCode.SIGNING_CODE_NEEDED)


def _check(services: Services, signed: bytes, prepared: bytes, certificate_pem: str) -> datetime | None:
    """The time-stamp of the one signature, once it holds."""
    from loanapp.proof.verification import Stage, verify_contract  # noqa: PLC0415 - loads slowly

    report = verify_contract(
        signed,
        contract_roots(services),
        stage=Stage.BORROWER_SIGNED,
        must_start_with=prepared,
        at=services.clock.now(),
    )
    if not report.valid:
        problem = report.first_problem.value if report.first_problem else "unknown"
        raise RefusedError(ErrorCode.CONTRACT_SIGNATURE_INVALID, problem=problem)
    if not _signed_with(signed, certificate_pem):
        raise RefusedError(ErrorCode.CONTRACT_SIGNATURE_INVALID, problem="another_certificate")
    return report.signatures[0].moment


def _signed_with(signed: bytes, certificate_pem: str) -> bool:
    """Whether the one signature was made with the certificate issued for this very contract."""
    from io import BytesIO  # noqa: PLC0415

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    issued = x509.load_pem_x509_certificate(certificate_pem.encode()).public_bytes(Encoding.DER)
    signatures = PdfFileReader(BytesIO(signed)).embedded_signatures
    used: bytes = signatures[0].signer_cert.dump()
    return len(signatures) == 1 and used == issued


def _revocation(services: Services, issued: IssuedCertificate) -> RevocationProofs:
    """What the authority says of the borrower's certificate now."""
    try:
        return services.sources.authority.revocation(issued)
    except SourceDownError as error:
        raise RefusedError(
            ErrorCode.CERTIFICATE_AUTHORITY_DOWN, retry_after_seconds=error.retry_after_seconds
        ) from None


def lender_trust(services: Services, borrower: RevocationProofs | None = None) -> "Trust":
    """The roots, with fresh revocation lists of every authority of the lender's, and what proves the ``borrower``'s."""
    from loanapp.proof.authorities import load_certificates, make_revocation_list  # noqa: PLC0415 - loads slowly
    from loanapp.proof.pdf_signature import Trust  # noqa: PLC0415

    keys, now = services.keys, services.clock.now()
    proofs, time = borrower or RevocationProofs(), time_revocation(services)
    roots = contract_roots(services)
    named = (*roots.document, *roots.borrower, *roots.time)
    return Trust(
        roots=tuple(root for text in named for root in load_certificates(text)),
        revocation_lists=(
            make_revocation_list(keys.document_root, now),
            *time.lists,
            *proofs.lists,
        ),
        ocsp_responses=time.responses + proofs.responses,
    )


def lender_seal(services: Services, reason: str) -> "SignatureWords":
    """What the lender's visible signature says now."""
    from loanapp.proof.signature_appearance import SignatureWords  # noqa: PLC0415

    words = services.policies.disclosure
    return SignatureWords(
        name=services.policies.profile.name.zh,
        role=words.lender_role.zh,
        moment=services.clock.now(),
        note=words.lender_note.zh,
        reason=reason,
    )


def _countersign(services: Services, signed: bytes, proofs: RevocationProofs) -> bytes:
    from loanapp.proof.pdf_signature import SigningError, countersign  # noqa: PLC0415

    keys = services.keys
    seal = lender_seal(services, services.policies.disclosure.contract_reason.zh)
    stamper = time_authority(services).timestamper()
    try:
        return countersign(
            signed, keys.document_signer, lender_trust(services, proofs), stamper, now=services.clock.now(), words=seal
        )
    except SigningError:
        raise RefusedError(ErrorCode.CONTRACT_SIGNATURE_INVALID, problem="cannot_be_countersigned") from None


def _keep(
    services: Services, session: Session, application: Application, record: ContractRecord, *, digest: str, final: bytes
) -> None:
    now = services.clock.now()
    note_used(services, session, application)
    record.borrower_sha256 = digest
    record.final_sealed = services.cipher.encrypt(final, f"contract|{record.number}|final")
    record.final_sha256 = sha256(final).hexdigest()
    record.signed_at = now
    detail = {
        "what": "contract_signed",
        "contract": record.number,
        "borrower_sha256": digest,
        "final_sha256": record.final_sha256,
    }
    ledger.append(session, now, "signature", application.id, detail, actor="borrower")
    set_status(session, application, ApplicationStatus.SIGNED, now, "borrower")
