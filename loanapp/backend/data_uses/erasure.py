"""Real deletion: what an application holds of a person goes from database, log and vault, and a receipt says so."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import own_application, require_status, set_status
from loanapp.backend.branches.appointments import give_up
from loanapp.backend.data_uses.heads import sign_head, written_head
from loanapp.backend.services import Services
from loanapp.backend.staff.tables import FaceLook, StaffNote
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import (
    Application,
    Check,
    ContractRecord,
    Correction,
    DeletionReceipt,
    FaceState,
    IdempotencyRecord,
    LivenessSession,
    Loan,
    StepUpRecord,
)
from loanapp.backend.verification.attempts import close_attempts
from loanapp.backend.verification.changed_face import CERTIFICATE
from loanapp.backend.verification.documents import PORTRAIT, photo_kind
from loanapp.domain.status import ERASABLE, ApplicationStatus
from loanapp.proof.signed_message import sign_message

IN_VAULT: Final = (photo_kind("front"), photo_kind("back"), PORTRAIT, CERTIFICATE)
_SEALED: Final = ("profile_sealed", "reading_sealed", "identity_sealed", "card_sealed", "decision_sealed")


def erase_on_request(services: Services, borrower_id: str, application_id: uuid.UUID) -> dict[str, Any]:
    """Erase what an application without a loan holds; the signed receipt. Asked again, the same receipt.

    Raises ``NOT_FOUND``, or ``NOT_ALLOWED_NOW`` while the application is being worked on, or where law keeps its data.
    """
    with services.database.write() as session:
        application = own_application(session, borrower_id, application_id)
        known = _receipt_of(session, application.id)
        if known is None:
            require_status(application, *ERASABLE)
            known = erase(services, session, application, "request")
    finish_erasure(services, str(application_id))
    return known


def erase(services: Services, session: Session, application: Application, reason: str) -> dict[str, Any]:
    """Take everything personal out of the application's rows, in the caller's transaction; the signed receipt.

    The receipt is the vault's timer: until :func:`finish_erasure` has run, each start and each minute runs it again.
    """
    now = services.clock.now()
    close_attempts(session, application, now)
    give_up(session, application, now)
    if application.status is ApplicationStatus.DRAFT:
        set_status(session, application, ApplicationStatus.EXPIRED, now)
    for column in _SEALED:
        setattr(application, column, None)
    application.identity_index = application.card_bank = application.card_last4 = None
    application.identity_corrections, application.has_front, application.has_back = [], False, False
    application.face_state, application.changed_face, application.certificate_at = FaceState.NONE, None, None
    for of_one in (Check, ContractRecord, Correction, StaffNote, FaceLook, StepUpRecord):
        session.execute(delete(of_one).where(of_one.application_id == application.id))
    session.execute(update(Loan).where(Loan.application_id == application.id).values(settlement_sealed=None))
    _forget_answers(session, application)
    for attempt in session.scalars(select(LivenessSession).where(LivenessSession.application_id == application.id)):
        attempt.measures = attempt.verdict = None
    items = ["identity_document", "face", "employment", "income_and_debt", "bank_card", "credit_record"]
    ledger.append(session, now, "deletion", application.id, {"what": "application", "reason": reason})
    return _keep_receipt(services, session, application, reason=reason, items=items, now=now)


def _forget_answers(session: Session, application: Application) -> None:
    """Answers kept for whoever repeats a request; those a later application may still need stay."""
    later = session.scalar(
        select(func.min(Application.created_at)).where(
            Application.borrower_id == application.borrower_id, Application.created_at > application.created_at
        )
    )
    gone = delete(IdempotencyRecord).where(IdempotencyRecord.borrower_id == application.borrower_id)
    session.execute(gone if later is None else gone.where(IdempotencyRecord.created_at < later))


def finish_erasure(services: Services, application_id: str) -> None:
    """Destroy what the vault has, keys first, and fold both logs: from here no byte of it is on the disk.

    While a reader holds a log, the receipt stays unfinished and the timer comes again.
    """
    for kind in IN_VAULT:
        services.vault.destroy(application_id, kind)
    gone = services.vault.erase_deleted()
    if not (services.database.erase_deleted() and gone):
        return
    with services.database.write() as session:
        for row in session.scalars(select(DeletionReceipt).where(DeletionReceipt.application_id == application_id)):
            row.finished_at = row.finished_at or services.clock.now()


def receipts_of(session: Session, borrower_id: str) -> list[dict[str, Any]]:
    """Every deletion receipt of a borrower, oldest first."""
    query = select(DeletionReceipt).where(DeletionReceipt.borrower_id == borrower_id)
    return [row.receipt for row in session.scalars(query.order_by(DeletionReceipt.at))]


def _receipt_of(session: Session, application_id: str) -> dict[str, Any] | None:
    query = select(DeletionReceipt).where(DeletionReceipt.application_id == application_id)
    row = session.scalars(query).first()
    return row.receipt if row is not None else None


def _keep_receipt(
    services: Services, session: Session, application: Application, *, reason: str, items: list[str], now: datetime
) -> dict[str, Any]:
    receipt = sign_message(
        services.keys.message,
        {
            "type": "deletion_receipt",
            "receipt_id": str(uuid.uuid4()),
            "application_id": application.id,
            "number": application.number,
            "reason": reason,
            "items": items,
            "at": now.isoformat(),
            "ledger_head": written_head(sign_head(services, session)),
        },
    )
    session.add(
        DeletionReceipt(
            id=str(receipt["receipt_id"]),
            borrower_id=application.borrower_id,
            application_id=application.id,
            at=now,
            receipt=receipt,
        )
    )
    session.flush()
    return receipt
