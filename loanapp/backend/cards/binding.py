"""Binding a debit card of the borrower's own name by the four-element check."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import CardAnswer, SourceDownError
from loanapp.backend.applications.store import Card, Identity, Sealed, consent_given, filled_in
from loanapp.backend.refusal import RefusedError, refuse_fields
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application
from loanapp.backend.verification.consents import require_consent
from loanapp.domain.bank_card import issuer_of, luhn_valid, parse_card_number
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.phone import parse_phone

_SCOPE: Final = ConsentScope.BANK_ACCOUNT_CHECK


@dataclass(frozen=True, slots=True)
class BoundCard:
    """What the borrower is told; ``bank`` is a key of the issuer table."""

    bank: str | None
    last4: str
    luhn_ok: bool


def bind_card(
    services: Services, borrower_id: str, application_id: uuid.UUID, number_text: str, phone_text: str
) -> BoundCard:
    """Check the card with the gateway and bind it.

    Raises ``CARD_NUMBER_INVALID``, ``PHONE_INVALID``, ``CONSENT_MISSING`` (also when the authorisation was taken back
    while the gateway was asked: the card is not kept), ``NOT_ALLOWED_NOW`` before the identity is confirmed,
    ``CARD_MISMATCH``, ``CARD_NOT_DEBIT``, or ``CARD_GATEWAY_DOWN`` with the seconds to wait.
    """
    number, phone = _parsed(number_text, phone_text)
    with services.database.write() as session:
        identity = _identity(services, session, borrower_id, application_id)
        now = services.clock.now()
        ledger.append(session, now, "share", str(application_id), {"what": "bank_card"})  # before anything leaves
    answer = _ask(services, identity, number, phone)
    bank = issuer_of(number, {prefix: row.bank for prefix, row in services.policies.issuers.prefixes.items()})
    now = services.clock.now()
    with services.database.write() as session:
        application = filled_in(session, borrower_id, application_id, "card_sealed")
        detail = {"check": "card_four_elements", "answer": answer.value}
        ledger.append(session, now, "check", application.id, detail)
        allowed = _allowed(services, session, application)  # it may have been taken back while the gateway was asked
        if allowed and answer is CardAnswer.MATCH:
            _keep(services, application, Card(number, phone), bank)
            application.updated_at = now
    require_consent(allowed, _SCOPE)  # the check was made and stays on the ledger: refused once that is written
    if answer is CardAnswer.NOT_DEBIT:
        raise RefusedError(ErrorCode.CARD_NOT_DEBIT, fields={"number": ErrorCode.CARD_NOT_DEBIT})
    if answer is CardAnswer.MISMATCH:
        raise RefusedError(ErrorCode.CARD_MISMATCH, fields={"number": ErrorCode.CARD_MISMATCH})
    return BoundCard(bank, number[-4:], luhn_valid(number))


def _parsed(number_text: str, phone_text: str) -> tuple[str, str]:
    faults: dict[str, ErrorCode] = {}
    number = phone = ""
    try:
        number = parse_card_number(number_text)
    except LoanAppError as error:
        faults["number"] = error.code
    try:
        phone = parse_phone(phone_text)
    except LoanAppError as error:
        faults["phone"] = error.code
    refuse_fields(faults)
    return number, phone


def _identity(services: Services, session: Session, borrower_id: str, application_id: uuid.UUID) -> Identity:
    application = filled_in(session, borrower_id, application_id, "card_sealed")
    identity = Sealed(services, application).identity
    if identity is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, missing="identity")
    require_consent(_allowed(services, session, application), _SCOPE)
    return identity


def _allowed(services: Services, session: Session, application: Application) -> bool:
    return consent_given(services, session, application.id, _SCOPE)


def _ask(services: Services, identity: Identity, number: str, phone: str) -> CardAnswer:
    try:
        return services.sources.gateway.confirm(identity.name, identity.identity_number, number, phone)
    except SourceDownError as error:
        raise RefusedError(ErrorCode.CARD_GATEWAY_DOWN, retry_after_seconds=error.retry_after_seconds) from None


def _keep(services: Services, application: Application, card: Card, bank: str | None) -> None:
    Sealed(services, application).card = card
    application.card_bank = bank
    application.card_last4 = card.number[-4:]
