"""Security keys of an account: what they are asked to sign, and whether what they signed opens it.

They stand beside the authenticator and its recovery codes, never in their place: whoever loses every key has those.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.key_tables import KeyChallenge, SecurityKey
from loanapp.backend.auth.webauthn import Asked, CopiedKeyError, HeldKey, NotSignedError, Signed, check_signed
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.domain.errors import ErrorCode

_TICKET_BYTES: Final = 24
_CHALLENGE_BYTES: Final = 32  # WebAuthn 13.4.3: at least 16


class KeyPurpose(StrEnum):
    """What a signature is for; one for something else opens nothing."""

    ADD = "add"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class ShownKey:
    """What a key has signed for a challenge that was used up by showing it."""

    borrower_id: str
    challenge: bytes
    credential_id: bytes
    signed: Signed


@dataclass(frozen=True, slots=True)
class KeyQuestion:
    """What a security key is asked; ``known`` are credential ids: to sign with, or not to add again."""

    challenge: bytes
    host: str
    known: tuple[bytes, ...]
    seconds: int


def ask(services: Services, session: Session, borrower_id: str, key_sha256: str, purpose: KeyPurpose) -> str:
    """Make a challenge for this account on this computer, in the caller's transaction; what it is found by, told once.

    Earlier ones for the same are worth nothing any more.
    """
    now = services.clock.now()
    same = (KeyChallenge.borrower_id == borrower_id, KeyChallenge.key_sha256 == key_sha256)
    session.execute(delete(KeyChallenge).where(*same, KeyChallenge.purpose == purpose.value))
    ticket = secrets.token_urlsafe(_TICKET_BYTES)
    session.add(
        KeyChallenge(
            id_sha256=_digest(ticket),
            borrower_id=borrower_id,
            key_sha256=key_sha256,
            purpose=purpose.value,
            challenge=secrets.token_bytes(_CHALLENGE_BYTES),
            expires_at=now + timedelta(seconds=services.policies.passwords.security_key_seconds),
        )
    )
    return ticket


def question(services: Services, session: Session, ticket: str, key_sha256: str, purpose: KeyPurpose) -> KeyQuestion:
    """What is to be signed; raises ``SECURITY_KEY_TIMEOUT`` for what is too old, used, or not this computer's."""
    found = _open(services, session, ticket, key_sha256, purpose)
    known = tuple(one.credential_id for one in keys_of(session, found.borrower_id))
    seconds = int((found.expires_at - services.clock.now()).total_seconds())
    return KeyQuestion(found.challenge, services.host, known, seconds)


def take(services: Services, ticket: str, key_sha256: str, purpose: KeyPurpose) -> tuple[str, Asked]:
    """Use a challenge up, whatever comes of it; whose it is, and what was asked. Raises as :func:`question` does."""
    with services.database.write() as session:
        found = _open(services, session, ticket, key_sha256, purpose)
        found.used_at = services.clock.now()
        return found.borrower_id, Asked(found.challenge, services.host)


def _open(services: Services, session: Session, ticket: str, key_sha256: str, purpose: KeyPurpose) -> KeyChallenge:
    found = session.get(KeyChallenge, _digest(ticket))
    wanted = (key_sha256, purpose.value)
    if found is None or found.used_at is not None or (found.key_sha256, found.purpose) != wanted:
        raise RefusedError(ErrorCode.SECURITY_KEY_TIMEOUT)
    if found.expires_at <= services.clock.now():
        raise RefusedError(ErrorCode.SECURITY_KEY_TIMEOUT)
    return found


def problem_with(services: Services, session: Session, borrower_id: str, shown: ShownKey) -> ErrorCode | None:
    """What is wrong with what a key has signed, ``None`` where it is a key of this account and the signature is right.

    Its counter goes on in the caller's transaction.
    """
    held = session.scalars(select(SecurityKey).where(SecurityKey.credential_id == shown.credential_id)).first()
    if held is None or held.borrower_id != borrower_id or shown.borrower_id != borrower_id:
        return ErrorCode.SECURITY_KEY_WRONG
    asked = Asked(shown.challenge, services.host)
    try:
        held.counter = check_signed(asked, HeldKey(held.public_key, held.counter), shown.signed)
    except CopiedKeyError:
        return ErrorCode.SECURITY_KEY_COPIED
    except NotSignedError:
        return ErrorCode.SECURITY_KEY_WRONG
    held.used_at = services.clock.now()
    return None


def keys_of(session: Session, borrower_id: str) -> Sequence[SecurityKey]:
    """The keys of an account, the oldest first."""
    own = select(SecurityKey).where(SecurityKey.borrower_id == borrower_id).order_by(SecurityKey.added_at)
    return session.scalars(own).all()


def remove_all(session: Session, borrower_id: str) -> None:
    """Delete every key of an account and what was asked of them, in the caller's transaction."""
    for table in (SecurityKey, KeyChallenge):
        session.execute(delete(table).where(table.borrower_id == borrower_id))


def note(services: Services, session: Session, borrower_id: str, what: str) -> None:
    """Write into the ledger what became of a key, in the caller's transaction."""
    detail = {"check": f"security_key_{what}"}
    ledger.append(session, services.clock.now(), "check", None, detail, actor="borrower", borrower_id=borrower_id)


def forget_challenges(services: Services) -> None:
    """Delete what can be answered no more."""
    with services.database.write() as session:
        session.execute(delete(KeyChallenge).where(KeyChallenge.expires_at <= services.clock.now()))


def _digest(ticket: str) -> str:
    return sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()
