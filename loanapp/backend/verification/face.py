"""From evidence to verdict: judged by the shared engine in memory, held against the portrait, put on record."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import filled_in, own_application
from loanapp.backend.branches.appointments import give_up
from loanapp.backend.inference.client import FaceResult, Question
from loanapp.backend.policy.models import Face
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.cipher import CipherError
from loanapp.backend.store.tables import Application, ApplicationEvent, Borrower, FaceState, LivenessSession
from loanapp.backend.verification.attempts import close_attempts, doubted
from loanapp.backend.verification.challenges import lock_after_failures, read_challenge, refuse_locked
from loanapp.backend.verification.counts import count_attempt
from loanapp.backend.verification.documents import PORTRAIT
from loanapp.backend.verification.step_up import ask_person, may_show, shown_by_camera
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Challenge, SourceKind, VerdictOutcome, VerdictReason
from loanapp.domain.status import ApplicationStatus
from loanapp.vision.evidence import EvidenceHeader

EVIDENCE: Final = "face_evidence"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the borrower is told."""

    outcome: VerdictOutcome
    reasons: tuple[VerdictReason, ...]
    attempts_left: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt whose evidence may come; not ``open`` once there is a verdict, which can only be told again."""

    session_id: str
    challenge: Challenge
    source: SourceKind
    owner: str
    open: bool


@dataclass(frozen=True, slots=True)
class Received:
    """Evidence as it came: its bytes, header and SHA-256, when the header was there, and the key of the early look."""

    content: bytes = field(repr=False)
    header: EvidenceHeader = field(repr=False)
    sha256: str
    at: datetime
    early_key: str


def open_attempt(services: Services, borrower_id: str, session_id: uuid.UUID) -> Attempt:
    """The borrower's own attempt.

    Raises ``NOT_FOUND``, ``CHALLENGE_EXPIRED`` (too late, or closed without a verdict) or ``FACE_ATTEMPTS_LOCKED``.
    """
    with services.database.read() as session:
        attempt, application = _attempt(session, borrower_id, session_id)
        if attempt.outcome is None:
            refuse_locked(services, session, session.get_one(Borrower, borrower_id), failures_only=True)
            if attempt.used_at is not None or attempt.expires_at <= services.clock.now():
                raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)
        return Attempt(
            session_id=attempt.id,
            challenge=read_challenge(attempt.challenge),
            source=attempt.source_kind,
            owner=application.id,
            open=attempt.outcome is None,
        )


def told_again(services: Services, borrower_id: str, attempt: Attempt, digest: str) -> Verdict:
    """The verdict there is, to whoever sends the very evidence it was made on; else ``CHALLENGE_EXPIRED``."""
    with services.database.read() as session:
        found, _application = _attempt(session, borrower_id, uuid.UUID(attempt.session_id))
        if found.evidence_sha256 != digest:
            raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)
        return _told(found)


def conclude(services: Services, borrower_id: str, attempt: Attempt, received: Received) -> Verdict:
    """The verdict on evidence that is there as a whole; it is judged in memory and stored nowhere.

    Raises ``CHALLENGE_EXPIRED``, ``EVIDENCE_INVALID``, ``SOURCE_NOT_ACCEPTED``, ``NOT_ALLOWED_NOW``, or
    ``FACE_ATTEMPTS_LOCKED`` where the lock came meanwhile. An answer that cannot be given (``LENDER_TROUBLE``) leaves
    the attempt open.
    """
    # By when its header was there: a slow connection is nobody's fault.
    if received.at >= attempt.challenge.expires_at:
        raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)
    try:
        portrait = services.vault.load(attempt.owner, PORTRAIT)
    except CipherError:
        raise RefusedError(ErrorCode.EVIDENCE_INVALID) from None
    if portrait is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, missing="identity_document")
    result = services.inference.judge(
        Question(
            evidence=received.content,
            challenge=attempt.challenge,
            source_kind=attempt.source.value,
            portrait=portrait,
            received_at=received.at,
            early_key=received.early_key,
            pad_manifest=services.policies.face.pad_model,
        )
    )
    return _record(services, borrower_id, uuid.UUID(attempt.session_id), result, received.sha256)


def _attempt(session: Session, borrower_id: str, session_id: uuid.UUID) -> tuple[LivenessSession, Application]:
    attempt = session.get(LivenessSession, str(session_id))
    if attempt is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return attempt, own_application(session, borrower_id, attempt.application_id)


def _record(services: Services, borrower_id: str, session_id: uuid.UUID, result: FaceResult, digest: str) -> Verdict:
    now = services.clock.now()
    with services.database.write() as session:
        attempt, found = _attempt(session, borrower_id, session_id)
        if attempt.used_at is not None:
            raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)  # the same attempt was answered meanwhile
        once_more = found.status is ApplicationStatus.SIGNING and may_show(services, session, found)
        application = found if once_more else filled_in(session, borrower_id, found.id)
        refuse_locked(services, session, session.get_one(Borrower, borrower_id), failures_only=True)
        flash = bool(read_challenge(attempt.challenge).flash)
        outcome, reasons = decide(result, services.policies.face, flash=flash)
        since = _signing_since(session, application) if once_more else None
        if outcome is VerdictOutcome.PASSED and doubted(session, application, since):
            outcome, reasons = VerdictOutcome.REVIEW, (VerdictReason.LIVENESS_UNSURE,)
        attempt.used_at = attempt.ended_at = now
        attempt.outcome = outcome
        attempt.reasons = [reason.value for reason in reasons]
        attempt.measures = dict(result.measures)
        attempt.verdict = full_verdict(services, result, outcome, reasons)
        attempt.evidence_sha256 = digest
        if once_more:
            _apply_once_more(services, session, application, outcome, now)
        else:
            _apply(services, session, application, outcome, now)
        failures = session.get_one(Borrower, borrower_id).face_failures
        left = max(0, services.policies.face.attempts_before_manual - failures)
        attempt.attempts_left = left
        application.updated_at = now
        count_attempt(session, now, outcome, reasons, flash=flash)
        detail = {
            "check": "liveness_verdict",
            "session_id": attempt.id,
            "outcome": outcome.value,
            "reasons": attempt.reasons,
            "evidence_sha256": digest,
            "evidence": "judged in memory, never stored",
            "verdict_sha256": verdict_sha256(attempt.verdict),
        }
        ledger.append(session, now, "check", application.id, detail)
        return _told(attempt)


def _signing_since(session: Session, application: Application) -> datetime | None:
    """A doubt about the face before the offer was a person's to decide, and is decided."""
    query = select(ApplicationEvent.at).where(
        ApplicationEvent.application_id == application.id, ApplicationEvent.status == ApplicationStatus.SIGNING
    )
    return session.scalars(query.order_by(ApplicationEvent.id.desc()).limit(1)).first()


