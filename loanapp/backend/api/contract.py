"""From the offer to the signed contract: cost table, certificate, contract, time-stamps."""

import uuid
from decimal import Decimal
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from loanapp.backend.api.acts import act_on_application
from loanapp.backend.api.code_answers import code_values
from loanapp.backend.applications.store import own_application
from loanapp.backend.applications.view import show
from loanapp.backend.auth.sessions import device_of
from loanapp.backend.evidence.bundle import evidence_bundle
from loanapp.backend.http.dependencies import (
    KEY_PARAMETER,
    BorrowerDep,
    IdempotencyDep,
    PdfBody,
    ServicesDep,
    TimestampBody,
    TokenDep,
    octet_body,
)
from loanapp.backend.http.models import contract as wire
from loanapp.backend.http.models.application import ApplicationAnswer, Empty
from loanapp.backend.http.routes import binary, problems
from loanapp.backend.offers.acceptance import accept_offer
from loanapp.backend.offers.disclosure import confirm_disclosure, show_disclosure
from loanapp.backend.signing.certificates import certify_key, keep_certificate
from loanapp.backend.signing.codes import confirm_signing_code, send_signing_code
from loanapp.backend.signing.contract import contract_pdf, take_signed
from loanapp.backend.signing.time import answer_query
from loanapp.proof.canonical_json import canonical_sha256

router = APIRouter(prefix="/v1")
_ONE = "/applications/{application_id}"
_PDF: Final = "application/pdf"
_ZIP: Final = "application/zip"
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"


@router.post(
    _ONE + "/offer/accept",
    response_model=ApplicationAnswer,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def post_accept(
    application_id: uuid.UUID,
    body: wire.AcceptRequest,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Accept the offer; the contract is made of it."""
    return act_on_application(
        services,
        idempotency,
        lambda session: accept_offer(services, session, idempotency.borrower_id, application_id, body.offer_id),
    )


@router.get(_ONE + "/cost-disclosure", responses=problems(401, 404, 409))
def get_disclosure(application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep) -> wire.DisclosureAnswer:
    """The mandatory cost table; the reading time begins when it is first served after the offer was accepted."""
    with services.database.write() as session:
        table = show_disclosure(services, session, borrower_id, application_id)
    return wire.DisclosureAnswer(disclosure=wire.Disclosure.model_validate(table), sha256=canonical_sha256(table))


@router.post(
    _ONE + "/cost-disclosure/confirmation",
    response_model=ApplicationAnswer,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def post_confirmation(
    application_id: uuid.UUID,
    body: wire.ConfirmRequest,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Confirm that the cost table was read."""
    return act_on_application(
        services,
        idempotency,
        lambda session: confirm_disclosure(
            services,
            session,
            idempotency.borrower_id,
            application_id,
            sha256=body.sha256,
            seconds_on_screen=body.seconds_on_screen,
            end_reached=body.end_reached,
        ),
    )


@router.post(
    _ONE + "/contract/code",
    status_code=201,
    response_model=wire.SigningCodeAnswer,
    responses=problems(401, 404, 409, 429, 503),
    openapi_extra=KEY_PARAMETER,
)
def post_signing_code(
    application_id: uuid.UUID,
    body: Empty,
    services: ServicesDep,
    borrower_id: BorrowerDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Send a one-time code that authorises signing this contract and nothing else; one message for each key."""
    del body
    if (before := idempotency.replay()) is not None:
        return before
    sent = send_signing_code(services, borrower_id, application_id)
    answer = wire.SigningCodeAnswer(
        **code_values(services, sent.issued),
        phone_masked=sent.phone_masked,
        contract_number=sent.contract_number,
        payout=Decimal(sent.payout),
        total_repayment=Decimal(sent.total_repayment),
    )
    return idempotency.run(201, lambda _session: answer)


@router.post(_ONE + "/contract/code/confirmation", responses=problems(401, 404, 409, 429))
def post_signing_code_confirmation(
    application_id: uuid.UUID,
    body: wire.CodeConfirmation,
    services: ServicesDep,
    borrower_id: BorrowerDep,
    token: TokenDep,
) -> ApplicationAnswer:
    """Confirm the code: the contract may be signed for a short while."""
    device_id = device_of(services, token)
    confirm_signing_code(services, borrower_id, application_id, body.challenge_id, body.code, device_id=device_id)
    with services.database.read() as session:
        return show(services, session, own_application(session, borrower_id, application_id))


@router.post(
    _ONE + "/certificate",
    status_code=201,
    response_model=wire.CertificateAnswer,
    responses=problems(401, 404, 409, 503),
    openapi_extra=KEY_PARAMETER,
)
def post_certificate(
    application_id: uuid.UUID,
    body: wire.CertificateRequest,
    services: ServicesDep,
    borrower_id: BorrowerDep,
    idempotency: IdempotencyDep,
    *,
    token: TokenDep,
) -> Response:
    """Certify the key made on the borrower's machine."""
    if (before := idempotency.replay()) is not None:
        return before
    device_id = device_of(services, token)
    issued = certify_key(services, borrower_id, application_id, body.csr_pem, device_id=device_id)

    def act(session: Session) -> wire.CertificateAnswer:
        keep_certificate(services, session, borrower_id, application_id, issued, device_id=device_id)
        return wire.CertificateAnswer(certificate_pem=issued.certificate_pem, chain_pem=issued.chain_pem)

    return idempotency.run(201, act)


@router.get(_ONE + "/contract", response_class=Response, responses={**binary(_PDF), **problems(401, 404)})
def get_contract(application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep) -> Response:
    """The contract as PDF: prepared for signing, or final once both have signed."""
    with services.database.read() as session:
        pdf = contract_pdf(services, session, borrower_id, application_id)
    return Response(pdf, media_type=_PDF)


@router.post(
    "/timestamps",
    response_class=Response,
    responses={**binary(_REPLY), **problems(401, 413, 503)},
    openapi_extra=octet_body("An RFC 3161 query in DER", _QUERY),
)
def post_timestamp(services: ServicesDep, _borrower: BorrowerDep, body: TimestampBody) -> Response:
    """Time-stamp a hash (RFC 3161); a query that does not hold is refused inside the reply."""
    return Response(answer_query(services, body), media_type=_REPLY)


@router.put(
    _ONE + "/contract/signed",
    responses=problems(401, 404, 409, 413, 503),
    openapi_extra=octet_body("The served contract with the borrower's signature revision appended", _PDF),
)
def put_signed(
    application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep, body: PdfBody, token: TokenDep
) -> ApplicationAnswer:
    """Hand in the signed contract; the lender countersigns and pays out."""
    take_signed(services, borrower_id, application_id, body, device_of(services, token))
    services.origination.advance(str(application_id))
    with services.database.read() as session:
        return show(services, session, own_application(session, borrower_id, application_id))


@router.get(_ONE + "/evidence", response_class=Response, responses={**binary(_ZIP), **problems(401, 404, 409, 503)})
def get_evidence(application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep) -> Response:
    """The evidence bundle of a contract both have signed, made anew under the newest head of the ledger."""
    return Response(evidence_bundle(services, borrower_id, application_id), media_type=_ZIP)
