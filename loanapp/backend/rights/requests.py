"""Requests of borrowers about their data: kept sealed, answered by a person, or in the demonstration simulated."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import new_number
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import anybody
from loanapp.backend.store import ledger
from loanapp.backend.store.ledger import Actor
from loanapp.backend.store.tables import RightRecord
from loanapp.domain.errors import ErrorCode
from loanapp.domain.rights import RightKind, RightState

_RETENTION: Final = "right_request"


def ask(services: Services, borrower_id: str, request_id: uuid.UUID, kind: RightKind, text: str) -> None:
    """Keep a request; the same id asks once.

    Raises ``INPUT_INVALID`` for no text or one too long, ``NOT_FOUND`` for somebody else's id, ``TOO_MANY_ATTEMPTS``.
    """
    policy, now = services.policies.rights, services.clock.now()
    if not text.strip() or len(text) > policy.longest_text:
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"text": ErrorCode.INPUT_INVALID})
    with services.database.write() as session:
        before = session.get(RightRecord, str(request_id))
        if before is not None:
            if before.borrower_id != borrower_id:
                raise RefusedError(ErrorCode.NOT_FOUND)
            return
        if _asked_since(session, borrower_id, now - timedelta(days=1)) >= policy.requests_a_day:
            raise RefusedError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=24 * 3600)
        session.add(
            RightRecord(
                id=str(request_id),
                number=new_number(session, "QL", "right", now),
                borrower_id=borrower_id,
                kind=kind,
                text_sealed=services.cipher.encrypt(text.strip().encode(), _place(str(request_id), "text")),
                asked_at=now,
                answer_by=now + timedelta(days=policy.days[kind]),
                state=RightState.RECEIVED,
            )
        )
        ledger.append(session, now, "right", None, {"what": kind.value}, actor="borrower", borrower_id=borrower_id)


def requests_of(services: Services, borrower_id: str) -> list[RightRecord]:
    """Every request of a borrower, the newest first; a simulated answer that is due is given before."""
    _answer_simulated(services, borrower_id)
    with services.database.read() as session:
        query = select(RightRecord).where(RightRecord.borrower_id == borrower_id)
        return list(session.scalars(query.order_by(RightRecord.asked_at.desc())))


def open_requests(services: Services) -> list[RightRecord]:
    """What waits for a person, the most urgent first."""
    with services.database.read() as session:
        query = select(RightRecord).where(RightRecord.state == RightState.RECEIVED)
        return list(session.scalars(query.order_by(RightRecord.answer_by)))


def read_request(services: Services, request_id: str, member: str) -> tuple[RightRecord, str]:
    """An open request and its words, to a member of staff; the look is an entry of the ledger. Raises ``NOT_FOUND``."""
    with services.database.write() as session:
        record = session.get(RightRecord, request_id)
        if record is None or record.state is not RightState.RECEIVED:
            raise RefusedError(ErrorCode.NOT_FOUND)
        seen = {"what": "right_request", "member": member}
        now, borrower_id = services.clock.now(), record.borrower_id
        ledger.append(session, now, "access", None, seen, actor="staff", borrower_id=borrower_id)
        return record, text_of(services, record)


def answer(services: Services, request_id: str, text: str, member: str) -> None:
    """Answer as a member of staff; raises ``NOT_FOUND`` where nothing waits for an answer."""
    with services.database.write() as session:
        record = session.get(RightRecord, request_id)
        if record is None or record.state is not RightState.RECEIVED:
            raise RefusedError(ErrorCode.NOT_FOUND)
        record.answer_sealed = services.cipher.encrypt(text.encode(), _place(request_id, "answer"))
        _close(services, session, record, "staff", member)


def forget_old(services: Services) -> None:
    """Delete the requests whose time is over."""
    now = services.clock.now()
    old = RightRecord.asked_at < now - timedelta(days=services.policies.retention_days(_RETENTION))
    with services.database.write() as session:
        for borrower_id in session.scalars(select(RightRecord.borrower_id).where(old)).all():
            ledger.append(session, now, "deletion", None, {"what": _RETENTION}, borrower_id=borrower_id)
        session.execute(delete(RightRecord).where(old))


def text_of(services: Services, record: RightRecord) -> str:
    """What was asked."""
    return services.cipher.decrypt(record.text_sealed, _place(record.id, "text")).decode()


def answer_of(services: Services, record: RightRecord) -> str | None:
    """A person's answer; ``None`` before it, and where the answer is the simulated one, which has no words."""
    if record.answer_sealed is None:
        return None
    return services.cipher.decrypt(record.answer_sealed, _place(record.id, "answer")).decode()


def _answer_simulated(services: Services, borrower_id: str) -> None:
    """Let the demonstration's simulated person answer what has waited as long as one takes; a lender's people do."""
    if not services.policies.profile.simulated:
        return
    due = services.clock.now() - timedelta(seconds=services.policies.simulation.reviewer_seconds)
    query = select(RightRecord).where(
        RightRecord.borrower_id == borrower_id,
        RightRecord.state == RightState.RECEIVED,
        RightRecord.asked_at <= due,
    )
    with services.database.read() as session:
        if anybody(session) or session.scalars(query).first() is None:
            return
    with services.database.write() as session:
        for record in session.scalars(query):
            _close(services, session, record, "simulated_reviewer")


def _close(services: Services, session: Session, record: RightRecord, actor: Actor, member: str = "") -> None:
    now = services.clock.now()
    record.state, record.answered_at = RightState.ANSWERED, now
    detail = {"what": "request_answered", "kind": record.kind.value} | ({"member": member} if member else {})
    ledger.append(session, now, "right", None, detail, actor=actor, borrower_id=record.borrower_id)


def _asked_since(session: Session, borrower_id: str, since: datetime) -> int:
    query = select(func.count()).select_from(RightRecord)
    return session.scalar(query.where(RightRecord.borrower_id == borrower_id, RightRecord.asked_at > since)) or 0


def _place(request_id: str, part: str) -> str:
    return f"right|{request_id}|{part}"
