"""Offers that ran out: the row says until when, and whoever looks after that finds the application expired."""

from sqlalchemy import bindparam, select

from loanapp.backend.applications.store import set_status
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, table_of
from loanapp.domain.status import ApplicationStatus

_OPEN = (ApplicationStatus.OFFERED.value, ApplicationStatus.SIGNING.value)
_THOSE = (
    Application.borrower_id == bindparam("borrower"),
    Application.status.in_(_OPEN),
    Application.offer_valid_until <= bindparam("now"),
)
_RAN_OUT = select(table_of(Application).c.id).where(*_THOSE).limit(1)


def expire_offers(services: Services, borrower_id: str) -> None:
    """Expire the borrower's offers that ran out; a read alone when there is none."""
    now = services.clock.now()
    mine = {"borrower": borrower_id, "now": now}
    with services.database.look() as connection:
        if connection.execute(_RAN_OUT, mine).first() is None:
            return
    with services.database.write() as session:
        for application in session.scalars(select(Application).where(*_THOSE), mine):
            set_status(session, application, ApplicationStatus.EXPIRED, now)
