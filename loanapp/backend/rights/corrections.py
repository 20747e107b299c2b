"""Correcting what no check depends on: at once, with the value before kept, and an entry of the ledger for each.

What a check, a decision or a text already served depends on is a request (:mod:`loanapp.backend.rights.requests`);
which is which stands in ``resources/policy/rights.toml``.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Identity, Profile, Sealed, own_application
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Correction
from loanapp.domain.consent import phase_of
from loanapp.domain.errors import ErrorCode

# Which data item each field belongs to: the entry of the ledger names it.
_ITEMS: Final = {
    "address": "identity_document",
    "employment": "employment",
    "monthly_income": "income_and_debt",
    "monthly_debt": "income_and_debt",
}


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction, as it was made."""

    field: str
    at: datetime
    before: str
    after: str

    def __repr__(self) -> str:
        return "Corrected(...)"  # its values are personal data


def values_of(services: Services, application: Application) -> dict[str, str]:
    """What can be corrected and is held, by field; money in yuan with two places."""
    sealed = Sealed(services, application)
    identity, profile = sealed.identity, sealed.profile
    held = {"address": identity.address} if identity is not None else {}
    if profile is not None:
        held |= {
            "employment": profile.employment,
            "monthly_income": f"{profile.monthly_income:.2f}",
            "monthly_debt": f"{profile.monthly_debt:.2f}",
        }
    return held


def at_once(services: Services, application: Application) -> frozenset[str]:
    """The fields that can be corrected now."""
    phase = phase_of(application.status)
    return frozenset(one.field for one in services.policies.rights.corrections if phase in one.at_once)


def history_of(services: Services, session: Session, application_id: str) -> list[Corrected]:
    """Every correction, the oldest first."""
    query = select(Correction).where(Correction.application_id == application_id).order_by(Correction.at, Correction.id)
    return [
        Corrected(one.field, one.at, _opened(services, one, "before"), _opened(services, one, "after"))
        for one in session.scalars(query)
    ]


def correct(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, wanted: Mapping[str, str]
) -> Application:
    """Put in the values of ``wanted`` that differ from those held; said twice, it is done once.

    Raises ``NOT_FOUND``, ``INPUT_INVALID`` where nothing is asked, or ``NOT_ALLOWED_NOW`` with ``field`` where a check
    depends on it: nothing is changed then, and the way is a request.
    """
    application = own_application(session, borrower_id, application_id)
    if not wanted:
        raise RefusedError(ErrorCode.INPUT_INVALID)
    held, now = values_of(services, application), services.clock.now()
    changed = {field: value for field, value in wanted.items() if held.get(field) != value}
    for field in changed:
        if field not in held or field not in at_once(services, application):
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, field=field)
    for field, value in changed.items():
        _put(services, application, field, value)
        correction_id = str(uuid.uuid4())
        session.add(
            Correction(
                id=correction_id,
                application_id=application.id,
                field=field,
                before_sealed=services.cipher.encrypt(held[field].encode(), _place(correction_id, "before")),
                after_sealed=services.cipher.encrypt(value.encode(), _place(correction_id, "after")),
                at=now,
            )
        )
        detail = {"what": f"corrected_{_ITEMS[field]}", "field": field, "correction_id": correction_id}
        ledger.append(session, now, "right", application.id, detail, actor="borrower")
    session.flush()
    return application


def _put(services: Services, application: Application, field: str, value: str) -> None:
    sealed = Sealed(services, application)
    identity, profile = sealed.identity, sealed.profile
    if field == "address" and isinstance(identity, Identity):
        sealed.identity = replace(identity, address=value)
        application.identity_corrections = sorted({*application.identity_corrections, "address"})
    elif isinstance(profile, Profile):
        said = value if field == "employment" else Decimal(value)
        sealed.profile = replace(profile, **{field: said})  # type: ignore[arg-type]  # each field with its own kind


def _opened(services: Services, one: Correction, part: str) -> str:
    stored = one.before_sealed if part == "before" else one.after_sealed
    return services.cipher.decrypt(stored, _place(one.id, part)).decode()


def _place(correction_id: str, part: str) -> str:
    return f"correction|{correction_id}|{part}"
