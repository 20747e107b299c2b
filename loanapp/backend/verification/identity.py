"""The identity the borrower confirms: checked in every field, corrections marked as such."""

import uuid
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from loanapp.backend.applications.standing import Standing
from loanapp.backend.applications.store import Identity, Sealed, filled_in
from loanapp.backend.http.models.application import IdentityRequest
from loanapp.backend.refusal import RefusedError, refuse_fields
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application
from loanapp.backend.verification.credential import credential_lapsed, forget_credential
from loanapp.backend.verification.documents import forget_card
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.ethnic_groups import ETHNIC_GROUPS
from loanapp.domain.identity_number import parse_identity_number
from loanapp.domain.person_name import is_name, tidy_name

LONG_TERM: Final = "long_term"


def confirm_identity(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, body: IdentityRequest
) -> Application:
    """Keep what the borrower confirmed; fields that differ from what was read are marked as corrected.

    Raises ``NOT_ALLOWED_NOW`` before both photos were read, ``APPLICATION_TOO_SOON`` for a person who was
    declined not long ago, or the fields that do not hold.
    """
    application = filled_in(session, borrower_id, application_id, "identity_sealed")
    if not (application.has_front and application.has_back):
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, missing="identity_document")
    identity = checked_identity(services, body)
    sealed = Sealed(services, application)
    before = sealed.identity
    if before is None or (before.name, before.identity_number) != (identity.name, identity.identity_number):
        forget_card(application)
    sealed.identity = identity
    if credential_lapsed(services, application):  # also where it was of another: it is not theirs again later
        forget_credential(session, application)
    Standing(services, session, borrower_id, application.identity_index).refuse_too_soon()
    read = sealed.reading
    application.identity_corrections = sorted(
        name for name in Identity.__slots__ if read.get(name, {}).get("value", "") != getattr(identity, name)
    )
    now = services.clock.now()
    application.updated_at = now
    detail = {"check": "identity_confirmed", "corrected": application.identity_corrections}
    ledger.append(session, now, "check", application.id, detail, actor="borrower")
    return application


def checked_identity(services: Services, body: IdentityRequest) -> Identity:
    """The fields in one written form; raises a refusal with every field that does not hold."""
    today = services.clock.now().astimezone(CHINA).date()
    faults: dict[str, ErrorCode] = {}
    name = tidy_name(body.name)
    if not is_name(name):
        faults["name"] = ErrorCode.NAME_INVALID
    number = ""
    try:
        parsed = parse_identity_number(body.identity_number, today)
    except LoanAppError as error:
        faults["identity_number"] = error.code
    else:
        number = parsed.number
        limits = services.policies.limits
        if not limits.minimum_age.value <= parsed.age_on(today) <= limits.maximum_age.value:
            faults["identity_number"] = ErrorCode.UNDER_AGE
    if body.ethnic_group.strip() not in ETHNIC_GROUPS:
        faults["ethnic_group"] = ErrorCode.INPUT_INVALID
    for field in ("address", "authority"):
        if not getattr(body, field).strip():
            faults[field] = ErrorCode.INPUT_INVALID
    faults |= _validity_faults(body, today)
    refuse_fields(faults)
    return Identity(
        name=name,
        identity_number=number,
        address=body.address.strip(),
        ethnic_group=body.ethnic_group.strip(),
        authority=body.authority.strip(),
        valid_from=body.valid_from,
        valid_until=body.valid_until,
    )


def _validity_faults(body: IdentityRequest, today: date) -> dict[str, ErrorCode]:
    faults: dict[str, ErrorCode] = {}
    start, end = _day(body.valid_from), _day(body.valid_until)
    if start is None or start > today:
        faults["valid_from"] = ErrorCode.INPUT_INVALID
    if body.valid_until != LONG_TERM:
        if end is None or (start is not None and end <= start):
            faults["valid_until"] = ErrorCode.INPUT_INVALID
        elif end < today:
            faults["valid_until"] = ErrorCode.DOCUMENT_EXPIRED
    return faults


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
