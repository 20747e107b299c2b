"""For who needs help: a question to support, and bytes that go nowhere, to see how fast they arrive."""

import uuid
from typing import Final

from fastapi import APIRouter, Request

from loanapp.backend.http.dependencies import MaybeBorrowerDep, ServicesDep, octet_body, read_limited
from loanapp.backend.http.models import support as wire
from loanapp.backend.http.routes import problems
from loanapp.backend.support.tickets import take

router = APIRouter(prefix="/v1")
_TRIAL_LIMIT: Final = 256 * 1024


# Nobody needs to be signed in to ask: the empty requirement stands beside the session's.
@router.put("/support-tickets/{ticket_id}", responses=problems(429), openapi_extra={"security": [{}]})
def put_ticket(
    ticket_id: uuid.UUID, body: wire.TicketRequest, services: ServicesDep, borrower_id: MaybeBorrowerDep
) -> wire.TicketAnswer:
    """Ask support, signed in or not; the same id asks once, however often it is sent."""
    with services.database.write() as session:
        ticket = take(services, session, ticket_id, borrower_id, body.text)
        return wire.TicketAnswer(number=ticket.number, received_at=ticket.received_at, answer_by=ticket.answer_by)


@router.put("/upload-trial", responses=problems(413), openapi_extra=octet_body("Any bytes, at most 256 KiB"))
async def put_trial(request: Request) -> wire.TrialAnswer:
    """Take bytes and forget them: whoever sends them learns how fast they go."""
    return wire.TrialAnswer(bytes=len(await read_limited(request, _TRIAL_LIMIT)))
