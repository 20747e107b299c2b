"""Having the borrower's own key certified; the key itself never comes here.

The authority is asked outside every transaction, because it may take its time; what it issued is then kept in one. The
same request asks it under the same key, so that whoever was cut off in between gets the same certificate.
"""

import uuid
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import CertificateRefusedError, IssuedCertificate, SourceDownError
from loanapp.backend.applications.store import Sealed, own_application, require_status
from loanapp.backend.offers.acceptance import require_open_offer
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signing.authorisation import require_authorised
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ContractRecord
from loanapp.backend.verification.step_up import require_step_up
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.authorities import CertificateRequestError, load_certificates, requested_key


def contract_of(session: Session, application: Application) -> ContractRecord:
    """The application's contract; raises ``NOT_FOUND`` before there is one."""
    found = session.scalars(select(ContractRecord).where(ContractRecord.application_id == application.id)).first()
    if found is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return found


def ready_to_sign(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID
) -> tuple[Application, ContractRecord]:
    """The application when its contract may be signed now: offer open, cost table confirmed.

    Raises ``STEP_UP_NEEDED`` where whoever signs has to show once more who they are.
    """
    application = own_application(session, borrower_id, application_id)
    require_status(application, ApplicationStatus.SIGNING)
    require_open_offer(services, application)
    if application.disclosure_confirmed_at is None:
        raise RefusedError(ErrorCode.READING_TIME_NOT_REACHED)
    require_step_up(services, session, application)
    return application, contract_of(session, application)


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whom a key is certified for."""

    name: str
    reference: str


def certify_key(
    services: Services, borrower_id: str, application_id: uuid.UUID, csr_pem: str, *, device_id: str
) -> IssuedCertificate:
    """Have the borrower's key certified; nothing is kept yet, and no transaction is open meanwhile.

    The name is the borrower's as on the contract, the reference the application's number, never the identity number.
    Raises ``INPUT_INVALID`` for a request that does not hold, ``SIGNING_CODE_NEEDED``, or
    ``CERTIFICATE_AUTHORITY_DOWN`` with the seconds to wait.
    """
    with services.database.read() as session:
        subject = _subject(services, session, borrower_id, application_id, device_id)
    unfit = RefusedError(ErrorCode.INPUT_INVALID, fields={"csr_pem": ErrorCode.INPUT_INVALID})
    try:
        requested_key(csr_pem)
        key = f"{application_id}:certificate:{sha256(csr_pem.encode()).hexdigest()}"
        return services.sources.authority.certify(key, csr_pem, subject.name, subject.reference)
    except (CertificateRequestError, CertificateRefusedError, UnicodeError):
        raise unfit from None
    except SourceDownError as error:
        raise RefusedError(
            ErrorCode.CERTIFICATE_AUTHORITY_DOWN, retry_after_seconds=error.retry_after_seconds
        ) from None


def keep_certificate(
    services: Services,
    session: Session,
    borrower_id: str,
    application_id: uuid.UUID,
    issued: IssuedCertificate,
    *,
    device_id: str,
) -> None:
    """Keep what the authority issued; it takes the place of an earlier one. Raises what :func:`certify_key` raises."""
    application, contract = ready_to_sign(services, session, borrower_id, application_id)
    require_authorised(services, contract, device_id)
    contract.certificate_pem, contract.chain_pem = issued.certificate_pem, issued.chain_pem
    now = application.updated_at = services.clock.now()
    serial = load_certificates(issued.certificate_pem)[0].serial_number
    ledger.append(
        session, now, "signature", application.id, {"what": "certificate", "certificate_serial": f"{serial:x}"}
    )


def _subject(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, device_id: str
) -> _Subject:
    application, contract = ready_to_sign(services, session, borrower_id, application_id)
    require_authorised(services, contract, device_id)
    identity = Sealed(services, application).identity
    if identity is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    return _Subject(identity.name, application.number)
