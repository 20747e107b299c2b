"""Four eyes: a payout above the limit waits until two members of the payout role have said yes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import AtWork, anybody
from loanapp.backend.staff.tables import PayoutApproval, StaffNote
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus

EYES: Final = 2


@dataclass(frozen=True, slots=True)
class WaitingPayout:
    """A signed contract whose money waits for people."""

    application_id: str
    number: str
    amount: str
    since: datetime
    approved_by: tuple[str, ...]
    decided_by: str | None


def waits(services: Services, session: Session, application: Application) -> bool:
    """Whether the payout waits for people. A lender without any, as the demonstration's at first, waits for nobody."""
    if application.status is not ApplicationStatus.SIGNED or not _above(services, application):
        return False
    return anybody(session) and len(_approvals(session, application.id)) < EYES


def waiting_payouts(services: Services) -> list[WaitingPayout]:
    """Every payout that waits, the longest first."""
    with services.database.read() as session:
        signed = session.scalars(
            select(Application).where(Application.status == ApplicationStatus.SIGNED).order_by(Application.updated_at)
        )
        return [
            WaitingPayout(
                one.id,
                one.number,
                f"{_amount(one):,.2f}",
                one.updated_at,
                tuple(_approvals(session, one.id)),
                _decided_by(session, one.id),
            )
            for one in signed
            if waits(services, session, one)
        ]


def approve(services: Services, who: AtWork, application_id: str) -> bool:
    """One member's yes; ``True`` once the money goes.

    Raises ``NOT_FOUND`` where no payout waits, ``NOT_ALLOWED_NOW`` for whoever said yes before or approved the loan:
    four eyes are two people at every turn.
    """
    with services.database.write() as session:
        application = session.get(Application, application_id)
        if application is None or not waits(services, session, application):
            raise RefusedError(ErrorCode.NOT_FOUND)
        if who.member_id in {*_approvals(session, application_id), _decided_by(session, application_id)}:
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
        now = services.clock.now()
        session.add(PayoutApproval(application_id=application_id, member_id=who.member_id, at=now))
        detail = {"check": "payout_approved", "member": who.member_id}
        ledger.append(session, now, "check", application_id, detail, actor="staff")
        session.flush()
        goes = not waits(services, session, application)
    if goes:
        services.origination.advance(application_id)
    return goes


def _amount(application: Application) -> Decimal:
    return Decimal(application.offer["payout"]) if application.offer else Decimal(0)


def _above(services: Services, application: Application) -> bool:
    return _amount(application) > services.policies.limits.four_eyes_payout.value


def _approvals(session: Session, application_id: str) -> list[str]:
    query = select(PayoutApproval.member_id).where(PayoutApproval.application_id == application_id)
    return list(session.scalars(query.order_by(PayoutApproval.at)))


def _decided_by(session: Session, application_id: str) -> str | None:
    query = select(StaffNote.member_id).where(StaffNote.application_id == application_id, StaffNote.act == "approved")
    return session.scalars(query).first()
