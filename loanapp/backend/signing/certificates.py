"""Certifying the borrower's own key; the key itself never comes here."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed, own_application, require_status
from loanapp.backend.offers.acceptance import require_open_offer
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signing.authorisation import require_authorised
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ContractRecord
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.authorities import CertificateRequestError, issue_borrower_certificate, pem


def contract_of(session: Session, application: Application) -> ContractRecord:
    """The application's contract; raises ``NOT_FOUND`` before there is one."""
    found = session.scalars(select(ContractRecord).where(ContractRecord.application_id == application.id)).first()
    if found is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return found


def ready_to_sign(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID
) -> tuple[Application, ContractRecord]:
    """The application when its contract may be signed now: offer open, cost table confirmed."""
    application = own_application(session, borrower_id, application_id)
    require_status(application, ApplicationStatus.SIGNING)
    require_open_offer(services, application)
    if application.disclosure_confirmed_at is None:
        raise RefusedError(ErrorCode.READING_TIME_NOT_REACHED)
    return application, contract_of(session, application)


def certify_key(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, csr_pem: str, *, device_id: str
) -> tuple[str, str]:
    """Certificate and chain for the borrower's key; a new one takes the place of an earlier one.

    The common name is the borrower's name as on the contract; the serial number is the application's, never the
    identity number. Raises ``INPUT_INVALID`` for a request that does not hold, or ``SIGNING_CODE_NEEDED``.
    """
    application, contract = ready_to_sign(services, session, borrower_id, application_id)
    require_authorised(services, contract, device_id)
    identity = Sealed(services, application).identity
    if identity is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    now, keys = services.clock.now(), services.keys
    try:
        certificate = issue_borrower_certificate(
            keys.borrower_authority, csr_pem, identity.name, application.number, now
        )
    except (CertificateRequestError, UnicodeError):
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"csr_pem": ErrorCode.INPUT_INVALID}) from None
    contract.certificate_pem = pem(certificate)
    contract.chain_pem = keys.borrower_authority.certificate_pem + keys.document_root.certificate_pem
    application.updated_at = now
    detail = {"what": "certificate", "certificate_serial": f"{certificate.serial_number:x}"}
    ledger.append(session, now, "signature", application.id, detail)
    return contract.certificate_pem, contract.chain_pem
