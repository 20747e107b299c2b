"""Liveness challenges: a random order only the lender knows beforehand, signed, and worth one attempt."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import consent_given, draft
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Borrower, FaceState, LivenessSession
from loanapp.backend.verification.consents import require_consent
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Action, Challenge, FlashColour, SourceKind, VerdictOutcome
from loanapp.proof.signed_message import sign_message

_TURNS: Final = (Action.TURN_LEFT, Action.TURN_RIGHT)
_OTHERS: Final = (Action.BLINK, Action.OPEN_MOUTH, Action.NOD)


def random_actions(fewest: int, most: int) -> tuple[Action, ...]:
    """Different actions in random order, always with a turn: a flat picture that is swung cannot follow one.

    A picture that is warped to obey can; ``docs/liveness.md`` says so.
    """
    random = secrets.SystemRandom()
    count = random.randint(fewest, most)
    turn = random.choice(_TURNS)
    rest = [action for action in (*_TURNS, *_OTHERS) if action is not turn]
    actions = [turn, *random.sample(rest, count - 1)]
    random.shuffle(actions)
    return tuple(actions)


def issue_challenge(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, source: SourceKind
) -> dict[str, Any]:
    """One attempt, as the signed message the borrower gets.

    Raises ``NOT_ALLOWED_NOW`` before the identity is confirmed or after a pass, ``CONSENT_MISSING``,
    ``SOURCE_NOT_ACCEPTED``, or ``FACE_ATTEMPTS_LOCKED`` with the seconds to wait.
    """
    application = draft(session, borrower_id, application_id)
    if application.identity_sealed is None or application.face_state is FaceState.PASSED:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    scope = ConsentScope.FACE_VERIFICATION
    require_consent(consent_given(services, session, application.id, scope), scope)
    accepted = tuple(SourceKind) if services.demonstration else (SourceKind.CAMERA,)
    if source not in accepted:
        raise RefusedError(ErrorCode.SOURCE_NOT_ACCEPTED)
    now = services.clock.now()
    refuse_locked(session.get_one(Borrower, borrower_id), now)
    policy = services.policies.face
    _end_open_attempts(session, application, now)
    message = sign_message(
        services.keys.message,
        {
            "session_id": str(uuid.uuid4()),
            "application_id": application.id,
            "nonce": secrets.token_hex(16),
            "actions": [action.value for action in random_actions(policy.actions_min, policy.actions_max)],
            "issued_at": now.isoformat(),
            "expires_at": (now + timedelta(seconds=policy.challenge_seconds)).isoformat(),
            "action_timeout_seconds": policy.action_timeout_seconds,
            "accepted_sources": [kind.value for kind in accepted],
            "flash": [],
            "flash_colour_ms": 0,
            "borrower_id": borrower_id,
        },
    )
    session.add(
        LivenessSession(
            id=str(message["session_id"]),
            application_id=application.id,
            challenge=message,
            source_kind=source,
            issued_at=now,
            expires_at=now + timedelta(seconds=policy.challenge_seconds),
        )
    )
    detail = {"check": "liveness_challenge", "session_id": str(message["session_id"]), "source": source.value}
    ledger.append(session, now, "check", application.id, detail)
    session.flush()
    return message


def _end_open_attempts(session: Session, application: Application, now: datetime) -> None:
    """A new challenge makes the ones before it worthless."""
    query = select(LivenessSession).where(
        LivenessSession.application_id == application.id, LivenessSession.used_at.is_(None)
    )
    for attempt in session.scalars(query):
        attempt.expires_at = min(attempt.expires_at, now)


def refuse_locked(borrower: Borrower, now: datetime) -> None:
    """Raise ``FACE_ATTEMPTS_LOCKED`` while face attempts, and only those, are locked."""
    locked = borrower.face_locked_until
    if locked is not None and locked > now:
        raise RefusedError(ErrorCode.FACE_ATTEMPTS_LOCKED, retry_after_seconds=int((locked - now).total_seconds()) + 1)


def read_challenge(message: Mapping[str, Any]) -> Challenge:
    """A challenge as the vision engine knows it."""
    return Challenge(
        session_id=message["session_id"],
        application_id=message["application_id"],
        nonce=message["nonce"],
        actions=tuple(Action(action) for action in message["actions"]),
        issued_at=datetime.fromisoformat(message["issued_at"]),
        expires_at=datetime.fromisoformat(message["expires_at"]),
        action_timeout_seconds=message["action_timeout_seconds"],
        accepted_sources=tuple(SourceKind(kind) for kind in message["accepted_sources"]),
        signature=message["signature"],
        flash=tuple(FlashColour(colour) for colour in message["flash"]),
        flash_colour_ms=message["flash_colour_ms"],
        borrower_id=message["borrower_id"],
    )


def lock_after_failures(services: Services, session: Session, borrower: Borrower, now: datetime) -> None:
    """Lock face attempts when too many failed within the window, in whichever of the borrower's applications."""
    policy = services.policies.face
    window = now - timedelta(seconds=policy.lock_window_seconds)
    query = (
        select(LivenessSession)
        .join(Application, Application.id == LivenessSession.application_id)
        .where(Application.borrower_id == borrower.id, LivenessSession.ended_at > window)
    )
    failed = [one for one in session.scalars(query) if one.outcome in {VerdictOutcome.RETRY, VerdictOutcome.REFUSED}]
    if len(failed) >= policy.lock_failures:
        borrower.face_locked_until = now + timedelta(seconds=policy.lock_seconds)
