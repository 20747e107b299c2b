"""Who used my data: the borrower's own entries of the ledger."""

import base64
from typing import Annotated, Final

from fastapi import APIRouter, Query

from loanapp.backend.data_uses.history import own_history
from loanapp.backend.http.dependencies import BorrowerDep, ServicesDep
from loanapp.backend.http.models import data_uses as wire
from loanapp.backend.http.routes import problems

router = APIRouter(prefix="/v1")

_LARGEST: Final = 2**53 - 1
Number = Annotated[int, Query(ge=0, le=_LARGEST)]


@router.get("/data-uses", responses=problems(401))
def get_data_uses(
    services: ServicesDep, borrower_id: BorrowerDep, seen: Number = 0, after: Number = 0
) -> wire.DataUses:
    """Every use of the borrower's data, provable under the newest head."""
    history = own_history(services, borrower_id, seen=seen, after=after)
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
