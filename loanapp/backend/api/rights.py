"""What a borrower asks about their data, and the end of the account."""

import uuid

from fastapi import APIRouter

from loanapp.backend.http.dependencies import BorrowerDep, ServicesDep
from loanapp.backend.http.models import rights as wire
from loanapp.backend.http.models.application import Empty
from loanapp.backend.http.routes import problems
from loanapp.backend.rights.account import close_account
from loanapp.backend.rights.requests import answer_of, ask, requests_of
from loanapp.backend.services import Services
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


@router.post("/account/closure", responses=problems(401, 409))
def post_closure(body: Empty, services: ServicesDep, borrower_id: BorrowerDep) -> wire.AccountClosed:
    """Close the account: everything that may go goes, and every session ends."""
    del body
    return wire.AccountClosed(deletion_receipts=tuple(close_account(services, borrower_id)))


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
