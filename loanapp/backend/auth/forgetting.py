"""What of signing in is forgotten: with the account, and with time."""

from datetime import datetime

from sqlalchemy.orm import Session

from loanapp.backend.auth.proofs import forget_nonces
from loanapp.backend.auth.sessions import end_all, forget_tokens
from loanapp.backend.services import Services


def forget_account(session: Session, borrower_id: str, now: datetime) -> None:
    """End every sign-in of a borrower whose account is closed, in the caller's transaction."""
    end_all(session, borrower_id, now)


def forget_old_sign_ins(services: Services) -> None:
    """Delete what can open or prove nothing any more."""
    forget_nonces(services)
    forget_tokens(services)
