"""What an application needs by policy, from what the lender knows of it and of the person."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import of_person
from loanapp.backend.branches.appointments import booked, missed
from loanapp.backend.policy.checks import Check, Demands, Situation
from loanapp.backend.policy.models import Policies
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, FaceState, LivenessSession, Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.liveness import VerdictOutcome

_VERIFIED: Final = frozenset({FaceState.PASSED, FaceState.MANUAL})


def demands(services: Services, session: Session, application: Application) -> Demands:
    """What this application needs today, and why."""
    now = services.clock.now()
    return services.policies.checks.demands(
        situation(services.policies, session, application, now), now.astimezone(CHINA).date()
    )


def situation(policies: Policies, session: Session, application: Application, now: datetime) -> Situation:
    """The application as the rows of ``checks.toml`` see it; the person by identity number where it is known."""
    person = of_person(application.borrower_id, application.identity_index)
    others = select(Application.id).where(person, Application.id != application.id)
    loans = list(session.scalars(select(Loan).where(Loan.application_id.in_(others))))
    passed = session.scalars(
        select(LivenessSession)
        .where(LivenessSession.application_id.in_(others), LivenessSession.outcome == VerdictOutcome.PASSED)
        .order_by(LivenessSession.used_at.desc())
        .limit(1)
    ).first()
    last = session.scalar(select(func.max(Application.updated_at)).where(Application.id.in_(others)))
    product = policies.product(application.product_id)
    policy = (passed.verdict or {}).get("policy") if passed is not None else None
    return Situation(
        amount=application.amount,
        months=application.months,
        first_loan=not loans,
        settled=sum(loan.settled_at is not None for loan in loans),
        verified_days=_days(passed.used_at if passed is not None else None, now),
        quiet_days=_days(last, application.created_at),
        upgraded=passed is not None and policy != f"face {policies.face.version}",
        partner=product.partner if product is not None else "",
    )


def _days(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, (now - since).days)


def verified_enough(services: Services, session: Session, application: Application) -> bool:
    """Whether the person is verified as this loan needs it; a visit whose time has passed verifies nobody."""
    if missed(services, session, application):
        return False
    wanted = demands(services, session, application)
    if wanted.needs(Check.BRANCH):
        return application.face_state is FaceState.MANUAL and booked(session, application) is not None
    return application.face_state in _VERIFIED or not wanted.needs(Check.FACE)
