"""Offers that ran out: the row says until when, and whoever looks after that finds the application expired."""

from sqlalchemy import select

from loanapp.backend.applications.store import set_status
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application
from loanapp.domain.status import ApplicationStatus

_OPEN = (ApplicationStatus.OFFERED.value, ApplicationStatus.SIGNING.value)


def expire_offers(services: Services, borrower_id: str) -> None:
    """Expire the borrower's offers that ran out; a read alone when there is none."""
    now = services.clock.now()
    query = select(Application).where(
        Application.borrower_id == borrower_id,
        Application.status.in_(_OPEN),
        Application.offer_valid_until <= now,
    )
    with services.database.read() as session:
        if session.scalars(query).first() is None:
            return
    with services.database.write() as session:
        for application in session.scalars(query):
            set_status(session, application, ApplicationStatus.EXPIRED, now)
