"""A face that has changed: the certificate a borrower may add to the manual way, and how long it is kept."""

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import consent_given, filled_in
from loanapp.backend.data_uses.deletion_receipts import note_deletion
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.envelope import EnvelopeError, open_sealed

CERTIFICATE: Final = "changed_face_certificate"
# What a photo or a scan begins with; nothing of it is opened here, a person looks at it.
_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-")
_NOT_NEEDED: Final = (ApplicationStatus.WITHDRAWN, ApplicationStatus.DECLINED, ApplicationStatus.EXPIRED)


def keep_certificate(services: Services, borrower_id: str, application_id: uuid.UUID, sealed: bytes) -> None:
    """Keep a hospital's certificate, encrypted in the vault, for the person who compares.

    Raises ``NOT_ALLOWED_NOW``, ``CONSENT_MISSING`` without its own authorisation, ``INPUT_INVALID`` for an envelope
    that does not open here, or ``PHOTO_NOT_AN_IMAGE`` for anything but a JPEG, a PNG or a PDF.
    """
    with services.database.read() as session:
        _allowed(services, session, borrower_id, application_id)
    try:
        certificate = open_sealed(services.keys.vault, sealed, f"loanapp/certificate/v1|{application_id}".encode())
    except EnvelopeError:
        raise RefusedError(ErrorCode.INPUT_INVALID) from None
    if not certificate.startswith(_BEGINNINGS):
        raise RefusedError(ErrorCode.PHOTO_NOT_AN_IMAGE)
    destroy_expired(services)
    now = services.clock.now()
    with services.database.write() as session:
        application = _allowed(services, session, borrower_id, application_id)
        application.certificate_at = application.updated_at = now
        detail = {"check": CERTIFICATE, "bytes": len(certificate)}
        ledger.append(session, now, "check", application.id, detail, actor="borrower")
        services.vault.store(application.id, CERTIFICATE, certificate, now)


def _allowed(services: Services, session: Session, borrower_id: str, application_id: uuid.UUID) -> Application:
    """Whatever is read of an illness needs a consent of its own (PIPL 29); looked at again where it is kept."""
    application = filled_in(session, borrower_id, application_id)
    if not consent_given(services, session, application.id, ConsentScope.CHANGED_FACE_CERTIFICATE):
        raise RefusedError(ErrorCode.CONSENT_MISSING, scope=ConsentScope.CHANGED_FACE_CERTIFICATE.value)
    return application


def destroy_expired(services: Services) -> int:
    """Destroy certificates that are past their time, or whose application has ended; how many there were."""
    now = services.clock.now()
    kept = set(services.vault.stored_before(CERTIFICATE, now))
    if not kept:
        return 0
    last = now - timedelta(days=services.policies.retention_days(CERTIFICATE))
    old = set(services.vault.stored_before(CERTIFICATE, last))
    with services.database.read() as session:
        ended = select(Application.id).where(
            Application.id.in_(kept), Application.status.in_([status.value for status in _NOT_NEEDED])
        )
        old |= set(session.scalars(ended))
    for owner in old:
        # Entry and receipt first: cut off after them, the next sweep still finds the certificate and destroys it.
        with services.database.write() as session:
            application = session.get(Application, owner)
            if application is not None and application.certificate_at is not None:
                application.certificate_at = None
                note_deletion(
                    services,
                    session,
                    application,
                    part=CERTIFICATE,
                    reason="retention",
                    items=[CERTIFICATE],
                    now=now,
                )
        services.vault.destroy(owner, CERTIFICATE)
    return len(old)
