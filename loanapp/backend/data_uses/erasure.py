"""Real deletion: what an application holds of a person goes from database, log and vault, and a receipt says so."""

import uuid
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed, own_application, require_status, set_status
from loanapp.backend.branches.appointments import give_up
from loanapp.backend.data_uses.deletion_receipts import erased_applications, note_deletion, receipt_of
from loanapp.backend.data_uses.erasure_rules import GO_WITH_APPLICATION, GO_WITH_ASSESSMENT
from loanapp.backend.services import Services
from loanapp.backend.store.tables import (
    Application,
    Base,
    Check,
    DeletionReceipt,
    FaceState,
    HardshipRecord,
    IdempotencyRecord,
    LivenessSession,
    RetryWait,
)
from loanapp.backend.verification.attempts import close_attempts
from loanapp.backend.verification.changed_face import CERTIFICATE
from loanapp.backend.verification.documents import PORTRAIT, forget_card, photo_kind
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.hardship import HardshipReason, HardshipState
from loanapp.domain.money import ZERO
from loanapp.domain.status import ERASABLE, ApplicationStatus

IN_VAULT: Final = (photo_kind("front"), photo_kind("back"), PORTRAIT, CERTIFICATE)
_SEALED: Final = ("profile_sealed", "reading_sealed", "identity_sealed", "card_sealed", "decision_sealed")
_S = ApplicationStatus
_STAY: Final = frozenset({_S.WITHDRAWN, _S.EXPIRED})
_ITEMS: Final = (
    "identity_document",
    "face",
    "changed_face_certificate",
    "network_identity_code",
    "branch_visit",
    "employment",
    "income_and_debt",
    "bank_card",
    "credit_record",
    "social_insurance_record",
    "loan_terms",
    "hardship",
    "application_origin",
)
_ASSESSED: Final = (
    "employment",
    "income_and_debt",
    "branch_visit",
    "credit_record",
    "social_insurance_record",
    "bank_card",
    "hardship",
)
_COUNTED: Final = timedelta(days=1)  # face attempts are limited by the hour, over all of a borrower's applications


def erase_on_request(services: Services, borrower_id: str, application_id: uuid.UUID) -> dict[str, Any]:
    """Erase what an application without a loan holds; the signed receipt. Asked again, the same receipt.

    Raises ``NOT_FOUND``, or ``NOT_ALLOWED_NOW`` while the application is being worked on, or where law keeps its data.
    """
    with services.database.write() as session:
        application = own_application(session, borrower_id, application_id)
        known = receipt_of(session, application.id)
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
    if application.status is _S.DECLINED:
        _keep_waiting(services, session, application)
    if application.status not in _STAY:
        set_status(session, application, _S.EXPIRED, now)
    for column in _SEALED:
        setattr(application, column, None)
    application.identity_index = application.card_bank = application.card_last4 = None
    application.identity_corrections, application.has_front, application.has_back = [], False, False
    application.face_state, application.changed_face, application.certificate_at = FaceState.NONE, None, None
    # What was asked for cannot be empty: no amount, and the purpose that says the least.
    application.amount, application.months, application.purpose = ZERO, 0, LoanPurpose.DAILY_CONSUMPTION
    application.offer = application.disclosure_table = None
    application.disclosure_seconds = None
    _delete_rows(session, GO_WITH_APPLICATION, application.id)
    _forget_answers(session, application)
    for attempt in session.scalars(select(LivenessSession).where(LivenessSession.application_id == application.id)):
        attempt.measures = attempt.verdict = attempt.reasons = attempt.evidence_sha256 = None
    return note_deletion(services, session, application, part=None, reason=reason, items=_ITEMS, now=now)


def erase_assessment(services: Services, session: Session, application: Application) -> dict[str, Any]:
    """Take out what no law keeps beside a repaid loan, in the caller's transaction; the signed receipt."""
    forget_card(application)
    application.profile_sealed = application.decision_sealed = None
    for check in session.scalars(select(Check).where(Check.application_id == application.id)):
        check.answer_sealed = None
    _delete_rows(session, GO_WITH_ASSESSMENT, application.id)
    _forget_hardship(session, application.id)
    now = services.clock.now()
    return note_deletion(
        services, session, application, part="assessment", reason="retention", items=_ASSESSED, now=now
    )


def forget_attempts(services: Services) -> None:
    """Delete the face attempts of erased applications once they count for nothing any more."""
    old = services.clock.now() - _COUNTED
    with services.database.write() as session:
        session.execute(
            delete(LivenessSession).where(
                LivenessSession.application_id.in_(erased_applications()), LivenessSession.issued_at < old
            )
        )


def _delete_rows(session: Session, tables: tuple[type[Base], ...], application_id: str) -> None:
    session.flush()
    for of_one in tables:
        session.execute(delete(of_one).where(inspect(of_one).columns["application_id"] == application_id))


def _forget_hardship(session: Session, application_id: str) -> None:
    """Time that was granted stays as long as the loan whose account it changed; why it was asked for does not."""
    of_loan = HardshipRecord.application_id == application_id
    session.execute(delete(HardshipRecord).where(of_loan, HardshipRecord.state != HardshipState.GRANTED))
    # A reason cannot be empty: the one that says the least.
    session.execute(update(HardshipRecord).where(of_loan).values(reason=HardshipReason.OTHER))


def _keep_waiting(services: Services, session: Session, application: Application) -> None:
    """Whoever was told a day to come back on does not come earlier by having the decision deleted.

    Of several days, told for several applications, the last one counts.
    """
    told = (Sealed(services, application).decision or {}).get("retry_after")
    for person in (application.identity_index, application.borrower_id):
        if told and person:
            until, before = date.fromisoformat(told), session.get(RetryWait, person)
            session.merge(RetryWait(person=person, until=max(until, before.until) if before is not None else until))


def _forget_answers(session: Session, application: Application) -> None:
    """Answers kept for whoever repeats a request; those a later application may still need stay."""
    later = session.scalar(
        select(func.min(Application.created_at)).where(
            Application.borrower_id == application.borrower_id, Application.created_at > application.created_at
        )
    )
    gone = delete(IdempotencyRecord).where(IdempotencyRecord.borrower_id == application.borrower_id)
    session.execute(gone if later is None else gone.where(IdempotencyRecord.created_at < later))


def _destroy_certificate(services: Services, application_id: str) -> None:
    with services.database.write() as session:
        application = session.get(Application, application_id)
        # One sent since, under a new authorisation, is another one.
        if application is None or application.certificate_at is None:
            services.vault.destroy(application_id, CERTIFICATE)


def finish_erasure(services: Services, application_id: str) -> None:
    """Destroy what the vault has, keys first, and fold both logs: from here no byte of it is on the disk.

    While a reader holds a log, the receipts stay unfinished and the timer comes again.
    """
    of_one = select(DeletionReceipt).where(
        DeletionReceipt.application_id == application_id, DeletionReceipt.finished_at.is_(None)
    )
    with services.database.read() as session:
        begun = list(session.scalars(of_one))
    for kind in IN_VAULT:
        if not any(row.part in {None, kind} for row in begun):
            continue
        if kind == CERTIFICATE:
            _destroy_certificate(services, application_id)
        else:
            services.vault.destroy(application_id, kind)
    gone = services.vault.erase_deleted()
    if not (services.database.erase_deleted() and gone):
        return
    with services.database.write() as session:
        for row in begun:
            session.get_one(DeletionReceipt, row.id).finished_at = services.clock.now()
