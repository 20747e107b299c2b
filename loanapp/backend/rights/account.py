"""The end of an account: everything that may go goes at once, and whoever comes back comes as a stranger."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from loanapp.backend.data_uses.deletion_receipts import erased_applications, receipts_of
from loanapp.backend.data_uses.erasure import erase, finish_erasure
from loanapp.backend.data_uses.erasure_rules import GO_WITH_ACCOUNT, GO_WITH_PROOFS, delete_theirs
from loanapp.backend.data_uses.kept import kept_until
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Borrower, DeletionReceipt, LedgerRow
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import CLOSABLE

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)  # looked up in an index, which "is not null" is not everywhere


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
            if application.status not in CLOSABLE:
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
    delete_theirs(session, GO_WITH_ACCOUNT, borrower)
    borrower.phone_index = f"closed|{borrower_id}"
    borrower.phone_sealed = services.cipher.encrypt(b"", f"borrower|{borrower_id}|phone")
    borrower.closed_at, borrower.face_failures, borrower.face_locked_until = services.clock.now(), 0, None


def closed_over(services: Services) -> list[str]:
    """Closed accounts that something is still to be done to: the last records have gone since, or the proofs' time."""
    with services.database.read() as session:
        return list(session.scalars(select(Borrower.id).where(or_(_still_named(), _proofs_over(services)))))


def forget_closed(services: Services, borrower_id: str) -> None:
    """Make anonymous what is left of one of them, and delete its proofs in time."""
    with services.database.write() as session:
        mine = select(Borrower).where(Borrower.id == borrower_id)
        if (borrower := session.scalars(mine.where(_still_named())).first()) is not None:
            applications = session.scalars(select(Application.id).where(Application.borrower_id == borrower_id))
            ledger.make_anonymous(session, borrower_id, list(applications))
        if (borrower := session.scalars(mine.where(_proofs_over(services))).first()) is not None:
            delete_theirs(session, GO_WITH_PROOFS, borrower)


def _gone() -> ColumnElement[bool]:
    """Closed, and everything of every application was deleted."""
    whole = exists().where(DeletionReceipt.application_id == Application.id, DeletionReceipt.part.is_(None))
    return and_(
        Borrower.closed_at >= _EVER,
        ~select(Application.id).where(Application.borrower_id == Borrower.id, ~whole).exists(),
    )


def _still_named() -> ColumnElement[bool]:
    applications = select(Application.id).where(Application.borrower_id == Borrower.id).correlate(Borrower)
    about = or_(LedgerRow.borrower_id == Borrower.id, LedgerRow.application_id.in_(applications))
    return and_(_gone(), select(LedgerRow.no).where(about).exists())


def _proofs_over(services: Services) -> ColumnElement[bool]:
    last = services.clock.now() - timedelta(days=services.policies.retention_days("account"))
    newer = select(DeletionReceipt.id).where(DeletionReceipt.borrower_id == Borrower.id, DeletionReceipt.at >= last)
    return and_(_gone(), Borrower.closed_at < last, ~newer.exists())
