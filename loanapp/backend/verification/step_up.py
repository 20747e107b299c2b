"""Showing once more who one is before money moves: what asks for it, what was shown, and the refusal without it.

By camera, held against the portrait of the document as before; or by a member of staff, who speaks with the borrower:
by telephone, or face to face where a row says that a call proves nothing, for whoever holds the SIM card answers it.
Nothing of the frames is kept. A face that is another's ends in no payout: the verdict is on the ledger, and after too
many failures the camera's way is locked and a person's alone is left.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed, of_person
from loanapp.backend.auth.known_computers import long_unused, new_computer_signed_in
from loanapp.backend.policy.step_up import Act, Moment, StepUpRule
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import reviewer_simulated
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Loan, StepUpRecord
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import FaceWay, StepUpState
from loanapp.domain.status import ApplicationStatus

_PAYOUT: Final = Act.PAYOUT.value
_BY_PERSON: Final = (FaceWay.MANUAL.value, FaceWay.BRANCH.value)


@dataclass(frozen=True, slots=True)
class StepUp:
    """What is asked before this payout, and how far it is."""

    rules: tuple[StepUpRule, ...]
    state: StepUpState
    until: datetime | None = None

    @property
    def person_way(self) -> FaceWay:
        """Where a person makes sure: ``MANUAL`` is a call, ``BRANCH`` a visit where any row wants one."""
        return FaceWay.MANUAL if all(rule.by_call for rule in self.rules) else FaceWay.BRANCH


def step_up(services: Services, session: Session, application: Application) -> StepUp | None:
    """What must be shown before this contract is signed; ``None`` where nothing is asked, or none is to be signed."""
    if application.status is not ApplicationStatus.SIGNING or application.offer is None:
        return None
    rules = _wanted(services, session, application)
    if not rules:
        return None
    needed, record = StepUp(rules, StepUpState.NEEDED), _newest(session, application)
    if record is not None and record.refused:
        return StepUp(rules, StepUpState.REFUSED)
    if record is None or (record.way == FaceWay.MANUAL and needed.person_way is FaceWay.BRANCH):
        return needed
    now, done = services.clock.now(), _done_at(services, session, record)
    if done is None:
        return StepUp(rules, StepUpState.WAITING)
    until = done + _counts_for(services, record)
    return StepUp(rules, StepUpState.SHOWN, until) if until > now else needed


def require_step_up(services: Services, session: Session, application: Application) -> None:
    """Raise ``STEP_UP_NEEDED`` unless whoever signs has shown a short while ago who they are, where that is asked."""
    found = step_up(services, session, application)
    if found is not None and found.state is not StepUpState.SHOWN:
        raise RefusedError(ErrorCode.STEP_UP_NEEDED)


def may_show(services: Services, session: Session, application: Application) -> bool:
    """Whether a look at the face is open now for this reason."""
    found = step_up(services, session, application)
    return found is not None and found.state in {StepUpState.NEEDED, StepUpState.WAITING}


def shown_by_camera(session: Session, application: Application, now: datetime) -> None:
    """Keep that the face was the one on the document, in the caller's transaction."""
    session.add(
        StepUpRecord(application_id=application.id, act=_PAYOUT, way=FaceWay.CAMERA.value, asked_at=now, done_at=now)
    )


def ask_person(
    services: Services, session: Session, application: Application, now: datetime, *, by_borrower: bool = True
) -> None:
    """Have a member of staff call or meet the borrower instead; ``NOT_ALLOWED_NOW`` where nothing is asked."""
    found = step_up(services, session, application)
    if found is None or found.state in {StepUpState.SHOWN, StepUpState.REFUSED}:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    if found.state is StepUpState.WAITING:
        return
    way = found.person_way
    session.add(StepUpRecord(application_id=application.id, act=_PAYOUT, way=way.value, asked_at=now))
    session.flush()
    detail: dict[str, object] = {"check": "step_up_visit" if way is FaceWay.BRANCH else "step_up_by_person"}
    ledger.append(session, now, "check", application.id, detail, actor="borrower" if by_borrower else "lender")


