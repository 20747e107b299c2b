"""Taking the borrower's signature, adding the lender's: the file must be the served one, grown by one signature."""

import importlib
import threading
import uuid
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

if TYPE_CHECKING:
    from loanapp.proof.pdf_signature import Trust
    from loanapp.proof.signature_appearance import SignatureWords

# One signing at a time: it is two tenths of a second of work, and twice the same contract must never be signed.
_signing = threading.Lock()


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

    Sending the same file again changes nothing. Raises ``CONTRACT_SIGNATURE_INVALID`` when the file is not the served
    contract with exactly one signature of the certified key, ``SIGNING_CODE_NEEDED``, ``NOT_ALLOWED_NOW``,
    ``OFFER_EXPIRED``, or ``CERTIFICATE_AUTHORITY_DOWN`` with the seconds to wait.
    """
    digest = sha256(signed).hexdigest()
    proofs = _revocation(services, borrower_id, application_id)  # may take its time: nobody else waits for it
    with _signing:
        with services.database.read() as session:
            application = own_application(session, borrower_id, application_id)
            if contract_of(session, application).borrower_sha256 == digest:
                return
            _application, record = ready_to_sign(services, session, borrower_id, application_id)
            require_authorised(services, record, device_id)
            prepared = services.cipher.decrypt(record.prepared_sealed, f"contract|{record.number}|prepared")
            certificate = record.certificate_pem
        if certificate is None:
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status="signing", missing="certificate")
        _check(services, signed, prepared, certificate)
        stamp_head(services)
        final = _countersign(services, signed, proofs)
        with services.database.write() as session:
            application, record = ready_to_sign(services, session, borrower_id, application_id)
            require_authorised(services, record, device_id)
            _keep(services, session, application, record, digest=digest, final=final)


def _check(services: Services, signed: bytes, prepared: bytes, certificate_pem: str) -> None:
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


def _revocation(services: Services, borrower_id: str, application_id: uuid.UUID) -> RevocationProofs:
    """What the authority says of the borrower's certificate now; nothing where none was issued or all is signed."""
    with services.database.read() as session:
        record = contract_of(session, own_application(session, borrower_id, application_id))
        if record.certificate_pem is None or record.signed_at is not None:
            return RevocationProofs()
        issued = IssuedCertificate(record.certificate_pem, record.chain_pem or "")
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
