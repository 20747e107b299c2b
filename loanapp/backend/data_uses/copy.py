"""A copy of everything the lender holds about a borrower, open to read and to take elsewhere (PIPL 45)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed
from loanapp.backend.applications.view import show
from loanapp.backend.data_uses.erasure import receipts_of
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Borrower, ConsentRecord


def copy_of_data(services: Services, session: Session, borrower_id: str) -> dict[str, Any]:
    """Everything, in the caller's writing transaction: the look leaves an entry in the ledger."""
    borrower = session.get_one(Borrower, borrower_id)
    ledger.append(
        session, services.clock.now(), "right", None, {"what": "copy"}, actor="borrower", borrower_id=borrower_id
    )
    phone = services.cipher.decrypt(borrower.phone_sealed, f"borrower|{borrower_id}|phone").decode()
    query = select(Application).where(Application.borrower_id == borrower_id).order_by(Application.created_at)
    return {
        "made_at": services.clock.now().isoformat(),
        "phone": phone,
        "applications": [_application(services, session, one) for one in session.scalars(query)],
        "deletion_receipts": receipts_of(session, borrower_id),
    }


def _application(services: Services, session: Session, application: Application) -> dict[str, Any]:
    sealed = Sealed(services, application)
    identity, card, profile = sealed.identity, sealed.card, sealed.profile
    receipts = select(ConsentRecord.receipt).where(ConsentRecord.application_id == application.id)
    return {
        "application": show(services, session, application).model_dump(mode="json"),
        "identity": {name: getattr(identity, name) for name in identity.__slots__} if identity else None,
        "read_from_photos": sealed.reading,
        "work_and_income": {name: str(getattr(profile, name)) for name in profile.__slots__} if profile else None,
        "bank_card": {name: getattr(card, name) for name in card.__slots__} if card else None,
        "decision": sealed.decision,
        "consent_receipts": list(session.scalars(receipts.order_by(ConsentRecord.recorded_at))),
    }