def note_used(services: Services, session: Session, application: Application) -> None:
    """Write what was shown before this signature, and by which rows it was asked; in the caller's transaction."""
    found = step_up(services, session, application)
    record = _newest(session, application)
    if found is None or record is None:
        return
    now = services.clock.now()
    by_simulated = record.done_at is None
    record.done_at = _done_at(services, session, record)
    detail: dict[str, object] = {
        "check": "step_up",
        "way": record.way,
        "rules": [rule.id for rule in found.rules],
        "policy": f"step_up {services.policies.step_up.version}",
    }
    ledger.append(
        session, now, "check", application.id, detail, actor="simulated_reviewer" if by_simulated else "lender"
    )


def waiting_for_person(session: Session) -> list[tuple[StepUpRecord, Application]]:
    """Whoever waits for a member of staff, the longest first."""
    query = (
        select(StepUpRecord, Application)
        .join(Application, Application.id == StepUpRecord.application_id)
        .where(
            StepUpRecord.way.in_(_BY_PERSON),
            StepUpRecord.done_at.is_(None),
            StepUpRecord.refused.is_(False),
            Application.status == ApplicationStatus.SIGNING,
        )
        .order_by(StepUpRecord.asked_at)
    )
    newest: dict[str, tuple[StepUpRecord, Application]] = {}
    for record, application in session.execute(query):
        newest[application.id] = (record, application)
    return [one for one in newest.values() if (last := _newest(session, one[1])) is not None and last.id == one[0].id]


def answer_by_person(
    services: Services, application_id: str, record_id: str, member_id: str, *, confirmed: bool
) -> None:
    """A member's word after speaking with the borrower.

    ``record_id``: what was open before the member. Raises ``NOT_FOUND`` where that waits no more: a visit may have been
    asked for during the call, and a yes on the telephone is none to that.
    """
    with services.database.write() as session:
        waiting = {application.id: record for record, application in waiting_for_person(session)}
        record = waiting.get(application_id)
        if record is None or str(record.id) != record_id:
            raise RefusedError(ErrorCode.NOT_FOUND)
        now = services.clock.now()
        record.member_id, record.refused = member_id, not confirmed
        record.done_at = now if confirmed else None
        what = "step_up_visit" if record.way == FaceWay.BRANCH else "step_up"
        detail = {"check": f"{what}_{'confirmed' if confirmed else 'refused'}", "member": member_id}
        ledger.append(session, now, "check", application_id, detail, actor="staff")


def _wanted(services: Services, session: Session, application: Application) -> tuple[StepUpRule, ...]:
    amount = Decimal((application.offer or {}).get("payout", "0"))
    changed = _card_changed(services, session, application)
    today = services.clock.now().astimezone(CHINA).date()
    fresh = new_computer_signed_in(services, session, application.borrower_id)
    unused = long_unused(services, session, application.borrower_id)
    seen = Moment(Act.PAYOUT, amount, card_changed=changed, new_computer=fresh, unused=unused)
    return services.policies.step_up.wanted(seen, today)


def _card_changed(services: Services, session: Session, application: Application) -> bool:
    """Whether the money would go to another card than that of the person's last loan.

    A card that is forgotten already, because its loan was repaid long ago, is another one: nobody can tell.
    """
    person = of_person(application.borrower_id, application.identity_index)
    last = session.scalars(
        select(Application)
        .join(Loan, Loan.application_id == Application.id)
        .where(person, Application.id != application.id)
        .order_by(Loan.disbursed_at.desc())
        .limit(1)
    ).first()
    if last is None:
        return False
    before, now = Sealed(services, last).card, Sealed(services, application).card
    return before is None or now is None or before.number != now.number


def _newest(session: Session, application: Application) -> StepUpRecord | None:
    query = select(StepUpRecord).where(StepUpRecord.application_id == application.id, StepUpRecord.act == _PAYOUT)
    return session.scalars(query.order_by(StepUpRecord.id.desc()).limit(1)).first()


def _done_at(services: Services, session: Session, record: StepUpRecord) -> datetime | None:
    """When it was shown; a simulated call or visit counts after a while, and no other before a person's word."""
    by_person = record.way in _BY_PERSON
    if record.done_at is not None or not by_person or not reviewer_simulated(services, session):
        return record.done_at
    called = record.asked_at + timedelta(seconds=services.policies.simulation.reviewer_seconds)
    return called if called <= services.clock.now() else None


def _counts_for(services: Services, record: StepUpRecord) -> timedelta:
    policy = services.policies.step_up
    if record.way == FaceWay.CAMERA.value:
        return timedelta(minutes=policy.fresh_minutes)
    return timedelta(hours=policy.person_hours)
