"""The ways without a camera: a person compares the documents, or a visit to a branch; at the same price."""

import uuid

from fastapi import APIRouter, Response

from loanapp.backend.api.acts import act_on_application
from loanapp.backend.applications.store import own_application
from loanapp.backend.applications.view import show
from loanapp.backend.branches.appointments import book, cancel, free_slots
from loanapp.backend.http.dependencies import (
    KEY_PARAMETER,
    BorrowerDep,
    DocumentBody,
    IdempotencyDep,
    ServicesDep,
    octet_body,
)
from loanapp.backend.http.models import application as wire
from loanapp.backend.http.models.common import Words
from loanapp.backend.http.routes import problems
from loanapp.backend.verification.changed_face import keep_certificate
from loanapp.backend.verification.face import choose_manual
from loanapp.backend.verification.network_identity import present_code
from loanapp.domain.clock import CHINA

router = APIRouter(prefix="/v1/applications/{application_id}")


@router.post(
    "/manual-verification",
    response_model=wire.ApplicationAnswer,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def post_manual_verification(
    application_id: uuid.UUID,
    body: wire.ManualRequest,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Choose the way without a face: a person compares documents and card, at the same price."""
    return act_on_application(
        services,
        idempotency,
        lambda session: choose_manual(
            services, session, idempotency.borrower_id, application_id, changed_face=body.changed_face
        ),
    )


@router.put(
    "/changed-face-certificate",
    responses=problems(401, 403, 404, 409, 413),
    openapi_extra=octet_body(
        "A photo or PDF in an HPKE envelope to the vault's key; info: loanapp/certificate/v1|{application_id}"
    ),
)
def put_certificate(
    application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep, body: DocumentBody
) -> wire.ApplicationAnswer:
    """Add a hospital's certificate for a face that has changed; optional, and seen by nobody but who compares."""
    keep_certificate(services, borrower_id, application_id, body)
    with services.database.read() as session:
        return show(services, session, own_application(session, borrower_id, application_id))


@router.put("/network-identity", responses=problems(401, 404, 409, 429, 503))
def put_network_identity(
    application_id: uuid.UUID, body: wire.NetworkIdentityRequest, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.ApplicationAnswer:
    """Present a code of the national network identity app; a match verifies the borrower, at the same price."""
    present_code(services, borrower_id, application_id, body.code)
    with services.database.read() as session:
        return show(services, session, own_application(session, borrower_id, application_id))


@router.get("/branches", responses=problems(401, 404))
def get_branches(application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep) -> wire.BranchList:
    """The branches that can be visited and the times that are free; none where nobody would be there."""
    policy = services.policies.branches
    with services.database.read() as session:
        own_application(session, borrower_id, application_id)
        free = free_slots(services, session, str(application_id)) if services.sources.clerk else {}
    return wire.BranchList(
        branches=tuple(
            wire.BranchAnswer(
                id=branch.id,
                name=Words.of(branch.name),
                address=Words.of(branch.address),
                hours=Words.of(branch.hours),
                minutes=policy.slot_minutes,
                simulated=branch.simulated,
                slots=tuple(slot.astimezone(CHINA) for slot in free[branch.id]),
            )
            for branch in policy.branches
            if free.get(branch.id)
        )
    )


@router.post(
    "/branch-appointment",
    response_model=wire.ApplicationAnswer,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def post_branch_appointment(
    application_id: uuid.UUID,
    body: wire.BranchRequest,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Book a visit, or change it, while the application is a draft or staff wait for the visit; at the same price."""
    return act_on_application(
        services,
        idempotency,
        lambda session: book(services, session, idempotency.borrower_id, application_id, body),
    )


@router.post(
    "/branch-appointment/cancel",
    response_model=wire.ApplicationAnswer,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def post_branch_cancel(
    application_id: uuid.UUID,
    body: wire.Empty,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Cancel the visit; any way can then be chosen."""
    del body
    return act_on_application(
        services, idempotency, lambda session: cancel(services, session, idempotency.borrower_id, application_id)
    )
