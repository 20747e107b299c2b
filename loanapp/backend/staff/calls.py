"""Whom a member of staff has to call before a contract may be signed (:mod:`loanapp.backend.verification.step_up`)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.services import Services
from loanapp.backend.verification.step_up import step_up, waiting_for_person


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """One borrower to call; ``phone`` is the account's, never one that is told during the call."""

    application_id: str
    number: str
    amount: str
    since: datetime
    because: tuple[str, ...]
    phone: str

    def __repr__(self) -> str:
        return "WaitingCall(...)"


def waiting_calls(services: Services) -> list[WaitingCall]:
    """Everybody who waits for a call, the longest first."""
    with services.database.read() as session:
        found = []
        for record, application in waiting_for_person(session):
            asked = step_up(services, session, application)
            found.append(
                WaitingCall(
                    application.id,
                    application.number,
                    f"{Decimal((application.offer or {}).get('payout', '0')):,.2f}",
                    record.asked_at,
                    tuple(rule.because.zh for rule in asked.rules) if asked is not None else (),
                    borrower_phone(services, session, application.borrower_id),
                )
            )
        return found
