"""Finding and changing applications; every change of status is an event and a ledger entry."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.ledger import Actor
from loanapp.backend.store.tables import (
    Application,
    ApplicationEvent,
    ConsentRecord,
    Counter,
    FaceState,
    table_of,
)
from loanapp.domain.clock import CHINA
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus, TransitionError, advance

Missing = Literal["identity_sealed", "profile_sealed", "card_sealed"]
_REACHING = insert(table_of(ApplicationEvent))
_COUNTING_ON = (
    update(table_of(Counter))
    .where(Counter.name == bindparam("of"), Counter.day == bindparam("on"))
    .values(value=Counter.value + 1)
    .returning(Counter.value)
)


def own_application(session: Session, borrower_id: str, application_id: uuid.UUID | str) -> Application:
    """The borrower's own application; somebody else's is as absent as one that never was (``NOT_FOUND``)."""
    found = session.get(Application, str(application_id))
    if found is None or found.borrower_id != borrower_id:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return found


def draft(session: Session, borrower_id: str, application_id: uuid.UUID | str) -> Application:
    """The borrower's own application while it can still be changed; raises ``NOT_FOUND`` or ``NOT_ALLOWED_NOW``."""
    found = own_application(session, borrower_id, application_id)
    require_status(found, ApplicationStatus.DRAFT)
    return found


def filled_in(
    session: Session, borrower_id: str, application_id: uuid.UUID | str, missing: Missing | None = None
) -> Application:
    """The borrower's own application while this part of it can be filled in.

    Of one that more was asked of that is what is ``missing`` alone; without a name, whatever shows who they are.
    Raises ``NOT_FOUND`` or ``NOT_ALLOWED_NOW``.
    """
    found = own_application(session, borrower_id, application_id)
    if found.status is ApplicationStatus.NEEDS_MORE and (missing is None or getattr(found, missing) is None):
        return found
    require_status(found, ApplicationStatus.DRAFT)
    return found


def require_status(application: Application, *statuses: ApplicationStatus) -> None:
    """Raise ``NOT_ALLOWED_NOW`` when the application is elsewhere."""
    if application.status not in statuses:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)


def set_status(
    session: Session, application: Application, wanted: ApplicationStatus, at: datetime, actor: Actor = "lender"
) -> None:
    """Change the status; raises ``NOT_ALLOWED_NOW`` when the lifecycle does not know the change."""
    try:
        application.status = advance(application.status, wanted)
    except TransitionError:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value) from None
    application.updated_at = at
    note_status(session, application, at)
    ledger.append(session, at, "status", application.id, {"status": wanted.value}, actor=actor)


def note_status(session: Session, application: Application, at: datetime) -> None:
    """Write down when an application reached the status it is in, in the caller's transaction."""
    session.flush()
    reached = {"application_id": application.id, "status": application.status, "at": at}
    session.connection().execute(_REACHING, reached)


def next_number(session: Session, name: str, day: date) -> int:
    """The next running number of ``name`` on ``day``."""
    of, connection = {"of": name, "on": day}, session.connection()
    number: int | None = connection.execute(_COUNTING_ON, of).scalar_one_or_none()
    if number is None:
        number = 1
        connection.execute(insert(Counter).values(name=name, day=day, value=number))
    return number


