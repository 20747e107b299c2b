"""The phone of an account; sealed at rest."""

from sqlalchemy.orm import Session

from loanapp.backend.services import Services
from loanapp.backend.store.tables import Borrower


def borrower_phone(services: Services, session: Session, borrower_id: str) -> str:
    """Eleven digits; empty once the account is closed."""
    borrower = session.get_one(Borrower, borrower_id)
    return services.cipher.decrypt(borrower.phone_sealed, f"borrower|{borrower.id}|phone").decode()
