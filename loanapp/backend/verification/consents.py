"""Authorisations: recorded only to the very text the lender serves, answered with a signed receipt."""

import hmac
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import newest_consents, own_application, require_status
from loanapp.backend.data_uses.heads import sign_head, written_head
from loanapp.backend.http.models.application import ConsentRequest
from loanapp.backend.refusal import RefusedError, refuse_fields
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ConsentRecord, FaceState
from loanapp.backend.verification.attempts import close_attempts
from loanapp.backend.verification.documents import forget_card, forget_face
from loanapp.backend.verification.receipts import receipt_record
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.signed_message import sign_message

# Later the authorisations have been used; taking them back then belongs to the rights of the borrower, not here.
_OPEN = (ApplicationStatus.DRAFT,)


def record_consent(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, body: ConsentRequest
) -> dict[str, Any]:
    """Record one answer and return its receipt.

    Raises ``INPUT_INVALID`` when version or hash are not those of the text in force in that language.
    """
    application = own_application(session, borrower_id, application_id)
    require_status(application, *_OPEN)
    consent = services.policies.consent(body.scope)
    faults = {}
    if body.text_version != consent.version:
        faults["text_version"] = ErrorCode.INPUT_INVALID
    if not hmac.compare_digest(body.text_sha256.encode(), consent.text_sha256(body.language).encode()):
        faults["text_sha256"] = ErrorCode.INPUT_INVALID
    refuse_fields(faults)
    now = services.clock.now()
    receipt = _receipt(services, session, application, body, now)
    receipt_id = str(receipt["receipt_id"])
    if not body.granted:
        _take_back(session, application, body.scope, now)
    session.add(
        ConsentRecord(
            receipt_id=receipt_id,
            application_id=application.id,
            scope=body.scope,
            granted=body.granted,
            text_version=body.text_version,
            recorded_at=now,
            receipt=receipt,
        )
    )
    application.updated_at = now
    detail = {
        "scope": body.scope.value,
        "granted": body.granted,
        "text_sha256": body.text_sha256,
        "receipt_id": receipt_id,
    }
    ledger.append(session, now, "consent", application.id, detail, actor="borrower")
    session.flush()
    return receipt


def _receipt(
    services: Services, session: Session, application: Application, body: ConsentRequest, now: datetime
) -> dict[str, Any]:
    """The signed receipt of an answer: given, refused, or taken back after it had been given."""
    consent = services.policies.consent(body.scope)
    before = newest_consents(session, application.id).get(body.scope)
    given_before = before is not None and before.granted
    receipt_id = str(uuid.uuid4())
    return sign_message(
        services.keys.message,
        {
            "receipt_id": receipt_id,
            "application_id": application.id,
            "scope": body.scope.value,
            "granted": body.granted,
            "text_version": body.text_version,
            "text_sha256": body.text_sha256,
            "language": body.language,
            "recorded_at": now.isoformat(),
            "recipient": {"zh": consent.recipient.zh, "en": consent.recipient.en},
            "ledger_head": written_head(sign_head(services, session)),
            "record": receipt_record(
                services,
                consent,
                receipt_id=receipt_id,
                borrower_id=application.borrower_id,
                language=body.language,
                status="ConsentGiven" if body.granted else "ConsentWithdrawn" if given_before else "ConsentRefused",
                now=now,
            ),
        },
    )


def _take_back(session: Session, application: Application, scope: ConsentScope, now: datetime) -> None:
    """A refused or withdrawn authorisation ends what was done, or is being done, under it."""
    if scope is ConsentScope.FACE_VERIFICATION:
        close_attempts(session, application, now)
        if application.face_state is not FaceState.MANUAL:
            forget_face(session, application, now)
    if scope is ConsentScope.BANK_ACCOUNT_CHECK:
        forget_card(application)


def require_consent(given: bool, scope: ConsentScope) -> None:  # noqa: FBT001 - the question is the name
    """Raise ``CONSENT_MISSING`` with the scope."""
    if not given:
        raise RefusedError(ErrorCode.CONSENT_MISSING, scope=scope.value)
