"""Booking, changing and cancelling a visit to a branch, and the clerk's word that the borrower was there."""

import uuid
from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import filled_in, own_application
from loanapp.backend.branches.slots import slots_of
from loanapp.backend.http.models.application import BranchRequest
from loanapp.backend.policy.models import Branch
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.ledger import Actor
from loanapp.backend.store.tables import Application, AppointmentState, BranchAppointment, FaceState
from loanapp.backend.verification.attempts import close_attempts
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ENDED, ApplicationStatus

_TAKEN = (AppointmentState.BOOKED, AppointmentState.CONFIRMED)


def free_slots(services: Services, session: Session, own: str = "") -> dict[str, list[datetime]]:
    """The times still free, by branch; a place the application ``own`` holds counts as free for it."""
    policy, now = services.policies.branches, services.clock.now()
    query = (
        select(BranchAppointment)
        .join(Application, Application.id == BranchAppointment.application_id)
        .where(
            BranchAppointment.state.in_([state.value for state in _TAKEN]),
            BranchAppointment.slot > now,
            BranchAppointment.application_id != own,
            Application.status.not_in([status.value for status in ENDED]),
        )
    )
    taken = Counter((one.branch_id, one.slot) for one in session.scalars(query))
    return {
        branch.id: [slot for slot in slots_of(branch, policy, now) if taken[branch.id, slot] < policy.places]
        for branch in policy.branches
    }


def branch_open(services: Services, session: Session) -> bool:
    """Whether this way can be finished now: somebody confirms visits, and a time is free."""
    return services.sources.clerk is not None and any(free_slots(services, session).values())


def book(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, visit: BranchRequest
) -> Application:
    """Book a visit, or change the one that was booked; the price stays the same.

    While a person looks at it, that is one which staff booked, until it begins: it stays their wish, at another time.
    Raises ``NOT_ALLOWED_NOW`` before the identity is confirmed, after a pass or a visit that took place,
    ``INPUT_INVALID`` with the field ``branch_id``, or ``slot`` when that time is no time of the branch's or has been
    taken meanwhile.
    """
    application, now = own_application(session, borrower_id, application_id), services.clock.now()
    before = booked(session, application)
    moved = application.status is ApplicationStatus.IN_REVIEW and _to_come(before, now)
    if not moved:
        filled_in(session, borrower_id, application_id)
    passed = application.identity_sealed is None or application.face_state is FaceState.PASSED
    if (passed and not moved) or (before is not None and before.state is AppointmentState.CONFIRMED):
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    if services.sources.clerk is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    free = free_slots(services, session, application.id)
    branch_id, slot = visit.branch_id, visit.slot
    if branch_id not in free:
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"branch_id": ErrorCode.INPUT_INVALID})
    if slot not in free[branch_id]:
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"slot": ErrorCode.INPUT_INVALID})
    keep_visit(session, application, (branch_id, slot), now, by_staff=moved)
    if not moved:
        close_attempts(session, application, now)  # a verdict on its way does not undo the choice
        application.face_state, application.face_by_person = FaceState.MANUAL, True
        application.updated_at = now
    detail = {"check": "branch_booked", "branch": branch_id, "slot": slot.isoformat()}
    ledger.append(session, now, "check", application.id, detail, actor="borrower")
    return application


def _to_come(visit: BranchAppointment | None, now: datetime) -> bool:
    """Whether staff wait for the borrower to come."""
    return visit is not None and visit.state is AppointmentState.BOOKED and bool(visit.by_staff) and visit.slot > now


def keep_visit(
    session: Session, application: Application, visit: tuple[str, datetime], now: datetime, *, by_staff: bool = False
) -> None:
    """Hold the place, in the caller's transaction, instead of one that was held before.

    ``visit``: the branch, and when it begins.
    """
    appointment = session.get(BranchAppointment, application.id) or BranchAppointment(application_id=application.id)
    (appointment.branch_id, appointment.slot), appointment.by_staff = visit, by_staff or None
    appointment.state, appointment.changed_at = AppointmentState.BOOKED, now
    session.add(appointment)


def cancel(services: Services, session: Session, borrower_id: str, application_id: uuid.UUID) -> Application:
    """Cancel the visit; another way can then be chosen. Raises ``NOT_ALLOWED_NOW`` where none is booked."""
    application = filled_in(session, borrower_id, application_id)
    now = services.clock.now()
    if not give_up(session, application, now):
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    application.face_state, application.face_by_person = FaceState.NONE, False
    application.updated_at = now
    return application


def give_up(
    session: Session, application: Application, now: datetime, *, by: Actor = "borrower", confirmed: bool = False
) -> bool:
    """Free the place of a visit that will not be; whether there was one.

    ``confirmed``: also one that took place, because whom it confirmed is not the person of the application any more.
    """
    appointment = booked(session, application)
    if appointment is None or (appointment.state is not AppointmentState.BOOKED and not confirmed):
        return False
    appointment.state, appointment.changed_at = AppointmentState.CANCELLED, now
    ledger.append(session, now, "check", application.id, {"check": "branch_cancelled"}, actor=by)
    return True


def booked(session: Session, application: Application) -> BranchAppointment | None:
    """The visit that is booked, or took place."""
    found = session.get(BranchAppointment, application.id)
    return found if found is not None and found.state in _TAKEN else None


def is_late(services: Services, appointment: BranchAppointment | None) -> bool:
    """Whether the time of a visit has passed that nobody has confirmed: before handing in, another must be chosen."""
    if appointment is None or appointment.state is not AppointmentState.BOOKED:
        return False
    return appointment.slot <= services.clock.now()


def branch_of(services: Services, appointment: BranchAppointment) -> Branch | None:
    """The branch of a visit, if there still is one of that name."""
    branches = services.policies.branches.branches
    return next((branch for branch in branches if branch.id == appointment.branch_id), None)


def confirm_visit(services: Services, session: Session, application: Application) -> bool:
    """Ask the clerk whether borrower and document belong together; ``True`` once that is on record.

    About a visit that staff booked nobody is asked before its time: the borrower chose another way, and may not come.
    """
    appointment, clerk = booked(session, application), services.sources.clerk
    if appointment is None:
        return False
    early = bool(appointment.by_staff) and appointment.slot > services.clock.now()
    if appointment.state is AppointmentState.BOOKED and clerk is not None and not early:
        if not clerk.confirm(appointment.branch_id, appointment.slot):
            return False
        now = services.clock.now()
        appointment.state, appointment.changed_at = AppointmentState.CONFIRMED, now
        actor: Actor = "simulated_clerk" if services.policies.profile.simulated else "lender"
        detail = {"check": "branch_visit", "branch": appointment.branch_id}
        ledger.append(session, now, "check", application.id, detail, actor=actor)
    return appointment.state is AppointmentState.CONFIRMED
