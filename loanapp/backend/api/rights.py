"""What a borrower asks about their data, and the end of the account."""

import uuid

from fastapi import APIRouter
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import own_application
from loanapp.backend.http.dependencies import BorrowerDep, ServicesDep
from loanapp.backend.http.models import rights as wire
from loanapp.backend.http.models.application import Empty
from loanapp.backend.http.models.common import Words, yuan
from loanapp.backend.http.routes import problems
from loanapp.backend.refusal import RefusedError
from loanapp.backend.rights.account import close_account
from loanapp.backend.rights.corrections import at_once, correct, history_of, values_of
from loanapp.backend.rights.requests import answer_of, ask, requests_of
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application
from loanapp.domain.consent import phase_of
from loanapp.domain.errors import ErrorCode
from loanapp.domain.rights import RightState

router = APIRouter(prefix="/v1")


@router.get("/rights-requests", responses=problems(401))
def get_requests(services: ServicesDep, borrower_id: BorrowerDep) -> wire.RightAnswers:
    """Every request, with its answer once there is one."""
    return _show(services, borrower_id)


@router.put("/rights-requests/{request_id}", responses=problems(401, 404, 429))
def put_request(
    request_id: uuid.UUID, body: wire.RightRequest, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.RightAnswers:
    """Ask; the same id asks once, however often it is sent."""
    ask(services, borrower_id, request_id, body.kind, body.text)
    return _show(services, borrower_id)


@router.get("/applications/{application_id}/corrections", responses=problems(401, 404))
def get_corrections(
    application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.CorrectionsAnswer:
    """What of an application can be corrected now, what it is, and what was corrected before."""
    with services.database.read() as session:
        return _corrections(services, session, own_application(session, borrower_id, application_id))


@router.put("/applications/{application_id}/corrections", responses=problems(401, 404, 409))
def put_corrections(
    application_id: uuid.UUID, body: wire.CorrectionRequest, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.CorrectionsAnswer:
    """Correct at once what no check depends on; the value before is kept, and each correction is an entry."""
    said = body.model_dump(exclude_none=True)
    wanted = {
        field: f"{yuan(value):.2f}" if field.startswith("monthly_") else value.strip() for field, value in said.items()
    }
    if not wanted.get("address", "there"):
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"address": ErrorCode.INPUT_INVALID})
    with services.database.write() as session:
        application = correct(services, session, borrower_id, application_id, wanted)
        return _corrections(services, session, application)


def _corrections(services: Services, session: Session, application: Application) -> wire.CorrectionsAnswer:
    held, now, rights = values_of(services, application), at_once(services, application), services.policies.rights
    return wire.CorrectionsAnswer(
        fields=tuple(
            wire.CorrectableAnswer(
                field=one.field,
                value=held.get(one.field),
                at_once=one.field in now and one.field in held,
                why_not=Words.of(rights.why_not(one, phase_of(application.status))),
            )
            for one in rights.corrections
        ),
        history=tuple(
            wire.CorrectedAnswer(field=one.field, at=one.at, before=one.before, after=one.after)
            for one in history_of(services, session, application.id)
        ),
    )


@router.post("/account/closure", responses=problems(401, 409))
def post_closure(body: Empty, services: ServicesDep, borrower_id: BorrowerDep) -> wire.AccountClosed:
    """Close the account: everything that may go goes, every session ends, and what law keeps is only kept."""
    del body
    closed, law = close_account(services, borrower_id), Words.of(services.policies.kept_by_law.law)
    return wire.AccountClosed(
        deletion_receipts=tuple(closed.receipts),
        kept=tuple(wire.KeptRecords(number=number, until=until, law=law) for number, until in closed.kept),
    )


def _show(services: Services, borrower_id: str) -> wire.RightAnswers:
    return wire.RightAnswers(
        requests=tuple(
            wire.RightAnswer(
                id=one.id,
                number=one.number,
                kind=one.kind.value,
                state=one.state,
                asked_at=one.asked_at,
                answer_by=one.answer_by,
                answered_at=one.answered_at,
                answer=answer_of(services, one),
                simulated=one.state is RightState.ANSWERED and one.answer_sealed is None,
            )
            for one in requests_of(services, borrower_id)
        )
    )
