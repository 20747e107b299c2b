"""What an application needs by policy, from what the lender knows of it and of the person."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from loanapp.backend.branches.appointments import is_late
from loanapp.backend.policy.checks import Check, Demands, Situation
from loanapp.backend.policy.models import Policies
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, BranchAppointment, FaceState, LivenessSession, Loan, table_of
from loanapp.backend.verification.credential import credential_lapsed
from loanapp.domain.clock import CHINA
from loanapp.domain.liveness import VerdictOutcome

_VERIFIED: Final = frozenset({FaceState.PASSED, FaceState.MANUAL, FaceState.CREDENTIAL})


def _history(*, identified: bool) -> Select[Any]:
    """What a person did with the lender before this application, in one statement below the object mapper."""
    application, loan, attempt = (table_of(one) for one in (Application, Loan, LivenessSession))
    person = application.c.borrower_id == bindparam("borrower")
    if identified:
        person = or_(person, application.c.identity_index == bindparam("identity"))
    others = (
        select(application.c.id, application.c.updated_at).where(person, application.c.id != bindparam("own")).cte()
    )
    lent = (
        select(func.count().label("loans"), func.count(loan.c.settled_at).label("settled"))
        .where(loan.c.application_id.in_(select(others.c.id)))
        .subquery()
    )
    passed = (
        select(attempt.c.used_at, attempt.c.verdict)
        .where(attempt.c.application_id.in_(select(others.c.id)), attempt.c.outcome == VerdictOutcome.PASSED)
        .order_by(attempt.c.used_at.desc())
        .limit(1)
        .subquery()
    )
    return select(
        lent.c.loans,
        lent.c.settled,
        select(func.max(others.c.updated_at)).scalar_subquery().label("last"),
        passed.c.used_at.label("verified_at"),
        passed.c.verdict,
    ).select_from(lent.outerjoin(passed, true()))


_HISTORY: Final = {identified: _history(identified=identified) for identified in (False, True)}


def demands(services: Services, session: Session, application: Application) -> Demands:
    """What this application needs today, and why."""
    now = services.clock.now()
    return services.policies.checks.demands(
        situation(services.policies, session, application, now), now.astimezone(CHINA).date()
    )


def situation(policies: Policies, session: Session, application: Application, now: datetime) -> Situation:
    """The application as the rows of ``checks.toml`` see it; the person by identity number where it is known."""
    index = application.identity_index
    person = {"borrower": application.borrower_id, "identity": index, "own": application.id}
    session.flush()
    found = session.connection().execute(_HISTORY[index is not None], person).one()
    product = policies.product(application.product_id)
    policy = (found.verdict or {}).get("policy")
    return Situation(
        amount=application.amount,
        months=application.months,
        first_loan=not found.loans,
        settled=found.settled,
        verified_days=_days(found.verified_at, now),
        quiet_days=_days(found.last, application.created_at),
        upgraded=found.verified_at is not None and policy != f"face {policies.face.version}",
        partner=product.partner if product is not None else "",
    )


def _days(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, (now - since).days)


def is_verified(
    services: Services, application: Application, wanted: Demands, appointment: BranchAppointment | None
) -> bool:
    """Whether the person is verified as this loan needs it; a visit or credential whose time has passed is nothing."""
    if is_late(services, appointment):
        return False
    if wanted.needs(Check.BRANCH):
        return application.face_state is FaceState.MANUAL and appointment is not None
    verified = application.face_state in _VERIFIED and not credential_lapsed(services, application)
    return verified or not wanted.needs(Check.FACE)
