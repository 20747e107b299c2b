"""Questions to support: each gets a number to name on the telephone, and a time by which it is answered."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import new_number
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import SupportTicket
from loanapp.domain.errors import ErrorCode

_RETENTION: Final = "support_ticket"


def take(
    services: Services, session: Session, ticket_id: uuid.UUID, borrower_id: str | None, text: str
) -> SupportTicket:
    """Keep a question; the same id keeps one, however often it is sent.

    Raises ``INPUT_INVALID`` for a text longer than the policy takes, ``TOO_MANY_ATTEMPTS`` for too many questions.
    """
    before = session.get(SupportTicket, str(ticket_id))
    if before is not None:
        return before
    policy, now = services.policies.support, services.clock.now()
    if not text.strip() or len(text) > policy.longest_text:
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"text": ErrorCode.INPUT_INVALID})
    day, hour = timedelta(days=1), timedelta(hours=1)
    within, most = (day, policy.borrower_a_day) if borrower_id else (hour, policy.unknown_an_hour)
    if _count(session, borrower_id, now - within) >= most:
        raise RefusedError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=int(within.total_seconds()))
    ticket = SupportTicket(
        id=str(ticket_id),
        number=new_number(session, "KF", "support", now),
        borrower_id=borrower_id,
        text_sealed=services.cipher.encrypt(text.encode(), _place(str(ticket_id))),
        received_at=now,
        answer_by=now + timedelta(hours=policy.answer_within_hours),
    )
    session.add(ticket)
    return ticket


def _count(session: Session, borrower_id: str | None, since: datetime) -> int:
    mine = SupportTicket.borrower_id == borrower_id if borrower_id else SupportTicket.borrower_id.is_(None)
    query = select(func.count()).select_from(SupportTicket).where(mine, SupportTicket.received_at > since)
    return session.scalar(query) or 0


def text_of(services: Services, ticket: SupportTicket) -> str:
    """What was asked."""
    return services.cipher.decrypt(ticket.text_sealed, _place(ticket.id)).decode()


def _place(ticket_id: str) -> str:
    return f"support|{ticket_id}"


def forget_old(services: Services) -> None:
    """Delete the questions whose time is over."""
    now = services.clock.now()
    old = SupportTicket.received_at < now - timedelta(days=services.policies.retention_days(_RETENTION))
    with services.database.write() as session:
        known = select(SupportTicket.borrower_id).where(old, SupportTicket.borrower_id.is_not(None))
        for borrower_id in session.scalars(known).all():
            ledger.append(session, now, "deletion", None, {"what": _RETENTION}, borrower_id=borrower_id)
        session.execute(delete(SupportTicket).where(old))
