"""Sessions bound to a computer's key: short access tokens, and refresh tokens that count once.

A refresh token that comes a second time was copied: whoever came first may have been the thief, so the whole sign-in
ends (RFC 9700, 4.14.2). Only digests of tokens are stored.
"""

import secrets
import uuid
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from loanapp.backend.auth.callers import Admission, Caller
from loanapp.backend.auth.known_computers import end_from
from loanapp.backend.auth.proofs import SentRequest, check_proof, key_digest, require_proof
from loanapp.backend.auth.tables import Device, RefreshToken
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import AccessSession, table_of
from loanapp.domain.devices import DeviceEnd, DeviceSystem
from loanapp.domain.errors import ErrorCode

_TELLS_FOR = timedelta(days=30)
# What changes nothing needs no proof: a stolen access token reads for minutes, and changes nothing.
_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class NewDevice:
    """The computer somebody signs in on; ``public_key`` as :func:`loanapp.proof.request_proof.written_device_key`."""

    public_key: str
    system: DeviceSystem


@dataclass(frozen=True, slots=True)
class Tokens:
    """What opens a session and what renews it; both are known to their holder only."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    device_id: str


def begin(services: Services, session: Session, borrower_id: str, new: NewDevice, *, by_code: bool = False) -> Tokens:
    """Begin a session on a computer, in the caller's transaction; an earlier one with the same key ends."""
    now, policy = services.clock.now(), services.policies.sign_in
    digest = key_digest(new.public_key)
    earlier = select(Device).where(
        Device.borrower_id == borrower_id, Device.key_sha256 == digest, Device.ended_at.is_(None)
    )
    for one in session.scalars(earlier):
        end(session, one, DeviceEnd.SIGNED_IN_AGAIN, now)
    device = Device(
        id=str(uuid.uuid4()),
        borrower_id=borrower_id,
        public_key=new.public_key,
        key_sha256=digest,
        system=new.system.value,
        signed_in_at=now,
        used_at=now,
        expires_at=now + timedelta(hours=policy.session_hours),
        by_code=by_code,
    )
    session.add(device)
    session.flush()
    return _issue(services, session, device, secrets.token_hex(32), now)


def _issue(services: Services, session: Session, device: Device, refresh_token: str, now: datetime) -> Tokens:
    policy, access = services.policies.sign_in, secrets.token_urlsafe(32)
    expires_at = min(now + timedelta(minutes=policy.access_minutes), device.expires_at)
    session.add(
        AccessSession(
            token_sha256=digest_of(access),
            borrower_id=device.borrower_id,
            device_id=device.id,
            created_at=now,
            expires_at=expires_at,
            ended_at=None,
        )
    )
    if session.get(RefreshToken, digest_of(refresh_token)) is None:
        until = min(now + timedelta(hours=policy.refresh_hours), device.expires_at)
        session.add(
            RefreshToken(token_sha256=digest_of(refresh_token), device_id=device.id, issued_at=now, expires_at=until)
        )
    return Tokens(access, expires_at, refresh_token, device.id)


def refresh(services: Services, token: str, sent: SentRequest) -> Tokens:
    """Renew a session; the token counts once, and its successor replaces it.

    An answer that got lost may be asked for again for ``refresh_grace_seconds``, while nobody has used the successor.
    Raises ``SIGNED_OUT``, ``REQUEST_UNPROVEN``, or ``SESSION_REUSED``: then every token of this sign-in has ended.
    """
    now = services.clock.now()
    with services.database.write() as session:
        found = session.get(RefreshToken, digest_of(token))
        device = session.get(Device, found.device_id) if found is not None else None
        if found is None or device is None or device.ended_at is not None or found.expires_at <= now:
            raise RefusedError(ErrorCode.SIGNED_OUT)
        require_proof(services, session, device.public_key, sent, token)
        # Made from the token with a key of the lender's: it can be told again without ever being stored.
        successor = services.cipher.index(token, "refresh_successor")
        if found.used_at is None or _answer_lost(services, session, found, successor, now):
            found.used_at = found.used_at or now
            device.used_at = now
            return _issue(services, session, device, successor, now)
        end(session, device, DeviceEnd.REUSED, now)
    raise RefusedError(ErrorCode.SESSION_REUSED)


def _answer_lost(services: Services, session: Session, found: RefreshToken, successor: str, now: datetime) -> bool:
    grace = timedelta(seconds=services.policies.sign_in.refresh_grace_seconds)
    following = session.get(RefreshToken, digest_of(successor))
    recent = found.used_at is not None and now - found.used_at <= grace
    return recent and following is not None and following.used_at is None


def borrower_of(services: Services, token: str, sent: SentRequest) -> str:
    """The borrower a token stands for, where the request was signed by the computer it was given to, and counts once.

    Raises ``SIGNED_OUT``, or ``REQUEST_UNPROVEN`` for a request that may change something.
    """
    caller = caller_of(services, token, sent)
    caller.count()
    return caller.borrower_id


