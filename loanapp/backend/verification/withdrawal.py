"""Taking an authorisation back: at once it is used no more; what was found under it goes where nothing else needs it.

What it does to the application is the policy's row for the phase (``resources/policy/consents.toml``), which the
borrower has read before. What was done earlier stays valid (PIPL 15); what only the authorisation allowed is deleted
(PIPL 47).
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed, newest_consents, set_status
from loanapp.backend.branches.appointments import booked
from loanapp.backend.data_uses.deletion_receipts import note_deletion
from loanapp.backend.policy.checks import Check as Needed
from loanapp.backend.policy.models import Withdrawal
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, Check, ContractRecord, FaceState, LivenessSession
from loanapp.backend.verification.attempts import close_attempts
from loanapp.backend.verification.changed_face import CERTIFICATE
from loanapp.backend.verification.demands import demands
from loanapp.backend.verification.documents import forget_card, forget_face
from loanapp.domain.consent import ApplicationPhase, ConsentScope, WithdrawalEffect, phase_of
from loanapp.domain.decision import DecisionReason
from loanapp.domain.status import ApplicationStatus

_WITHOUT_A_FACE: Final = frozenset({FaceState.MANUAL, FaceState.CREDENTIAL})


def stands(session: Session, application_id: str, scope: ConsentScope) -> bool:
    """Whether the newest answer grants ``scope``, to whichever text: what may still be done under it."""
    record = newest_consents(session, application_id).get(scope)
    return record is not None and record.granted


def withdrawal_of(services: Services, application: Application, scope: ConsentScope) -> Withdrawal:
    """What taking ``scope`` back does now."""
    return services.policies.consent(scope).withdrawal(phase_of(application.status))


def take_back(
    services: Services, session: Session, application: Application, scope: ConsentScope, now: datetime
) -> dict[str, Any] | None:
    """End what is done under ``scope`` and forget what was found, in the caller's transaction.

    The signed receipt of what was deleted, which is an entry of the ledger as well; ``None`` where nothing was held.
    """
    phase, row = phase_of(application.status), withdrawal_of(services, application, scope)
    gone = None
    match scope:
        case ConsentScope.FACE_VERIFICATION if _take_back_face(session, application, phase, now):
            gone = "face_evidence", "face"
        case ConsentScope.BUREAU_QUERY if _take_back_record(session, application, "credit"):
            gone = "credit_record", "credit_record"
        case ConsentScope.SOCIAL_INSURANCE_QUERY if _take_back_record(session, application, "income"):
            gone = "social_insurance_record", "social_insurance_record"
        case ConsentScope.BANK_ACCOUNT_CHECK if phase is not ApplicationPhase.LENT and _take_back_card(
            session, application
        ):
            gone = "bank_card", "bank_card"
        case ConsentScope.CHANGED_FACE_CERTIFICATE if application.certificate_at is not None:
            # Its bytes go with the unfinished receipt (loanapp.backend.data_uses.erasure.finish_erasure).
            application.certificate_at = None
            gone = CERTIFICATE, CERTIFICATE
        case _:
            pass
    receipt = None
    if gone is not None:
        part, item = gone
        receipt = note_deletion(
            services, session, application, part=part, reason="withdrawn", items=[item], now=now, actor="borrower"
        )
    if row.effect is WithdrawalEffect.ANOTHER_WAY:
        _another_way(services, session, application, scope)
    if row.effect is WithdrawalEffect.APPLICATION_ENDS:
        set_status(session, application, ApplicationStatus.WITHDRAWN, now, "borrower")
    return receipt


def _take_back_record(session: Session, application: Application, step: str) -> bool:
    check = session.get(Check, (application.id, step))
    if check is None or check.answer_sealed is None:
        return False
    check.answer_sealed = None
    return True


def _take_back_card(session: Session, application: Application) -> bool:
    # Made and never signed by both; it names the card.
    unsigned = list(session.scalars(select(ContractRecord).where(ContractRecord.application_id == application.id)))
    held = application.card_sealed is not None or bool(unsigned)
    forget_card(application)
    for contract in unsigned:
        session.delete(contract)
    return held


def _take_back_face(session: Session, application: Application, phase: ApplicationPhase, now: datetime) -> bool:
    close_attempts(session, application, now)
    if phase is ApplicationPhase.FILLING and application.face_state not in _WITHOUT_A_FACE:
        forget_face(session, application, now)
    if phase is ApplicationPhase.LENT:
        return False  # the proof of who signed (Anti-Money Laundering Law 34)
    held = False
    for attempt in session.scalars(select(LivenessSession).where(LivenessSession.application_id == application.id)):
        held = held or attempt.measures is not None or attempt.verdict is not None
        attempt.measures = attempt.verdict = None
    return held


def _another_way(services: Services, session: Session, application: Application, scope: ConsentScope) -> None:
    if scope is ConsentScope.FACE_VERIFICATION:
        _to_a_person(services, session, application)
    elif demands(services, session, application).needs(Needed.INCOME):  # may be authorised where it is not needed
        _because(services, application, DecisionReason.INCOME_BY_PERSON)


def _to_a_person(services: Services, session: Session, application: Application) -> None:
    """The check by documents, at the same price; whoever was verified without a face, or will be, stays as they are."""
    if booked(session, application) is not None or application.face_state is FaceState.CREDENTIAL:
        return
    application.face_state, application.face_by_person = FaceState.MANUAL, True
    _because(services, application, DecisionReason.FACE_CHECK_BY_PERSON)


def _because(services: Services, application: Application, reason: DecisionReason) -> None:
    """Where a person decides already: for this reason as well."""
    sealed = Sealed(services, application)
    decision = sealed.decision
    if decision is not None and reason.value not in decision["reasons"]:
        sealed.decision = decision | {"reasons": [*decision["reasons"], reason.value]}
