"""Evidence to verdict: opened, judged by the shared engine, held against the portrait, destroyed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import draft, own_application
from loanapp.backend.branches.appointments import give_up
from loanapp.backend.inference.client import FaceResult
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.cipher import CipherError
from loanapp.backend.store.tables import Application, Borrower, FaceState, LivenessSession
from loanapp.backend.verification.challenges import lock_after_failures, read_challenge, refuse_locked
from loanapp.backend.verification.documents import PORTRAIT
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import VerdictOutcome, VerdictReason
from loanapp.proof.envelope import EnvelopeError, open_sealed

EVIDENCE: Final = "face_evidence"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the borrower is told."""

    outcome: VerdictOutcome
    reasons: tuple[VerdictReason, ...]
    attempts_left: int


def judge_evidence(services: Services, borrower_id: str, session_id: uuid.UUID, sealed: bytes) -> Verdict:
    """The verdict on one attempt; sending the same evidence again gives the same verdict.

    Raises ``CHALLENGE_EXPIRED`` (too late, or the attempt was used with other evidence), ``EVIDENCE_INVALID``,
    ``SOURCE_NOT_ACCEPTED`` or ``FACE_ATTEMPTS_LOCKED``. An answer that cannot be given (``LENDER_TROUBLE``) leaves the
    attempt open.
    """
    digest = sha256(sealed).hexdigest()
    with services.database.read() as session:
        attempt, application = _attempt(session, borrower_id, session_id)
        if attempt.outcome is not None and attempt.evidence_sha256 == digest:
            return _told(attempt)
        now = services.clock.now()
        refuse_locked(services, session, session.get_one(Borrower, borrower_id))
        if attempt.used_at is not None or attempt.expires_at <= now:
            raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)
        challenge = read_challenge(attempt.challenge)
        source = attempt.source_kind
        owner = application.id
    try:
        info = f"loanapp/evidence/v1|{challenge.session_id}|{challenge.application_id}|{challenge.nonce}"
        evidence = open_sealed(services.keys.vault, sealed, info.encode())
        portrait = services.vault.load(owner, PORTRAIT)
    except (EnvelopeError, CipherError):
        raise RefusedError(ErrorCode.EVIDENCE_INVALID) from None
    if portrait is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, missing="identity_document")
    services.vault.store(owner, EVIDENCE, evidence, now)
    try:
        result = services.inference.judge(evidence, challenge, source.value, portrait, now)
        return _record(services, borrower_id, session_id, result, digest)
    finally:
        _destroy_evidence(services, owner)


def _attempt(session: Session, borrower_id: str, session_id: uuid.UUID) -> tuple[LivenessSession, Application]:
    attempt = session.get(LivenessSession, str(session_id))
    if attempt is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return attempt, own_application(session, borrower_id, attempt.application_id)


def _record(services: Services, borrower_id: str, session_id: uuid.UUID, result: FaceResult, digest: str) -> Verdict:
    outcome, reasons = decide(result)
    now = services.clock.now()
    with services.database.write() as session:
        attempt, found = _attempt(session, borrower_id, session_id)
        if attempt.used_at is not None:
            raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)  # the same attempt was answered meanwhile
        application = draft(session, borrower_id, found.id)
        attempt.used_at = attempt.ended_at = now
        attempt.outcome = outcome
        attempt.reasons = [reason.value for reason in reasons]
        attempt.measures = dict(result.measures)
        attempt.evidence_sha256 = digest
        _apply(services, session, application, outcome, now)
        failures = session.get_one(Borrower, borrower_id).face_failures
        left = max(0, services.policies.face.attempts_before_manual - failures)
        attempt.attempts_left = left
        application.updated_at = now
        detail = {
            "check": "liveness_verdict",
            "session_id": attempt.id,
            "outcome": outcome.value,
            "reasons": attempt.reasons,
            "evidence_sha256": digest,
        }
        ledger.append(session, now, "check", application.id, detail)
        return _told(attempt)


def _apply(
    services: Services, session: Session, application: Application, outcome: VerdictOutcome, now: datetime
) -> None:
    borrower = session.get_one(Borrower, application.borrower_id)
    if outcome is VerdictOutcome.PASSED:
        borrower.face_failures = 0
        give_up(session, application, now)
        application.face_state, application.face_by_person = FaceState.PASSED, False
    elif outcome is VerdictOutcome.REVIEW:
        # The person is live, the match unsure: a person compares, and the borrower need not try again.
        application.face_state, application.face_by_person = FaceState.MANUAL, True
    else:
        application.face_state = FaceState.RETRY
        borrower.face_failures += 1
        session.flush()
        lock_after_failures(services, session, borrower, now)


def decide(result: FaceResult) -> tuple[VerdictOutcome, tuple[VerdictReason, ...]]:
    """Liveness and match together: a face unlike the document's asks for another try, an unsure one for a person."""
    outcome = VerdictOutcome(result.outcome)
    reasons = tuple(VerdictReason(reason) for reason in result.reasons)
    if outcome is not VerdictOutcome.PASSED:
        return outcome, reasons
    if result.match == "same":
        return outcome, ()
    if result.match == "different":
        return VerdictOutcome.RETRY, (VerdictReason.FACE_UNLIKE_DOCUMENT,)
    return VerdictOutcome.REVIEW, (VerdictReason.FACE_MATCH_UNSURE,)


def _told(attempt: LivenessSession) -> Verdict:
    if attempt.outcome is None:
        raise RefusedError(ErrorCode.CHALLENGE_EXPIRED)
    reasons = tuple(VerdictReason(reason) for reason in attempt.reasons or [])
    return Verdict(attempt.outcome, reasons, attempt.attempts_left or 0)


def _destroy_evidence(services: Services, owner: str) -> None:
    """The frames go with the verdict; measures and digests stay."""
    count = services.vault.destroy(owner, EVIDENCE)
    if count:
        now = services.clock.now()
        with services.database.write() as session:
            ledger.append(session, now, "deletion", owner, {"what": EVIDENCE, "items": count})


def destroy_leftovers(services: Services) -> int:
    """Destroy evidence whose judging was cut off, by a kill for example; how many attempts that concerned."""
    owners = services.vault.stored_before(EVIDENCE, services.clock.now())
    for owner in owners:
        _destroy_evidence(services, owner)
    return len(owners)


def choose_manual(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, *, changed_face: bool = False
) -> Application:
    """The other way: a person compares documents and card, at the same price.

    ``changed_face``: the borrower says that the face is no longer as on the document; a certificate may be added.
    """
    application = draft(session, borrower_id, application_id)
    if application.identity_sealed is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, missing="identity")
    if application.face_state is not FaceState.PASSED:
        application.face_state, application.face_by_person = FaceState.MANUAL, True
    now = services.clock.now()
    give_up(session, application, now)
    application.changed_face = changed_face
    application.updated_at = now
    detail = {"check": "manual_verification_chosen", "changed_face": changed_face}
    ledger.append(session, now, "check", application.id, detail, actor="borrower")
    return application
