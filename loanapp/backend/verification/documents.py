"""Photos of the identity document: opened, read, and kept encrypted in the vault."""

import uuid
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed, filled_in
from loanapp.backend.branches.appointments import give_up
from loanapp.backend.inference.client import DocumentResult
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signals.origin import note_photo
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, FaceState
from loanapp.backend.verification.attempts import close_attempts
from loanapp.backend.verification.credential import forget_credential
from loanapp.domain.errors import ErrorCode
from loanapp.proof.envelope import EnvelopeError, open_sealed

Side = Literal["front", "back"]
PORTRAIT = "portrait"


def photo_kind(side: Side) -> str:
    """The vault's kind for a photo."""
    return f"document_{side}"


def read_document(
    services: Services, borrower_id: str, application_id: uuid.UUID, side: Side, sealed: bytes
) -> DocumentResult:
    """Open, read and keep one side; the application then holds what was read.

    Raises ``INPUT_INVALID`` for an envelope that does not open here, or the reader's refusals (``PHOTO_...``,
    ``DOCUMENT_EXPIRED``). A refused photo is not kept.
    """
    with services.database.read() as session:
        filled_in(session, borrower_id, application_id, "identity_sealed")
    try:
        photo = open_sealed(services.keys.vault, sealed, f"loanapp/document/v1|{application_id}|{side}".encode())
    except EnvelopeError:
        raise RefusedError(ErrorCode.INPUT_INVALID) from None
    result = services.inference.read_document(photo, side)
    now = services.clock.now()
    with services.database.write() as session:
        application = filled_in(session, borrower_id, application_id, "identity_sealed")
        sealed_parts = Sealed(services, application)
        kept = {name: one for name, one in sealed_parts.reading.items() if one["side"] != side}
        for name, (value, confidence) in result.fields.items():
            kept[name] = {"side": side, "value": value, "confidence": confidence}
        sealed_parts.reading = kept
        if side == "front":
            application.has_front = True
            forget_face(session, application, now)
            note_photo(services, session, application.id, result.fingerprint)
        else:
            application.has_back = True
            forget_credential(session, application)
        # Another photo may show another person: what was confirmed from the old one no longer holds.
        sealed_parts.identity = None
        forget_card(application)
        application.updated_at = now
        ledger.append(session, now, "check", application.id, {"check": "document_read", "side": side})
        # Last, and inside: an application that was withdrawn while its photo was read keeps nothing of it.
        services.vault.store(application.id, photo_kind(side), photo, now)
        if result.portrait is not None:
            services.vault.store(application.id, PORTRAIT, result.portrait, now)
    return result


def forget_face(session: Session, application: Application, now: datetime) -> None:
    """A verdict belongs to one portrait, and so does an attempt that is being judged."""
    close_attempts(session, application, now)
    give_up(session, application, now, confirmed=True)
    if application.face_state is not FaceState.NONE:
        application.face_state = FaceState.NONE
        application.face_by_person = False


def forget_card(application: Application) -> None:
    """A card was bound to one name and number."""
    application.card_sealed = None
    application.card_bank = None
    application.card_last4 = None
