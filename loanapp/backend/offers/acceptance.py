"""Accepting an offer: the contract is made of exactly what was offered."""

import uuid
from datetime import date
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed, own_application, require_status, set_status
from loanapp.backend.applications.view import bank_words
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.data_uses.heads import sign_head, written_head
from loanapp.backend.offers.disclosure import disclosure_table
from loanapp.backend.offers.offer import offer_cost, offer_schedule
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ContractRecord
from loanapp.domain.bank_card import mask_card
from loanapp.domain.errors import ErrorCode
from loanapp.domain.identity_number import mask_identity_number
from loanapp.domain.phone import mask_phone
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.canonical_json import canonical_sha256

_ADDRESS_SHOWN = 6


def require_open_offer(services: Services, application: Application, offer_id: str | None = None) -> None:
    """Raise ``OFFER_EXPIRED`` when the offer ran out, ``NOT_ALLOWED_NOW`` when it is another one."""
    offer, until = application.offer, application.offer_valid_until
    if offer is None or until is None or (offer_id is not None and offer["offer_id"] != offer_id):
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    if until <= services.clock.now():
        raise RefusedError(ErrorCode.OFFER_EXPIRED)


def accept_offer(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, offer_id: str
) -> Application:
    """Offered becomes signing, with the contract ready to be signed."""
    application = own_application(session, borrower_id, application_id)
    require_status(application, ApplicationStatus.OFFERED)
    require_open_offer(services, application, offer_id)
    now = services.clock.now()
    number = f"HT{application.number.removeprefix('LA')}"
    application.disclosure_table = disclosure_table(services, application.offer or {})
    product = services.policies.product(application.product_id)
    hours = product.free_return_hours if product is not None else 0
    prepared = _render(services, session, application, number, hours)
    digest = sha256(prepared).hexdigest()
    session.add(
        ContractRecord(
            number=number,
            application_id=application.id,
            prepared_sealed=services.cipher.encrypt(prepared, f"contract|{number}|prepared"),
            prepared_sha256=digest,
            created_at=now,
            free_return_hours=hours,
        )
    )
    set_status(session, application, ApplicationStatus.SIGNING, now, "borrower")
    detail = {"what": "contract_prepared", "contract": number, "prepared_sha256": digest}
    ledger.append(session, now, "signature", application.id, detail)
    return application


def _render(services: Services, session: Session, application: Application, number: str, hours: int) -> bytes:
    from loanapp.backend.contracts import (  # noqa: PLC0415 - the typesetter loads slowly
        Borrower as ContractBorrower,
    )
    from loanapp.backend.contracts import ContractData, Lender, render_contract  # noqa: PLC0415
    from loanapp.proof.pdf_signature import prepare  # noqa: PLC0415

    sealed, profile, offer = Sealed(services, application), services.policies.profile, application.offer
    identity, card = sealed.identity, sealed.card
    if identity is None or card is None or offer is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    bank = bank_words(services, application.card_bank)
    phone = borrower_phone(services, session, application.borrower_id)
    data = ContractData(
        contract_number=number,
        application_number=application.number,
        made_at=services.clock.now(),
        lender=Lender(
            name=profile.name.zh,
            licence=profile.licence,
            address=profile.address.zh,
            phone=profile.support.phone,
        ),
        borrower=ContractBorrower(
            name=identity.name,
            identity_number_masked=mask_identity_number(identity.identity_number),
            phone_masked=mask_phone(phone),
            address_masked=mask_address(identity.address),
            card_masked=mask_card(card.number),
            bank_name=bank.zh if bank else "",
        ),
        purpose=application.purpose,
        method=application.method,
        annual_rate_pct=Decimal(offer["annual_rate_pct"]),
        penalty_annual_pct=Decimal(offer["penalty_annual_pct"]),
        schedule=offer_schedule(offer),
        start=date.fromisoformat(offer["start"]),
        cost=offer_cost(offer),
        disclosure_sha256=canonical_sha256(application.disclosure_table),
        payout=Decimal(offer["payout"]),
        fee_before_payout=Decimal(offer["fee_before_payout"]),
        free_return_hours=hours,
        ledger_head=written_head(sign_head(services, session)),
        simulated=profile.simulated,
    )
    return prepare(render_contract(data))


def mask_address(address: str) -> str:
    """Province and city stay, as far as six characters show them."""
    return address[:_ADDRESS_SHOWN] + "*" * max(0, len(address) - _ADDRESS_SHOWN)
