"""Passkeys of the lender's people: W3C WebAuthn level 3, discoverable credentials with user verification.

A challenge is a random number with the second it ends, sealed with a key of the lender's for one purpose: whoever opens
the page of the sign-in writes nothing into the database, and what was used once is remembered until it is over.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loanapp.backend.auth.webauthn import Asked, HeldKey, NotSignedError, Signed, check_signed, read_new_key
from loanapp.backend.auth.webauthn_credentials import ToldKey, kept, told
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import AtWork, begin_session
from loanapp.backend.staff.tables import StaffChallengeUsed, StaffMember, StaffPasskey, StaffSession
from loanapp.domain.base64url import read_bytes
from loanapp.domain.errors import ErrorCode

LABEL_CHARACTERS: Final = 40
_RANDOM_BYTES: Final = 32  # WebAuthn 13.4.3: at least 16
_UNTIL_BYTES: Final = 8
_SIGN_IN: Final = "sign_in"


class PasskeyRefusedError(RuntimeError):
    """What was shown opens nothing; why is not said."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a passkey has signed; ``user`` is the handle it names, if it does. Never in ``repr``."""

    credential_id: bytes
    user: bytes
    signed: Signed

    def __repr__(self) -> str:
        return "Shown(...)"


@dataclass(frozen=True, slots=True)
class Made:
    """What a new passkey has answered; never in ``repr``."""

    client_data: bytes
    attestation: bytes

    def __repr__(self) -> str:
        return "Made(...)"


@dataclass(frozen=True, slots=True)
class AskedNew:
    """What a new passkey is asked: ``user`` is a handle that tells nothing, ``known`` are those there are."""

    challenge: bytes
    user: bytes
    known: tuple[bytes, ...]


def read_shown(form: Mapping[str, str]) -> Shown:
    """What a form brings; raises :class:`PasskeyRefusedError` where it cannot be read."""
    names = ("credential_id", "user", "client_data", "authenticator_data", "signature")
    credential_id, user, *signed = _bytes_of(form, names)
    return Shown(credential_id, user, Signed(*signed))


def read_made(form: Mapping[str, str]) -> Made:
    """The same for a new one."""
    return Made(*_bytes_of(form, ("client_data", "attestation")))


def ask_sign_in(services: Services) -> bytes:
    """A challenge for whoever is about to sign in."""
    return _challenge(services, _SIGN_IN)


def sign_in(services: Services, shown: Shown, origins: tuple[str, ...]) -> str:
    """Begin a session and return its token; raises :class:`PasskeyRefusedError`.

    A name that is held back for wrong passwords is not held back here: there is nothing to guess.
    """
    asked = _taken(services, shown.signed.client_data, _SIGN_IN, origins)
    with services.database.write() as session:
        found = session.scalars(select(StaffPasskey).where(StaffPasskey.credential_id == shown.credential_id)).first()
        member = session.get_one(StaffMember, found.member_id) if found is not None else None
        if found is None or member is None or member.ended_at is not None:
            raise PasskeyRefusedError
        if not hmac.compare_digest(shown.user, _user(services, member.id)):
            raise PasskeyRefusedError
        try:
            found.counter = check_signed(asked, HeldKey(found.public_key, found.counter), shown.signed)
        except NotSignedError:
            raise PasskeyRefusedError from None
        found.used_at = services.clock.now()
        return begin_session(services, session, member)


def own(services: Services, who: AtWork) -> tuple[ToldKey, ...]:
    """The member's passkeys, the oldest first."""
    with services.database.read() as session:
        return tuple(told(services.cipher, one) for one in _of(session, who.member_id))


def ask_new(services: Services, who: AtWork) -> AskedNew:
    """What a new passkey is to sign in this session. Raises ``NOT_ALLOWED_NOW`` where no more may be."""
    with services.database.read() as session:
        _require_room(services, session, who)
        known = tuple(one.credential_id for one in _of(session, who.member_id))
    return AskedNew(_challenge(services, _adding(who)), _user(services, who.member_id), known)


