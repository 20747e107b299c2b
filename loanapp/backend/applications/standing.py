"""What a person has with the lender already: one application under way, what is owed, until when to wait."""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, RetryWait, table_of
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ENDED, ApplicationStatus

_S = ApplicationStatus
_OWED: Final = frozenset({_S.SIGNED, _S.DISBURSING, _S.ACTIVE})
# A loan that is being repaid does not keep the borrower from asking for another; the limits do.
_NOT_LIVE: Final = ENDED | {_S.ACTIVE}
_OFFERED: Final = frozenset({_S.OFFERED, _S.SIGNING})
_COUNTS_NO_MORE: Final = [status.value for status in ENDED - {_S.DECLINED}]


def _query(*, identified: bool) -> Select[Any]:
    """What still counts, in one statement below the object mapper."""
    application = table_of(Application)
    person = application.c.borrower_id == bindparam("borrower")
    if identified:
        person = or_(person, application.c.identity_index == bindparam("identity"))
    names = ("id", "borrower_id", "status", "amount", "offer_valid_until")
    return select(*(application.c[name] for name in names)).where(person, application.c.status.not_in(_COUNTS_NO_MORE))


_COUNTING: Final = {identified: _query(identified=identified) for identified in (False, True)}
_WAITS: Final = select(table_of(RetryWait).c.until).where(
    RetryWait.person.in_([bindparam("borrower"), bindparam("identity")])
)


class Standing:
    """Read once, in the caller's transaction; ``identity_index`` finds the person under any phone."""

    def __init__(self, services: Services, session: Session, borrower_id: str, identity_index: str | None) -> None:
        self._services, self._session = services, session
        self._person = {"borrower": borrower_id, "identity": identity_index or borrower_id}
        session.flush()
        query = _COUNTING[identity_index is not None]
        self._rows = session.connection().execute(query, self._person).all()

    @property
    def live(self) -> Row[Any] | None:
        """Id and status of what this borrower has under way; an offer that ran out is not."""
        under_way = (one for one in self._rows if one.status not in _NOT_LIVE and not self._ran_out(one))
        return next((one for one in under_way if one.borrower_id == self._person["borrower"]), None)

    @property
    def ran_out(self) -> list[str]:
        """The ids of offers that ran out and that nobody has looked at since."""
        return [one.id for one in self._rows if self._ran_out(one)]

    def _ran_out(self, one: Row[Any]) -> bool:
        return one.status in _OFFERED and one.offer_valid_until <= self._services.clock.now()

    @property
    def owed(self) -> Decimal:
        """Principal this person owes or is about to be paid, in yuan."""
        return sum((one.amount for one in self._rows if one.status in _OWED), Decimal(0))

    def refuse_too_soon(self) -> None:
        """Raise ``APPLICATION_TOO_SOON`` with the day ``retry_after`` a declined person was told to come back on."""
        today = self._services.clock.now().astimezone(CHINA).date().isoformat()
        declined = (self._session.get_one(Application, one.id) for one in self._rows if one.status is _S.DECLINED)
        decisions = (Sealed(self._services, application).decision or {} for application in declined)
        waits = self._session.connection().execute(_WAITS, self._person).scalars()
        told = [str(decision.get("retry_after") or "") for decision in decisions]
        latest = max([*told, *(until.isoformat() for until in waits)], default="")
        if latest > today:
            raise RefusedError(ErrorCode.APPLICATION_TOO_SOON, retry_after=latest)
