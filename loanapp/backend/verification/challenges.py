"""Liveness challenges: a random order only the lender knows beforehand, signed, and worth one attempt."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import consent_given, own_application, require_status
from loanapp.backend.policy.models import Face
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Borrower, FaceState, LivenessSession
from loanapp.backend.verification.attempts import attempts_of, close_attempts
from loanapp.backend.verification.consents import require_consent
from loanapp.backend.verification.counts import count_challenge
from loanapp.backend.verification.draws import draw_actions, draw_colours
from loanapp.backend.verification.step_up import may_show
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Action, Challenge, FlashColour, SourceKind, VerdictOutcome
from loanapp.domain.status import FILLING
from loanapp.proof.signed_message import sign_message
from loanapp.vision.flash_colours import pace

# Of so many attempts before, nothing is asked again that a film of them could answer.
_ATTEMPTS_REMEMBERED: Final = 12


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the borrower says before an attempt: where frames come from, whether colours may flash, and how fast."""

    source: SourceKind
    flash_accepted: bool = False
    unhurried: bool = False


def issue_challenge(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID, wishes: Wishes
) -> dict[str, Any]:
    """One attempt, as the signed message the borrower gets.

    A flash that is declined costs nothing and refuses nobody: four actions with both turns are asked instead.

    Raises ``NOT_ALLOWED_NOW`` before the identity is confirmed or after a pass, ``CONSENT_MISSING``,
    ``SOURCE_NOT_ACCEPTED``, or ``FACE_ATTEMPTS_LOCKED`` with the seconds to wait.
    """
    application = may_be_looked_at(services, session, borrower_id, application_id)
    scope = ConsentScope.FACE_VERIFICATION
    require_consent(consent_given(services, session, application.id, scope), scope)
    accepted = tuple(SourceKind) if services.demonstration else (SourceKind.CAMERA,)
    if wishes.source not in accepted:
        raise RefusedError(ErrorCode.SOURCE_NOT_ACCEPTED)
    now = services.clock.now()
    borrower = session.get_one(Borrower, borrower_id)
    refuse_locked(services, session, borrower)
    policy = services.policies.face
    # A new challenge makes the ones before it worthless, and a verdict that is still being made.
    close_attempts(session, application, now)
    actions, colours = _draw(policy, wishes, _asked_before(session, borrower_id))
    lifetime = policy.unhurried_challenge_seconds if wishes.unhurried else policy.challenge_seconds
    timeout = policy.unhurried_action_timeout_seconds if wishes.unhurried else policy.action_timeout_seconds
    expires_at = now + timedelta(seconds=lifetime)
    message = sign_message(
        services.keys.message,
        {
            "session_id": str(uuid.uuid4()),
            "application_id": application.id,
            "nonce": secrets.token_hex(16),
            "actions": [action.value for action in actions],
            "issued_at": now.isoformat(),
            "expires_at": expires_at.isoformat(),
            "action_timeout_seconds": timeout,
            "accepted_sources": [kind.value for kind in accepted],
            "flash": [colour.value for colour in colours],
            "flash_colour_ms": pace()[2] if colours else 0,
            "borrower_id": borrower_id,
        },
    )
    session.add(
        LivenessSession(
            id=str(message["session_id"]),
            application_id=application.id,
            challenge=message,
            source_kind=wishes.source,
            issued_at=now,
            expires_at=expires_at,
        )
    )
    flash = "shown" if colours else "declined" if policy.flash else "none"
    count_challenge(session, now, flash)
    detail = {
        "check": "liveness_challenge",
        "session_id": str(message["session_id"]),
        "source": wishes.source.value,
        "flash": flash,
        "unhurried": wishes.unhurried,
    }
    ledger.append(session, now, "check", application.id, detail)
    session.flush()
    return message


def may_be_looked_at(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID | str
) -> Application:
    """The application where a look at the face is open: while it is filled in, or once more before its payout."""
    application = own_application(session, borrower_id, application_id)
    if may_show(services, session, application):
        return application
    require_status(application, *FILLING)
    if application.identity_sealed is None or application.face_state is FaceState.PASSED:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    return application


def _draw(
    policy: Face, wishes: Wishes, before: Sequence[Challenge]
) -> tuple[tuple[Action, ...], tuple[FlashColour, ...]]:
    """Actions and colours that the attempts before did not have."""
    orders = {challenge.actions for challenge in before}
    if policy.flash and wishes.flash_accepted:
        fewest, most, _milliseconds = pace()
        colours = draw_colours(fewest, most, [challenge.flash for challenge in before if challenge.flash])
        return draw_actions(*policy.actions_with_flash, both_turns=False, before=orders), colours
    if policy.flash:
        count = policy.actions_flash_declined
        return draw_actions(count, count, both_turns=True, before=orders), ()
    return draw_actions(*policy.actions_without_flash, both_turns=True, before=orders), ()


def _asked_before(session: Session, borrower_id: str) -> list[Challenge]:
    """The borrower's latest challenges, in whichever application."""
    newest = attempts_of(borrower_id).order_by(LivenessSession.issued_at.desc()).limit(_ATTEMPTS_REMEMBERED)
    return [read_challenge(attempt.challenge) for attempt in session.scalars(newest)]


def locked_seconds(
    services: Services,
    session: Session,
    borrower_id: str,
    locked_until: datetime | None,
    *,
    failures_only: bool = False,
) -> int:
    """How long face attempts, and only those, stay locked; 0 while they are open.

    They are locked after too many failures in a row, and once so many challenges were asked for within an hour:
    whoever holds a recording must not be able to ask until the challenge comes that it fits. That second lock
    does not touch an attempt that has begun (``failures_only``).
    """
    now, policy = services.clock.now(), services.policies.face
    until = [locked_until] if locked_until is not None else []
    if not failures_only:
        hour = timedelta(hours=1)
        asked = attempts_of(borrower_id).where(LivenessSession.issued_at > now - hour)
        newest = asked.order_by(LivenessSession.issued_at.desc()).limit(policy.challenges_an_hour)
        issued = [attempt.issued_at for attempt in session.scalars(newest)]
        if len(issued) == policy.challenges_an_hour:
            until.append(issued[-1] + hour)
    return max((int((moment - now).total_seconds()) + 1 for moment in until if moment > now), default=0)


def refuse_locked(services: Services, session: Session, borrower: Borrower, *, failures_only: bool = False) -> None:
    """Raise ``FACE_ATTEMPTS_LOCKED`` while face attempts are locked."""
    until = borrower.face_locked_until
    if seconds := locked_seconds(services, session, borrower.id, until, failures_only=failures_only):
        raise RefusedError(ErrorCode.FACE_ATTEMPTS_LOCKED, retry_after_seconds=seconds)


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
        flash=tuple(FlashColour(colour) for colour in message.get("flash", ())),
        flash_colour_ms=message.get("flash_colour_ms", 0),
        borrower_id=message.get("borrower_id", ""),
    )


def lock_after_failures(services: Services, session: Session, borrower: Borrower, now: datetime) -> None:
    """Lock face attempts when too many were no pass within the window, in whichever of the borrower's applications.

    A doubtful one counts as well: whoever tries what passes would else try on.
    """
    policy = services.policies.face
    window = now - timedelta(seconds=policy.lock_window_seconds)
    query = attempts_of(borrower.id).where(LivenessSession.ended_at > window)
    failed = [one for one in session.scalars(query) if one.outcome not in {None, VerdictOutcome.PASSED}]
    if len(failed) >= policy.lock_failures:
        borrower.face_locked_until = now + timedelta(seconds=policy.lock_seconds)
