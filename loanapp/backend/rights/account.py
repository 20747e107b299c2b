"""The end of an account: everything that may go goes at once, and whoever comes back comes as a stranger."""

from typing import Any

from sqlalchemy import delete, select

from loanapp.backend.auth.forgetting import forget_account
from loanapp.backend.data_uses.erasure import erase, finish_erasure, receipts_of
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import (
    Application,
    Borrower,
    DeletionReceipt,
    OneTimeCode,
    RightRecord,
    SupportTicket,
)
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ERASABLE


def close_account(services: Services, borrower_id: str) -> list[dict[str, Any]]:
    """Erase every application, forget the phone and what was asked, end every session; the signed receipts.

    What the ledger says of this person goes with its salts; that something was done, and the chain, stay.

    Raises ``NOT_ALLOWED_NOW`` with the status of the application in the way: one being worked on, or one that led to a
    loan, whose records law keeps (rules of retention, ``resources/policy/retention.toml``).
    """
    now = services.clock.now()
    with services.database.write() as session:
        applications = list(session.scalars(select(Application).where(Application.borrower_id == borrower_id)))
        for application in applications:
            if application.status not in ERASABLE:
                raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
        erased = set(
            session.scalars(select(DeletionReceipt.application_id).where(DeletionReceipt.borrower_id == borrower_id))
        )
        for application in applications:
            if application.id not in erased:
                erase(services, session, application, "account_closed")
        borrower = session.get_one(Borrower, borrower_id)
        session.execute(delete(OneTimeCode).where(OneTimeCode.phone_index == borrower.phone_index))
        for about in (SupportTicket, RightRecord):
            session.execute(delete(about).where(about.borrower_id == borrower_id))
        borrower.phone_index = f"closed|{borrower_id}"
        borrower.phone_sealed = services.cipher.encrypt(b"", f"borrower|{borrower_id}|phone")
        forget_account(session, borrower_id, now)
        closed = {"what": "account_closed"}
        ledger.append(session, now, "deletion", None, closed, actor="borrower", borrower_id=borrower_id)
        ledger.make_anonymous(session, borrower_id, [application.id for application in applications])
        receipts = receipts_of(session, borrower_id)
    for application in applications:
        finish_erasure(services, application.id)
    services.database.erase_deleted()
    return receipts