def new_number(session: Session, prefix: str, name: str, now: datetime) -> str:
    """A number people can read out, such as ``LA20261122-0001``; the day is China's."""
    day = now.astimezone(CHINA).date()
    return f"{prefix}{day:%Y%m%d}-{next_number(session, name, day):04d}"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity the borrower confirmed."""

    name: str
    identity_number: str
    address: str
    ethnic_group: str
    authority: str
    valid_from: str
    valid_until: str

    def __repr__(self) -> str:
        return "Identity(...)"  # every field is personal data


@dataclass(frozen=True, slots=True)
class Card:
    """The bound card."""

    number: str
    phone: str

    def __repr__(self) -> str:
        return "Card(...)"


@dataclass(frozen=True, slots=True)
class Profile:
    """Work, and yuan a month, as the borrower states them."""

    employment: str
    monthly_income: Decimal
    monthly_debt: Decimal

    def __repr__(self) -> str:
        return "Profile(...)"


class Sealed:
    """The encrypted parts of an application."""

    def __init__(self, services: Services, application: Application) -> None:
        self._cipher = services.cipher
        self._application = application

    def _place(self, part: str) -> str:
        return f"application|{self._application.id}|{part}"

    @property
    def identity(self) -> Identity | None:
        """What the borrower confirmed."""
        stored = self._application.identity_sealed
        return Identity(**self._cipher.decrypt_json(stored, self._place("identity"))) if stored else None

    @identity.setter
    def identity(self, value: Identity | None) -> None:
        fields = {name: getattr(value, name) for name in Identity.__slots__} if value else None
        self._application.identity_sealed = (
            self._cipher.encrypt_json(fields, self._place("identity")) if fields else None
        )
        self._application.identity_index = self._cipher.index(value.identity_number, "identity") if value else None

    @property
    def profile(self) -> Profile | None:
        """Work, income and debts."""
        stored = self._application.profile_sealed
        if stored is None:
            return None
        found = self._cipher.decrypt_json(stored, self._place("profile"))
        return Profile(found["employment"], Decimal(found["monthly_income"]), Decimal(found["monthly_debt"]))

    @profile.setter
    def profile(self, value: Profile) -> None:
        fields = {
            "employment": value.employment,
            "monthly_income": f"{value.monthly_income:f}",
            "monthly_debt": f"{value.monthly_debt:f}",
        }
        self._application.profile_sealed = self._cipher.encrypt_json(fields, self._place("profile"))

    @property
    def decision(self) -> dict[str, Any] | None:
        """What the assessment came to, in its wire form and with the score."""
        stored = self._application.decision_sealed
        found: dict[str, Any] | None = self._cipher.decrypt_json(stored, self._place("decision")) if stored else None
        return found

    @decision.setter
    def decision(self, value: dict[str, Any]) -> None:
        self._application.decision_sealed = self._cipher.encrypt_json(value, self._place("decision"))

    @property
    def reading(self) -> dict[str, Any]:
        """What was read from the photos: field to value and confidence."""
        stored = self._application.reading_sealed
        found: dict[str, Any] = self._cipher.decrypt_json(stored, self._place("reading")) if stored else {}
        return found

    @reading.setter
    def reading(self, value: dict[str, Any]) -> None:
        self._application.reading_sealed = self._cipher.encrypt_json(value, self._place("reading"))

    @property
    def card(self) -> Card | None:
        """The bound card."""
        stored = self._application.card_sealed
        return Card(**self._cipher.decrypt_json(stored, self._place("card"))) if stored else None

    @card.setter
    def card(self, value: Card | None) -> None:
        self._application.card_sealed = (
            self._cipher.encrypt_json({"number": value.number, "phone": value.phone}, self._place("card"))
            if value
            else None
        )


def newest_consents(session: Session, application_id: str) -> dict[ConsentScope, ConsentRecord]:
    """The newest answer to every authorisation asked so far."""
    query = select(ConsentRecord).where(ConsentRecord.application_id == application_id)
    return {record.scope: record for record in session.scalars(query.order_by(ConsentRecord.recorded_at))}


def consent_given(services: Services, session: Session, application_id: str, scope: ConsentScope) -> bool:
    """Whether the newest answer grants ``scope``, to the text in force."""
    return grants(services, newest_consents(session, application_id), scope)


def grants(services: Services, newest: Mapping[ConsentScope, ConsentRecord], scope: ConsentScope) -> bool:
    """Whether of the newest answers that to ``scope`` grants it, to the text in force."""
    record = newest.get(scope)
    version = services.policies.consent(scope).version
    return record is not None and record.granted and record.text_version == version


def missing_for_submit(
    services: Services, application: Application, newest: Mapping[ConsentScope, ConsentRecord], *, verified: bool
) -> list[str]:
    """What still keeps the application from being submitted, by the name of the step.

    ``newest``: the newest answers to authorisations; ``verified``: whether the person is verified as this loan needs.
    """
    without_camera = application.face_state is not FaceState.PASSED
    complete = {
        "identity_document": application.has_front and application.has_back,
        "identity": application.identity_sealed is not None,
        "profile": application.profile_sealed is not None,
        "face": verified,
        "bank_card": application.card_sealed is not None,
    }
    for consent in services.policies.consents:
        if consent.required and not (without_camera and verified and consent.scope is ConsentScope.FACE_VERIFICATION):
            complete[f"consent_{consent.scope.value}"] = grants(services, newest, consent.scope)
    return [step for step, done in complete.items() if not done]


def of_person(borrower_id: str, identity_index: str | None) -> ColumnElement[bool]:
    """Applications of one phone, or of one identity number under any phone."""
    own = Application.borrower_id == borrower_id
    return own if identity_index is None else or_(own, Application.identity_index == identity_index)