def caller_of(services: Services, token: str | None, sent: SentRequest) -> Caller:
    """As :func:`borrower_of`, with the token still to be looked up and the request still to be counted."""

    def admit() -> Admission:
        if token is None:
            raise RefusedError(ErrorCode.SIGNED_OUT)
        device = _live(services, token)
        looking = sent.method in _LOOKING
        return device.borrower_id, None if looking else check_proof(services, device.public_key, sent, token)

    return Caller(services, admit)


def device_of(services: Services, token: str) -> str:
    """The id of the computer a token was given to; raises ``SIGNED_OUT``."""
    return _live(services, token).id


def key_of(services: Services, token: str) -> str:
    """The digest of the key of the computer a token was given to; raises ``SIGNED_OUT``."""
    return _live(services, token).key_sha256


@dataclass(frozen=True, slots=True)
class _SignedIn:
    """As much of the computer a token was given to as a request needs."""

    id: str
    borrower_id: str
    public_key: str
    key_sha256: str


_DEVICE, _ACCESS = table_of(Device), table_of(AccessSession)
# Made once and run below the object mapper: every request of a borrower's begins with it.
_LIVE: Final = (
    select(*(_DEVICE.c[field.name] for field in fields(_SignedIn)))
    .join(_ACCESS, _ACCESS.c.device_id == _DEVICE.c.id)
    .where(
        _ACCESS.c.token_sha256 == bindparam("token"),
        _ACCESS.c.ended_at.is_(None),
        _ACCESS.c.expires_at > bindparam("now"),
        _DEVICE.c.ended_at.is_(None),
    )
)


def _live(services: Services, token: str) -> _SignedIn:
    now = services.clock.now()
    with services.database.look() as connection:
        found = connection.execute(_LIVE, {"token": digest_of(token), "now": now}).one_or_none()
    if found is None:
        raise RefusedError(ErrorCode.SIGNED_OUT)
    return _SignedIn(*found)


def devices_of(services: Services, borrower_id: str) -> list[Device]:
    """Where the borrower is signed in, the latest first; and for 30 days what ended because a token came twice."""
    now = services.clock.now()
    own = select(Device).where(Device.borrower_id == borrower_id).order_by(Device.signed_in_at.desc())
    with services.database.read() as session:
        return [
            one
            for one in session.scalars(own)
            if (one.ended_at is None and one.expires_at > now)
            or (one.ended_why == DeviceEnd.REUSED and one.ended_at is not None and now - one.ended_at < _TELLS_FOR)
        ]


def sign_out_device(services: Services, borrower_id: str, device_id: str, *, by: str) -> None:
    """End one sign-in from the sign-in ``by``; raises ``NOT_FOUND`` for one that is not the borrower's own."""
    with services.database.write() as session:
        device = session.get(Device, device_id)
        if device is None or device.borrower_id != borrower_id:
            raise RefusedError(ErrorCode.NOT_FOUND)
        why = end_from(services, session, session.get_one(Device, by), device)
        end(session, device, why, services.clock.now())


def sign_out_others(services: Services, borrower_id: str, kept_device_id: str) -> None:
    """End every sign-in but the one it is asked from."""
    now = services.clock.now()
    with services.database.write() as session:
        by = session.get_one(Device, kept_device_id)
        for one in _live_devices(session, borrower_id):
            if one.id != kept_device_id:
                end(session, one, end_from(services, session, by, one), now)


def end_all(session: Session, borrower_id: str, now: datetime, *, kept: str | None = None) -> None:
    """End every sign-in of a borrower, but ``kept``, and trust those computers no more; in the caller's transaction."""
    for one in _live_devices(session, borrower_id):
        if one.id != kept:
            end(session, one, DeviceEnd.SIGNED_OUT, now)


def _live_devices(session: Session, borrower_id: str) -> list[Device]:
    return list(session.scalars(select(Device).where(Device.borrower_id == borrower_id, Device.ended_at.is_(None))))


def end(session: Session, device: Device, why: DeviceEnd, now: datetime) -> None:
    """End a sign-in with all its tokens, in the caller's transaction; one that has ended stays as it is."""
    if device.ended_at is not None:
        return
    device.ended_at, device.ended_why = now, why.value
    own = update(AccessSession).where(AccessSession.device_id == device.id, AccessSession.ended_at.is_(None))
    session.execute(own.values(ended_at=now))


def forget_tokens(services: Services) -> None:
    """Delete tokens that open or renew nothing any more, and sign-ins that are told of no longer."""
    now = services.clock.now()
    with services.database.write() as session:
        for table in (AccessSession, RefreshToken):
            session.execute(delete(table).where(table.expires_at < now))
        session.execute(delete(Device).where(Device.expires_at < now - _TELLS_FOR))


def digest_of(token: str) -> str:
    """How a token is stored."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
