"""Documents, identity, authorisations, face and card."""

import uuid
from typing import Literal

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import own_application
from loanapp.backend.applications.view import bank_words, show
from loanapp.backend.cards.binding import bind_card
from loanapp.backend.data_uses.erasure import finish_erasure
from loanapp.backend.http.dependencies import (
    KEY_PARAMETER,
    BorrowerDep,
    DocumentBody,
    EvidenceStream,
    IdempotencyDep,
    ServicesDep,
    octet_body,
)
from loanapp.backend.http.models import application as wire
from loanapp.backend.http.routes import problems
from loanapp.backend.verification.challenges import Wishes, issue_challenge
from loanapp.backend.verification.consents import record_consent
from loanapp.backend.verification.documents import read_document
from loanapp.backend.verification.identity import confirm_identity
from loanapp.backend.verification.upload import take_evidence

router = APIRouter(prefix="/v1")
_ONE = "/applications/{application_id}"


@router.put(
    _ONE + "/document/{side}",
    responses=problems(401, 404, 409, 413, 503),
    openapi_extra=octet_body("An HPKE envelope to the vault's key; info: loanapp/document/v1|{application_id}|{side}"),
)
def put_document(
    application_id: uuid.UUID,
    side: Literal["front", "back"],
    services: ServicesDep,
    borrower_id: BorrowerDep,
    body: DocumentBody,
) -> wire.DocumentAnswer:
    """Read one side of the identity card from a sealed photo."""
    result = read_document(services, borrower_id, application_id, side, body)
    fields = {
        name: wire.FieldReadingAnswer(value=value, confidence=round(min(1.0, max(0.0, confidence)), 4))
        for name, (value, confidence) in result.fields.items()
    }
    with services.database.read() as session:
        application = show(services, session, own_application(session, borrower_id, application_id))
    return wire.DocumentAnswer(side=side, fields=fields, application=application)


@router.put(_ONE + "/identity", responses=problems(401, 404, 409))
def put_identity(
    application_id: uuid.UUID, body: wire.IdentityRequest, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.ApplicationAnswer:
    """Confirm, or correct, what was read from the document."""
    with services.database.write() as session:
        application = confirm_identity(services, session, borrower_id, application_id, body)
        session.flush()
        return show(services, session, application)


@router.post(
    _ONE + "/consents",
    status_code=201,
    response_model=wire.ConsentReceipt,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def post_consent(
    application_id: uuid.UUID,
    body: wire.ConsentRequest,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Give, refuse or take back one authorisation; the receipt is the borrower's to keep."""

    def act(session: Session) -> wire.ConsentReceipt:
        receipt = record_consent(services, session, idempotency.borrower_id, application_id, body)
        return wire.ConsentReceipt.model_validate(receipt)

    answer = idempotency.run(201, act)
    if not body.granted:
        finish_erasure(services, str(application_id))  # a busy reader is met by the timer, within a minute
    return answer


@router.post(
    _ONE + "/liveness-sessions",
    status_code=201,
    response_model=wire.ChallengeAnswer,
    responses=problems(401, 403, 404, 409, 429),
    openapi_extra=KEY_PARAMETER,
)
def post_liveness_session(
    application_id: uuid.UUID,
    body: wire.LivenessRequest,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Begin one face attempt: the actions to do and their order, signed."""

    def act(session: Session) -> wire.ChallengeAnswer:
        wishes = Wishes(body.source_kind, flash_accepted=body.flash_accepted, unhurried=body.unhurried)
        challenge = issue_challenge(services, session, idempotency.borrower_id, application_id, wishes)
        return wire.ChallengeAnswer.model_validate(challenge)

    return idempotency.run(201, act)


@router.put(
    "/liveness-sessions/{session_id}/evidence",
    responses=problems(401, 403, 404, 408, 409, 429, 503),
    openapi_extra=octet_body(
        "Segments, each a length (four bytes, big-endian, the topmost bit set on the last alone) and an HPKE envelope "
        "to the vault's key; all but the last hold 65,536 bytes; info: "
        "loanapp/evidence/v2|{session_id}|{application_id}|{borrower_id}|{nonce}|{index from 0}|{more or last}"
    ),
)
async def put_evidence(
    session_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep, body: EvidenceStream
) -> wire.VerdictAnswer:
    """Judge one attempt while its evidence arrives; the frames are never stored and go with the answer."""
    verdict = await take_evidence(services, borrower_id, session_id, body)
    return wire.VerdictAnswer(outcome=verdict.outcome, reasons=verdict.reasons, attempts_left=verdict.attempts_left)


@router.put(_ONE + "/bank-card", responses=problems(401, 403, 404, 409, 503))
def put_bank_card(
    application_id: uuid.UUID, body: wire.CardRequest, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.CardAnswer:
    """Bind a debit card of the borrower's own name."""
    bound = bind_card(services, borrower_id, application_id, body.number, body.phone)
    with services.database.read() as session:
        application = show(services, session, own_application(session, borrower_id, application_id))
    return wire.CardAnswer(
        bank=bank_words(services, bound.bank), last4=bound.last4, luhn_ok=bound.luhn_ok, application=application
    )
