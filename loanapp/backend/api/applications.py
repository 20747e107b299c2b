"""Making, seeing, changing and withdrawing an application."""

import uuid

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.api.acts import act_on_application
from loanapp.backend.applications.around import Around
from loanapp.backend.applications.standing import Standing
from loanapp.backend.applications.store import (
    Profile,
    Sealed,
    draft,
    filled_in,
    missing_for_submit,
    new_number,
    note_status,
    own_application,
    set_status,
)
from loanapp.backend.applications.terms import check_terms, set_terms
from loanapp.backend.applications.view import show
from loanapp.backend.http.dependencies import (
    KEY_PARAMETER,
    BorrowerDep,
    IdempotencyDep,
    OriginDep,
    ServicesDep,
)
from loanapp.backend.http.models import application as wire
from loanapp.backend.http.models.common import yuan
from loanapp.backend.http.routes import problems
from loanapp.backend.offers.expiry import expire_offers
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signals.origin import note_origin
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import FILLING, ApplicationStatus

router = APIRouter(prefix="/v1/applications")


@router.post(
    "",
    status_code=201,
    response_model=wire.ApplicationAnswer,
    responses=problems(401, 409),
    openapi_extra=KEY_PARAMETER,
)
def create(body: wire.TermsRequest, services: ServicesDep, idempotency: IdempotencyDep) -> Response:
    """Begin an application; a borrower has one under way at a time."""
    return idempotency.run(201, lambda session: _create(services, session, idempotency.borrower_id, body))


def _create(services: Services, session: Session, borrower_id: str, body: wire.TermsRequest) -> wire.ApplicationAnswer:
    standing, now = Standing(services, session, borrower_id, None), services.clock.now()
    if live := standing.live:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, application_id=live.id, status=live.status.value)
    standing.refuse_too_soon()
    check_terms(services, body, standing.owed)
    for one in standing.ran_out:
        set_status(session, session.get_one(Application, one), ApplicationStatus.EXPIRED, now)
    application = Application(
        id=str(uuid.uuid4()),
        number=new_number(session, "LA", "application", now),
        borrower_id=borrower_id,
        status=ApplicationStatus.DRAFT,
        created_at=now,
        updated_at=now,
    )
    set_terms(application, body)
    session.add(application)
    note_status(session, application, now)
    ledger.append(session, now, "status", application.id, {"status": "draft"}, actor="borrower")
    return show(services, session, application)


@router.get("", responses=problems(401))
def list_own(services: ServicesDep, borrower_id: BorrowerDep) -> wire.ApplicationList:
    """The borrower's applications, newest first."""
    expire_offers(services, borrower_id)
    with services.database.read() as session:
        query = select(Application).where(Application.borrower_id == borrower_id)
        found = session.scalars(query.order_by(Application.created_at.desc(), Application.number.desc())).all()
        return wire.ApplicationList(applications=tuple(show(services, session, one) for one in found))


@router.get("/{application_id}", responses=problems(401, 404))
def get(application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep) -> wire.ApplicationAnswer:
    """One application."""
    expire_offers(services, borrower_id)
    with services.database.read() as session:
        application = own_application(session, borrower_id, application_id)
        if application.status in FILLING:
            services.inference.warm_up()
        return show(services, session, application)


@router.put("/{application_id}/terms", responses=problems(401, 404, 409))
def put_terms(
    application_id: uuid.UUID, body: wire.TermsRequest, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.ApplicationAnswer:
    """Change the terms asked for."""
    with services.database.write() as session:
        application = draft(session, borrower_id, application_id)
        check_terms(services, body, Standing(services, session, borrower_id, application.identity_index).owed)
        set_terms(application, body)
        application.updated_at = services.clock.now()
        return show(services, session, application)


@router.put("/{application_id}/profile", responses=problems(401, 404, 409))
def put_profile(
    application_id: uuid.UUID, body: wire.ProfileRequest, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.ApplicationAnswer:
    """State work, income and debts."""
    with services.database.write() as session:
        application = filled_in(session, borrower_id, application_id, "profile_sealed")
        Sealed(services, application).profile = Profile(
            body.employment, yuan(body.monthly_income), yuan(body.monthly_debt)
        )
        application.updated_at = services.clock.now()
        return show(services, session, application)


@router.post(
    "/{application_id}/submit",
    response_model=wire.ApplicationAnswer,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def submit(
    application_id: uuid.UUID,
    body: wire.Empty,
    services: ServicesDep,
    *,
    came_from: OriginDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Hand the application in; from here the lender leads."""
    del body

    def act(session: Session) -> Application:
        application = filled_in(session, idempotency.borrower_id, application_id)
        around = Around(services, session, application)
        if missing := missing_for_submit(services, application, around.consents, verified=around.verified):
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, missing=",".join(missing))
        Standing(services, session, idempotency.borrower_id, application.identity_index).refuse_too_soon()
        note_origin(services, session, application, came_from)
        again = application.status is ApplicationStatus.NEEDS_MORE
        handed_in = ApplicationStatus.VERIFYING if again else ApplicationStatus.SUBMITTED
        set_status(session, application, handed_in, services.clock.now(), "borrower")
        return application

    answer = act_on_application(services, idempotency, act)
    services.origination.advance(str(application_id))
    return answer


@router.post(
    "/{application_id}/withdraw",
    response_model=wire.ApplicationAnswer,
    responses=problems(401, 404, 409),
    openapi_extra=KEY_PARAMETER,
)
def withdraw(
    application_id: uuid.UUID,
    body: wire.Empty,
    services: ServicesDep,
    idempotency: IdempotencyDep,
) -> Response:
    """Take the application back; possible until the contract is signed."""
    del body

    def act(session: Session) -> Application:
        application = own_application(session, idempotency.borrower_id, application_id)
        set_status(session, application, ApplicationStatus.WITHDRAWN, services.clock.now(), "borrower")
        return application

    return act_on_application(services, idempotency, act)