def full_verdict(
    services: Services, result: FaceResult, outcome: VerdictOutcome, reasons: tuple[VerdictReason, ...]
) -> dict[str, Any]:
    """What a verdict rests on: every rule with its value and limit, the models and thresholds, the policy."""
    return {
        "outcome": outcome.value,
        "reasons": [reason.value for reason in reasons],
        "document_match": result.match,
        "rules": list(result.rules),
        "models_sha256": dict(result.models),
        "thresholds_sha256": dict(result.thresholds),
        "policy": f"face {services.policies.face.version}",
    }


def verdict_sha256(verdict: dict[str, Any]) -> str:
    """SHA-256 of a stored verdict, over JSON with sorted keys and no white space."""
    return sha256(json.dumps(verdict, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _apply(
    services: Services, session: Session, application: Application, outcome: VerdictOutcome, now: datetime
) -> None:
    if outcome is VerdictOutcome.PASSED:
        give_up(session, application, now)
        application.face_state, application.face_by_person = FaceState.PASSED, False
    elif outcome is VerdictOutcome.REVIEW:
        # The person is live, the match unsure: a person compares, and the borrower need not try again.
        application.face_state, application.face_by_person = FaceState.MANUAL, True
    else:
        application.face_state = FaceState.RETRY
    _count(services, session, application.borrower_id, outcome, now)


def _apply_once_more(
    services: Services, session: Session, application: Application, outcome: VerdictOutcome, now: datetime
) -> None:
    """Before a payout: what was verified once stays as it is, and nothing is signed before this has passed too."""
    if outcome is VerdictOutcome.PASSED:
        shown_by_camera(session, application, now)
    elif outcome is VerdictOutcome.REVIEW:
        ask_person(services, session, application, now, by_borrower=False)
    _count(services, session, application.borrower_id, outcome, now)


def _count(services: Services, session: Session, borrower_id: str, outcome: VerdictOutcome, now: datetime) -> None:
    """Count failures in a row, which a pass ends, and lock after too many."""
    borrower = session.get_one(Borrower, borrower_id)
    if outcome is VerdictOutcome.PASSED:
        borrower.face_failures = 0
        return
    borrower.face_failures += outcome is not VerdictOutcome.REVIEW
    session.flush()
    lock_after_failures(services, session, borrower, now)


def decide(result: FaceResult, policy: Face, *, flash: bool = True) -> tuple[VerdictOutcome, tuple[VerdictReason, ...]]:
    """Liveness and match together: a face unlike the document's asks for another try, an unsure one for a person.

    ``flash``: whether the challenge had colours; without them policy may want a person to look.
    """
    outcome = VerdictOutcome(result.outcome)
    reasons = tuple(VerdictReason(reason) for reason in result.reasons)
    if outcome not in {VerdictOutcome.PASSED, VerdictOutcome.REVIEW}:
        return outcome, reasons
    if result.match == "different":
        return VerdictOutcome.RETRY, (VerdictReason.FACE_UNLIKE_DOCUMENT,)
    if result.match != "same":
        reasons = (*reasons, VerdictReason.FACE_MATCH_UNSURE)
    if policy.flash and policy.flash_declined_to_review and not flash and not reasons:
        reasons = (VerdictReason.LIVENESS_UNSURE,)
    return (VerdictOutcome.REVIEW, reasons) if reasons else (outcome, ())


def _told(attempt: LivenessSession) -> Verdict:
    if attempt.outcome is None:
        raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)
    reasons = tuple(VerdictReason(reason) for reason in attempt.reasons or [])
    return Verdict(attempt.outcome, reasons, attempt.attempts_left or 0)


def destroy_leftovers(services: Services) -> int:
    """Destroy evidence that an earlier version, which stored it while it was judged, left behind; how many attempts.

    This version stores none.
    """
    owners = services.vault.stored_before(EVIDENCE, services.clock.now())
    for owner in owners:
        count = services.vault.destroy(owner, EVIDENCE)
        now = services.clock.now()
        with services.database.write() as session:
            ledger.append(session, now, "deletion", owner, {"what": EVIDENCE, "items": count})
    return len(owners)


def choose_manual(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, *, changed_face: bool = False
) -> Application:
    """The other way: a person compares documents and card, at the same price.

    ``changed_face``: the borrower says that the face is no longer as on the document; a certificate may be added.
    Before a payout that asks for it once more, the person speaks with the borrower (:mod:`.step_up`).
    """
    once_more = own_application(session, borrower_id, application_id)
    if once_more.status is ApplicationStatus.SIGNING:
        now = services.clock.now()
        close_attempts(session, once_more, now)
        ask_person(services, session, once_more, now)
        return once_more
    application = filled_in(session, borrower_id, application_id)
    if application.identity_sealed is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, missing="identity")
    if application.face_state is not FaceState.PASSED:
        application.face_state, application.face_by_person = FaceState.MANUAL, True
    now = services.clock.now()
    close_attempts(session, application, now)  # a verdict on its way does not undo the choice
    give_up(session, application, now)
    application.changed_face = changed_face
    application.updated_at = now
    detail = {"check": "manual_verification_chosen", "changed_face": changed_face}
    ledger.append(session, now, "check", application.id, detail, actor="borrower")
    return application