def add(services: Services, who: AtWork, label: str, made: Made, origins: tuple[str, ...]) -> None:
    """Let a passkey count that answers :func:`ask_new` in the same session.

    Raises :class:`PasskeyRefusedError` for what does not, or is somebody's already; ``NOT_ALLOWED_NOW`` as there.
    """
    asked = _taken(services, made.client_data, _adding(who), origins)
    try:
        new = read_new_key(asked, made.client_data, made.attestation)
    except NotSignedError:
        raise PasskeyRefusedError from None
    with services.database.write() as session:
        _require_room(services, session, who)
        if session.scalars(select(StaffPasskey).where(StaffPasskey.credential_id == new.credential_id)).first():
            raise PasskeyRefusedError
        columns = kept(StaffPasskey, services.cipher, new, label, services.clock.now())
        session.add(StaffPasskey(member_id=who.member_id, **columns))


def remove(services: Services, who: AtWork, passkey_id: str) -> None:
    """Remove one of the member's own, and end what they have open elsewhere: a lost one may have begun it.

    Raises ``NOT_FOUND``.
    """
    with services.database.write() as session:
        found = session.get(StaffPasskey, passkey_id)
        if found is None or found.member_id != who.member_id:
            raise RefusedError(ErrorCode.NOT_FOUND)
        session.delete(found)
        elsewhere = update(StaffSession).where(
            StaffSession.member_id == who.member_id,
            StaffSession.form_token != who.form_token,
            StaffSession.ended_at.is_(None),
        )
        session.execute(elsewhere.values(ended_at=services.clock.now()))


def forget_challenges(services: Services) -> None:
    """Delete what can be answered no more."""
    with services.database.write() as session:
        session.execute(delete(StaffChallengeUsed).where(StaffChallengeUsed.expires_at <= services.clock.now()))


def _challenge(services: Services, purpose: str) -> bytes:
    until = int(services.clock.now().timestamp()) + services.policies.staff.passkey_seconds
    body = secrets.token_bytes(_RANDOM_BYTES) + until.to_bytes(_UNTIL_BYTES, "big")
    return body + _seal(services, purpose, body)


def _taken(services: Services, client_data: bytes, purpose: str, origins: tuple[str, ...]) -> Asked:
    """What was asked, used up by being answered, whatever comes of it; raises :class:`PasskeyRefusedError`."""
    try:
        challenge = read_bytes(json.loads(client_data)["challenge"])
    except (ValueError, TypeError, LookupError, RecursionError):
        raise PasskeyRefusedError from None
    body = challenge[: _RANDOM_BYTES + _UNTIL_BYTES]
    if not hmac.compare_digest(challenge[len(body) :], _seal(services, purpose, body)):
        raise PasskeyRefusedError
    until = datetime.fromtimestamp(int.from_bytes(body[_RANDOM_BYTES:], "big"), UTC)
    if until <= services.clock.now():
        raise PasskeyRefusedError
    used = sha256(challenge).hexdigest()
    try:
        with services.database.write() as session:
            if session.get(StaffChallengeUsed, used) is not None:
                raise PasskeyRefusedError
            session.add(StaffChallengeUsed(challenge_sha256=used, expires_at=until))
    except IntegrityError:  # answered twice at the same moment
        raise PasskeyRefusedError from None
    return Asked(challenge, services.host, origins, verified=True)


def _seal(services: Services, purpose: str, body: bytes) -> bytes:
    return bytes.fromhex(services.cipher.index(f"{purpose}|{body.hex()}", "staff_passkey_challenge"))


def _adding(who: AtWork) -> str:
    return f"add|{who.member_id}|{who.form_token}"


def _user(services: Services, member_id: str) -> bytes:
    return bytes.fromhex(services.cipher.index(member_id, "staff_passkey_user"))


def _of(session: Session, member_id: str) -> list[StaffPasskey]:
    mine = select(StaffPasskey).where(StaffPasskey.member_id == member_id)
    return list(session.scalars(mine.order_by(StaffPasskey.added_at, StaffPasskey.id)))


def _require_room(services: Services, session: Session, who: AtWork) -> None:
    if len(_of(session, who.member_id)) >= services.policies.staff.passkeys:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW)


def _bytes_of(form: Mapping[str, str], names: tuple[str, ...]) -> list[bytes]:
    try:
        return [read_bytes(form.get(name, "")) for name in names]
    except ValueError:
        raise PasskeyRefusedError from None
