"""The face attempts on record: whose they are, how open ones end, and what a doubtful one leaves behind."""

from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from loanapp.backend.store.tables import Application, LivenessSession
from loanapp.domain.liveness import VerdictOutcome


def attempts_of(borrower_id: str) -> Select[LivenessSession]:
    """Every attempt of a borrower, in whichever application."""
    query = select(LivenessSession).join(Application, Application.id == LivenessSession.application_id)
    return query.where(Application.borrower_id == borrower_id)


def close_attempts(session: Session, application: Application, now: datetime) -> None:
    """Use up every open attempt: a verdict on its way finds it so, and is not kept."""
    query = select(LivenessSession).where(
        LivenessSession.application_id == application.id, LivenessSession.used_at.is_(None)
    )
    for attempt in session.scalars(query):
        attempt.used_at = now


def doubted(session: Session, application: Application, since: datetime | None = None) -> bool:
    """Whether an attempt (``since`` then) was left to a person: no later one takes that decision away from them."""
    earlier = exists().where(
        LivenessSession.application_id == application.id, LivenessSession.outcome == VerdictOutcome.REVIEW
    )
    if since is not None:
        earlier = earlier.where(LivenessSession.issued_at >= since)
    return bool(session.scalar(select(earlier)))
