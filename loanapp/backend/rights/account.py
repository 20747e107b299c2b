"""The end of an account: everything that may go goes at once, and whoever comes back comes as a stranger."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.tables import Device, RefreshToken
from loanapp.backend.data_uses.deletion_receipts import erased_applications, receipts_of
from loanapp.backend.data_uses.erasure import erase, finish_erasure
from loanapp.backend.data_uses.erasure_rules import GO_WITH_ACCOUNT
from loanapp.backend.data_uses.kept import kept_until
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import (
    Application,
    ApplicationEvent,
    Base,
    Borrower,
    ConsentRecord,
    DeletionReceipt,
    LivenessSession,
    OneTimeCode,
    RetryWait,
)
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ERASABLE, ApplicationStatus


@dataclass(frozen=True, slots=True)
class Closed:
    """What was deleted with an account, as signed receipts, and what law keeps of repaid loans: number and day."""

    receipts: list[dict[str, Any]]
    kept: list[tuple[str, date]]


def close_account(services: Services, borrower_id: str) -> Closed:
    """Erase every application, forget the phone and what was asked, end every session.

    Records of a repaid loan are kept as long as law says and only kept: nobody signs in to them any more, and the
    timer of deletions takes them (:func:`forget_closed`). What the ledger says of this person goes with its salts, at
    once or with those records; that something was done, and the chain, stay.

    Raises ``NOT_ALLOWED_NOW`` with the status of the application in the way: one being worked on, or a loan that is
    not repaid.
    """
    now = services.clock.now()
    with services.database.write() as session:
        applications = list(session.scalars(select(Application).where(Application.borrower_id == borrower_id)))
        for application in applications:
            if application.status not in ERASABLE and application.status is not ApplicationStatus.SETTLED:
                raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
        erased = set(session.scalars(erased_applications().where(DeletionReceipt.borrower_id == borrower_id)))
        kept = []
        for application in applications:
            until = kept_until(session, application, services.policies.kept_by_law)
            if until is not None:
                kept.append((application.number, until[0]))
            elif application.id not in erased:
                erase(services, session, application, "account_closed")
        _forget_person(services, session, borrower_id)
        closed = {"what": "account_closed"}
        ledger.append(session, now, "deletion", None, closed, actor="borrower", borrower_id=borrower_id)
        if not kept:
            ledger.make_anonymous(session, borrower_id, [application.id for application in applications])
        receipts = receipts_of(session, borrower_id)
    for application in applications:
        finish_erasure(services, application.id)
    services.database.erase_deleted()
    return Closed(receipts, kept)


def _forget_person(services: Services, session: Session, borrower_id: str) -> None:
    borrower = session.get_one(Borrower, borrower_id)
    session.execute(delete(OneTimeCode).where(OneTimeCode.phone_index == borrower.phone_index))
    session.execute(delete(RetryWait).where(RetryWait.person == borrower_id))
    devices = select(Device.id).where(Device.borrower_id == borrower_id)
    session.execute(delete(RefreshToken).where(RefreshToken.device_id.in_(devices)))
    for table in GO_WITH_ACCOUNT:
        session.execute(delete(table).where(inspect(table).columns["borrower_id"] == borrower_id))
    borrower.phone_index = f"closed|{borrower_id}"
    borrower.phone_sealed = services.cipher.encrypt(b"", f"borrower|{borrower_id}|phone")
    borrower.closed_at, borrower.face_failures, borrower.face_locked_until = services.clock.now(), 0, None


def forget_closed(services: Services) -> None:
    """Make anonymous what is left of closed accounts whose last records have gone, and delete their proofs in time."""
    now = services.clock.now()
    last = now - timedelta(days=services.policies.retention_days("account"))
    with services.database.write() as session:
        for borrower in session.scalars(select(Borrower).where(Borrower.closed_at.is_not(None))):
            mine = list(session.scalars(select(Application.id).where(Application.borrower_id == borrower.id)))
            if set(mine) - set(
                session.scalars(erased_applications().where(DeletionReceipt.borrower_id == borrower.id))
            ):
                continue
            ledger.make_anonymous(session, borrower.id, mine)
            newest = session.scalars(
                select(DeletionReceipt.at)
                .where(DeletionReceipt.borrower_id == borrower.id)
                .order_by(DeletionReceipt.at.desc())
            ).first()
            if borrower.closed_at is not None and max(borrower.closed_at, newest or borrower.closed_at) < last:
                _delete_proofs(session, borrower, mine)


def _delete_proofs(session: Session, borrower: Borrower, applications: list[str]) -> None:
    of_application: tuple[type[Base], ...] = (ApplicationEvent, ConsentRecord, LivenessSession)
    for table in of_application:
        session.execute(delete(table).where(inspect(table).columns["application_id"].in_(applications)))
    of_borrower: tuple[type[Base], ...] = (DeletionReceipt, Application)
    for table in of_borrower:
        session.execute(delete(table).where(inspect(table).columns["borrower_id"] == borrower.id))
    session.execute(delete(Borrower).where(Borrower.id == borrower.id))
