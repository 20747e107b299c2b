"""What of signing in is forgotten: with the account, and with time."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from loanapp.backend.auth.one_time_codes import forget_codes
from loanapp.backend.auth.proofs import forget_nonces
from loanapp.backend.auth.sessions import end_all, forget_tokens
from loanapp.backend.auth.tables import BorrowerPassword, BorrowerSecondFactor
from loanapp.backend.auth.tries import forget_tries
from loanapp.backend.services import Services


def forget_account(session: Session, borrower_id: str, now: datetime) -> None:
    """End every sign-in of a closed account and forget what opened it, in the caller's transaction."""
    end_all(session, borrower_id, now)
    for table in (BorrowerPassword, BorrowerSecondFactor):
        session.execute(delete(table).where(table.borrower_id == borrower_id))


def forget_old_sign_ins(services: Services) -> None:
    """Delete what can open or prove nothing any more."""
    forget_codes(services)
    forget_nonces(services)
    forget_tokens(services)
    forget_tries(services)
