"""What members of staff write about an application, sealed; and the applications that wait for them."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import AtWork
from loanapp.backend.staff.tables import StaffNote
from loanapp.backend.store.tables import Application
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus


def waiting(session: Session, application_id: str) -> Application:
    """The application, while it waits for a person; raises ``NOT_FOUND``."""
    found = session.get(Application, application_id)
    if found is None or found.status is not ApplicationStatus.IN_REVIEW:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return found


def new_note(services: Services, who: AtWork, application_id: str, act: str, text: str) -> StaffNote:
    """A note to add in the caller's transaction."""
    note_id = str(uuid.uuid4())
    return StaffNote(
        id=note_id,
        application_id=application_id,
        member_id=who.member_id,
        act=act,
        text_sealed=services.cipher.encrypt(text.encode(), _place(note_id)),
        at=services.clock.now(),
    )


def notes_of(
    services: Services, session: Session, application: Application
) -> tuple[tuple[datetime, str, str, str], ...]:
    """Moment, member, act and words of every note, oldest first."""
    found = session.scalars(select(StaffNote).where(StaffNote.application_id == application.id).order_by(StaffNote.at))
    return tuple((one.at, one.member_id, one.act, note_text(services, one)) for one in found)


def note_text(services: Services, note: StaffNote) -> str:
    """Its words."""
    return services.cipher.decrypt(note.text_sealed, _place(note.id)).decode()


def _place(note_id: str) -> str:
    return f"staff_note|{note_id}"
