"""Authorisations: recorded only to the very text the lender serves, answered with a signed receipt.

They are given while the application is filled in, and can be taken back at any time.
"""

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
from loanapp.backend.store.tables import Application, ConsentRecord
from loanapp.backend.verification.receipts import Withdrawn, receipt_record
from loanapp.backend.verification.withdrawal import take_back, withdrawal_of
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import FILLING
from loanapp.proof.signed_message import sign_message


def record_consent(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, body: ConsentRequest
) -> dict[str, Any]:
    """Record one answer and return its receipt; a withdrawal takes effect in this transaction.

    Raises ``INPUT_INVALID`` when version or hash are not those of the text in force in that language, or
    ``NOT_ALLOWED_NOW`` once the application was submitted, but for taking back what was given.
    """
    application = own_application(session, borrower_id, application_id)
    granting = newest_consents(session, application.id).get(body.scope)
    given_before = granting is not None and granting.granted
    if body.granted or not given_before:
        require_status(application, *FILLING)
    consent = services.policies.consent(body.scope)
    faults = {}
    if body.text_version != consent.version:
        faults["text_version"] = ErrorCode.INPUT_INVALID
    if not hmac.compare_digest(body.text_sha256.encode(), consent.text_sha256(body.language).encode()):
        faults["text_sha256"] = ErrorCode.INPUT_INVALID
    refuse_fields(faults)
    now = services.clock.now()
    withdrawal = withdrawal_of(services, application, body.scope) if given_before and not body.granted else None
    head = written_head(sign_head(services, session))
    withdrawn = Withdrawn(withdrawal, granting.receipt) if withdrawal is not None and granting is not None else None
    receipt_id = str(uuid.uuid4())
    detail: dict[str, object] = {"granted": body.granted, "text_sha256": body.text_sha256, "receipt_id": receipt_id}
    if withdrawal is None:
        detail["scope"] = body.scope.value
    else:
        detail |= {"what": f"withdrawn_{body.scope.value}", "effect": withdrawal.effect.value}
    ledger.append(session, now, "consent", application.id, detail, actor="borrower")
    deleted = take_back(services, session, application, body.scope, now) if not body.granted else None
    receipt = _receipt(services, application, body, withdrawn, receipt_id, head=head, deleted=deleted, now=now)
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
    session.flush()
    return receipt


def _receipt(
    services: Services,
    application: Application,
    body: ConsentRequest,
    withdrawn: Withdrawn | None,
    receipt_id: str,
    *,
    head: str,
    deleted: dict[str, Any] | None,
    now: datetime,
) -> dict[str, Any]:
    """The signed receipt of an answer: given, refused, or taken back after it had been given.

    ``deleted``: the receipt of what was deleted by taking it back, a signed message of its own.
    """
    consent = services.policies.consent(body.scope)
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
            "ledger_head": head,
            "withdrawal": withdrawn.effect.model_dump(mode="json") if withdrawn is not None else None,
            "deletion": deleted,
            "record": receipt_record(
                services,
                consent,
                receipt_id=receipt_id,
                borrower_id=application.borrower_id,
                language=body.language,
                granted=body.granted,
                withdrawn=withdrawn,
                now=now,
            ),
        },
    )


def require_consent(given: bool, scope: ConsentScope) -> None:  # noqa: FBT001 - the question is the name
    """Raise ``CONSENT_MISSING`` with the scope."""
    if not given:
        raise RefusedError(ErrorCode.CONSENT_MISSING, scope=scope.value)
