"""What a reviewer asks of the borrower instead of deciding: to hand something in again, or to come to a branch.

The borrower reads the member's own words, and the way on is theirs: what was asked for is missing from then on, and the
checks run once more when it is handed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed, set_status
from loanapp.backend.branches.appointments import booked, free_slots, give_up, keep_visit
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signals.origin import note_photo
from loanapp.backend.staff.members import AtWork
from loanapp.backend.staff.notes import new_note, note_text, waiting
from loanapp.backend.staff.tables import StaffNote
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ApplicationEvent, AppointmentState, FaceState
from loanapp.backend.verification.documents import PORTRAIT, forget_card, forget_face, photo_kind
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus

TOLD_CHARACTERS: Final = 300
"""How long the words to the borrower may be: they stand above the page that is to be filled in."""
_MORE: Final = "more_asked"
_VISIT: Final = "visit_asked"


class Again(StrEnum):
    """What can be asked for once more."""

    IDENTITY_DOCUMENT = "identity_document"
    PROFILE = "profile"
    BANK_CARD = "bank_card"


@dataclass(frozen=True, slots=True)
class Asked:
    """A member's own words to the borrower, and when they were written."""

    text: str
    at: datetime

    def __repr__(self) -> str:
        return "Asked(...)"


def ask_more(services: Services, who: AtWork, application_id: str, wanted: frozenset[Again], text: str) -> None:
    """Have the borrower hand these in once more, told why by ``text``; raises ``NOT_FOUND`` where nothing waits."""
    with services.database.write() as session:
        application, now = waiting(session, application_id), services.clock.now()
        for one in wanted:
            _FORGET[one](services, session, application, now)
        if application.face_state is FaceState.PASSED:
            # A visit staff had booked beside a look by camera: once its time is over nothing could be handed in.
            give_up(session, application, now, by="staff")
        session.add(new_note(services, who, application.id, _MORE, text))
        detail = {"check": _MORE, "items": sorted(wanted), "member": who.member_id}
        ledger.append(session, now, "check", application.id, detail, actor="staff")
        set_status(session, application, ApplicationStatus.NEEDS_MORE, now, actor="staff")
    if Again.IDENTITY_DOCUMENT in wanted:
        for kind in (photo_kind("front"), photo_kind("back"), PORTRAIT):
            services.vault.destroy(application_id, kind)


def ask_visit(services: Services, who: AtWork, application_id: str, visit: tuple[str, datetime], text: str) -> None:
    """Book a visit to a branch for the borrower, told why by ``text``; the application goes on waiting.

    ``visit``: the branch, and when it begins. Raises ``NOT_FOUND`` where nothing waits, ``INPUT_INVALID`` where that
    time is none of the branch's, or is taken.
    """
    with services.database.write() as session:
        application, now = waiting(session, application_id), services.clock.now()
        branch_id, slot = visit
        if slot not in free_visits(services, session, application).get(branch_id, ()):
            raise RefusedError(ErrorCode.INPUT_INVALID, fields={"slot": ErrorCode.INPUT_INVALID})
        keep_visit(session, application, visit, now, by_staff=True)
        session.add(new_note(services, who, application.id, _VISIT, text))
        detail = {"check": _VISIT, "branch": branch_id, "slot": slot.isoformat(), "member": who.member_id}
        ledger.append(session, now, "check", application.id, detail, actor="staff")


def free_visits(services: Services, session: Session, application: Application) -> dict[str, list[datetime]]:
    """The times a visit can be booked for, by branch; none where nobody would be there, or one took place."""
    visit = booked(session, application)
    if visit is not None and visit.state is AppointmentState.CONFIRMED:
        return {}
    return free_slots(services, session, application.id) if services.sources.clerk is not None else {}


def asked_of(services: Services, session: Session, application: Application) -> Asked | None:
    """What the borrower is asked for now, if anything."""
    if application.status is ApplicationStatus.NEEDS_MORE:
        act = _MORE
    elif application.status is ApplicationStatus.IN_REVIEW:
        visit, act = booked(session, application), _VISIT
        # Once its time is over it is not the borrower who is waited for: whoever opens the case asks the branch.
        to_come = visit is not None and visit.state is AppointmentState.BOOKED and visit.slot > services.clock.now()
        if not to_come:
            return None
    else:
        return None
    mine = select(StaffNote).where(StaffNote.application_id == application.id, StaffNote.act == act)
    note = session.scalars(mine.order_by(StaffNote.at.desc()).limit(1)).first()
    return Asked(note_text(services, note), note.at) if note is not None else None


def times_asked(session: Session, application_id: str) -> int:
    """How often something was asked for once more: the checks run anew after each."""
    asked = select(func.count(ApplicationEvent.id)).where(
        ApplicationEvent.application_id == application_id, ApplicationEvent.status == ApplicationStatus.NEEDS_MORE
    )
    return session.scalar(asked) or 0


def _forget_document(services: Services, session: Session, application: Application, now: datetime) -> None:
    sealed = Sealed(services, application)
    sealed.identity, sealed.reading = None, {}
    application.has_front = application.has_back = False
    forget_face(session, application, now)
    note_photo(services, session, application.id, ())
    forget_card(application)


def _forget_profile(_services: Services, _session: Session, application: Application, _now: datetime) -> None:
    application.profile_sealed = None


def _forget_card(_services: Services, _session: Session, application: Application, _now: datetime) -> None:
    forget_card(application)


_FORGET: Final[Mapping[Again, Callable[[Services, Session, Application, datetime], None]]] = {
    Again.IDENTITY_DOCUMENT: _forget_document,
    Again.PROFILE: _forget_profile,
    Again.BANK_CARD: _forget_card,
}
