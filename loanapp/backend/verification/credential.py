"""Of whom a match of the national network identity service is, and how long it stands before it is handed in."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session, object_session

from loanapp.backend.applications.store import Identity, Sealed
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, Check, FaceState
from loanapp.domain.status import FILLING, ApplicationStatus

STEP: Final = "network_identity"
"""The check under which a match is on record."""
_PERSON: Final = "person"


def keep_match(services: Services, session: Session, application: Application, identity: Identity) -> None:
    """Put a match on record, in the caller's transaction, with a keyed digest of the name and number it confirmed."""
    answer = services.cipher.encrypt_json({_PERSON: _person(services, identity)}, _place(application.id))
    now = services.clock.now()
    session.merge(Check(application_id=application.id, step=STEP, state="done", answer_sealed=answer, at=now))


def credential_lapsed(services: Services, application: Application) -> bool:
    """Whether a match is not of the person who is named now, or a draft has kept it too long: a new code is needed.

    What the lender takes to look and to ask for more is no time of the borrower's.
    """
    if application.face_state is not FaceState.CREDENTIAL or application.status not in FILLING:
        return False
    session = object_session(application)
    check = session.get(Check, (application.id, STEP)) if session is not None else None
    valid = timedelta(hours=services.policies.network_identity.valid_hours)
    late = check is None or check.at + valid <= services.clock.now()
    if check is None or (late and application.status is ApplicationStatus.DRAFT):
        return True
    identity = Sealed(services, application).identity
    if identity is None or check.answer_sealed is None:
        return True
    matched = services.cipher.decrypt_json(check.answer_sealed, _place(application.id))[_PERSON]
    return bool(matched != _person(services, identity))


def forget_credential(session: Session, application: Application) -> None:
    """A match confirms one name and number; whom a person was to look at before is looked at still."""
    if application.face_state is not FaceState.CREDENTIAL:
        return
    application.face_state = FaceState.NONE
    check = session.get(Check, (application.id, STEP))
    if check is not None:
        check.answer_sealed = None


def _person(services: Services, identity: Identity) -> str:
    return services.cipher.index(f"{identity.identity_number}|{identity.name}", STEP)


def _place(application_id: str) -> str:
    return f"verification_check|{application_id}|{STEP}"
