"""The borrower's data: who used them, a copy of them, and their deletion."""

import base64
import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Query

from loanapp.backend.data_uses.copy import copy_of_data
from loanapp.backend.data_uses.erasure import erase_on_request
from loanapp.backend.data_uses.history import own_history
from loanapp.backend.http.dependencies import BorrowerDep, ServicesDep
from loanapp.backend.http.models import data_uses as wire
from loanapp.backend.http.models.application import Empty
from loanapp.backend.http.routes import problems

router = APIRouter(prefix="/v1")

_LARGEST: Final = 2**53 - 1
Number = Annotated[int, Query(ge=0, le=_LARGEST)]


@router.get("/data-uses", responses=problems(401))
def get_data_uses(
    services: ServicesDep, borrower_id: BorrowerDep, seen: Number = 0, after: Number = 0, size: Number = 0
) -> wire.DataUses:
    """Every use of the borrower's data, provable under the newest head, or the one of ``size`` entries if there is one.

    Whoever reads on page by page names the first page's head, so that new entries meanwhile move nothing.
    """
    history = own_history(services, borrower_id, seen=seen, after=after, size=size)
    head = history.head
    return wire.DataUses.model_validate(
        {
            "head": head.signed,
            "stamp": base64.b64encode(head.stamp).decode("ascii") if head.stamp else None,
            "stamped_at": head.stamped_at,
            "growth": history.growth,
            "entries": history.entries,
            "more": history.more,
        }
    )


@router.post("/my-data/copies", responses=problems(401))
def post_copy(body: Empty, services: ServicesDep, borrower_id: BorrowerDep) -> wire.DataCopy:
    """A copy of everything the lender holds about the borrower; that it was made is an entry of the ledger."""
    del body
    with services.database.write() as session:
        return wire.DataCopy.model_validate(copy_of_data(services, session, borrower_id))


@router.post("/applications/{application_id}/erasure", responses=problems(401, 404, 409))
def post_erasure(
    application_id: uuid.UUID, body: Empty, services: ServicesDep, borrower_id: BorrowerDep
) -> wire.DeletionReceipt:
    """Delete what an application without a loan holds; asked again, the same receipt."""
    del body
    return wire.DeletionReceipt.model_validate(erase_on_request(services, borrower_id, application_id))
