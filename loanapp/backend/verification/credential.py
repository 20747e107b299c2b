"""How long a match of the national network identity service stands in an application that is not handed in."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import object_session

from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, Check, FaceState
from loanapp.domain.status import FILLING

STEP: Final = "network_identity"
"""The check under which a match is on record."""


def credential_late(services: Services, application: Application) -> bool:
    """Whether a match has stood too long without the application being handed in: a new code is needed."""
    if application.face_state is not FaceState.CREDENTIAL or application.status not in FILLING:
        return False
    session = object_session(application)
    check = session.get(Check, (application.id, STEP)) if session is not None else None
    valid = timedelta(hours=services.policies.network_identity.valid_hours)
    return check is None or check.at + valid <= services.clock.now()
