"""Who works for the lender: made by whoever holds the lender's folder, signing in with a password and a TOTP code."""

import hmac
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from loanapp.backend.auth.totp import new_secret, provisioning_uri, step_of
from loanapp.backend.services import Services
from loanapp.backend.staff.tables import StaffMember, StaffPasskey, StaffRole, StaffSession

_HASHER: Final = PasswordHasher()


class MemberError(ValueError):
    """A member that cannot be made; the text says why."""


class SignInRefusedError(RuntimeError):
    """Name, password or code is wrong, or the member is held back; which of them is not said."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """A member with a live session."""

    member_id: str
    login: str
    roles: frozenset[StaffRole]
    form_token: str


@dataclass(frozen=True, slots=True)
class NewMember:
    """What a new member's authenticator needs, shown once."""

    member_id: str
    totp_uri: str


def add_member(services: Services, login: str, password: str, roles: Iterable[StaffRole]) -> NewMember:
    """Make a member; raises :class:`MemberError`."""
    chosen = sorted(role.value for role in set(roles))
    if not login.isidentifier() or len(login) > 40:
        raise MemberError("a name to sign in with has letters, digits and _ only, at most 40")
    if not chosen:
        raise MemberError("a member needs a role")
    if len(password) < services.policies.staff.password_characters:
        raise MemberError(f"the password needs {services.policies.staff.password_characters} characters or more")
    secret = new_secret()
    with services.database.write() as session:
        if session.scalars(select(StaffMember).where(StaffMember.login == login)).first() is not None:
            raise MemberError("a member of that name is there already")
        count = len(list(session.scalars(select(StaffMember.id))))
        member_id = f"S{count + 1:04d}"
        session.add(
            StaffMember(
                id=member_id,
                login=login,
                roles=chosen,
                password_hash=_HASHER.hash(password),
                totp_sealed=services.cipher.encrypt(secret, _place(member_id)),
                created_at=services.clock.now(),
            )
        )
    return NewMember(member_id, provisioning_uri(secret, login))


def end_member(services: Services, login: str) -> bool:
    """Let a member in no more, and end what they have open; whether there was one.

    Raises :class:`MemberError` for the last of a role.
    """
    now = services.clock.now()
    with services.database.write() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.login == login)).first()
        if member is None or member.ended_at is not None:
            return False
        for role in member.roles:
            if members_with(session, StaffRole(role)) == [member.id]:
                raise MemberError("nobody else has this role: what waits for it would wait for ever")
        member.ended_at = now
        open_ones = update(StaffSession).where(StaffSession.member_id == member.id, StaffSession.ended_at.is_(None))
        session.execute(open_ones.values(ended_at=now))
        session.execute(delete(StaffPasskey).where(StaffPasskey.member_id == member.id))
    return True


def members_with(session: Session, role: StaffRole) -> list[str]:
    """The ids of the members of that role."""
    found = session.scalars(select(StaffMember).where(StaffMember.ended_at.is_(None)))
    return [member.id for member in found if role.value in member.roles]


def anybody(session: Session) -> bool:
    """Whether this lender has people at all."""
    return session.scalars(select(StaffMember.id).where(StaffMember.ended_at.is_(None))).first() is not None


def reviewer_simulated(services: Services, session: Session) -> bool:
    """Whether the demonstration's simulated reviewer stands in: never for a lender that is none, whoever it has."""
    return services.policies.profile.simulated and not members_with(session, StaffRole.REVIEWER)


def sign_in(services: Services, login: str, password: str, code: str) -> str:
    """Begin a session and return its token; raises :class:`SignInRefusedError`."""
    token, now = "", services.clock.now()
    with services.database.write() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.login == login)).first()
        known = member is not None and member.ended_at is None
        # The password is hashed for a name nobody has, too: how long it takes tells nothing.
        right = _password_right(member.password_hash if member is not None else _nobodys_hash(), password)
        held = member is not None and member.locked_until is not None and member.locked_until > now
        step = _step_of(services, member, code, now) if member is not None else None
        allowed = known and right and step is not None and not held
        if member is not None and not held:
            if allowed:
                member.failures, member.locked_until, member.totp_last_step = 0, None, step or 0
                token = begin_session(services, session, member)
            else:
                _note_failure(services, member, now)
    if not allowed:
        raise SignInRefusedError
    return token


def begin_session(services: Services, session: Session, member: StaffMember) -> str:
    """A session of a member who has shown who they are, in the caller's transaction; its token, told once."""
    token, now = secrets.token_urlsafe(32), services.clock.now()
    session.add(
        StaffSession(
            token_sha256=_digest(token),
            member_id=member.id,
            form_token=secrets.token_urlsafe(24),
            begun_at=now,
            used_at=now,
        )
    )
    return token


def code_shown(services: Services, who: AtWork, code: str) -> bool:
    """Whether a member at work shows a fresh code of their authenticator; wrong ones count as those of a sign-in do."""
    now = services.clock.now()
    with services.database.write() as session:
        member = session.get_one(StaffMember, who.member_id)
        if member.locked_until is not None and member.locked_until > now:
            return False
        step = _step_of(services, member, code, now)
        if step is None:
            _note_failure(services, member, now)
            return False
        member.failures, member.totp_last_step = 0, step
    return True


def _note_failure(services: Services, member: StaffMember, now: datetime) -> None:
    policy = services.policies.staff
    member.failures += 1
    if member.failures >= policy.tries:
        member.failures, member.locked_until = 0, now + timedelta(minutes=policy.locked_minutes)


def at_work(services: Services, token: str) -> AtWork | None:
    """The member whose session this is, while it lives; using it keeps it alive."""
    policy, now = services.policies.staff, services.clock.now()
    with services.database.write() as session:
        found = session.get(StaffSession, _digest(token))
        if found is None or found.ended_at is not None:
            return None
        member = session.get_one(StaffMember, found.member_id)
        too_long = now - found.begun_at > timedelta(hours=policy.session_hours)
        too_quiet = now - found.used_at > timedelta(minutes=policy.idle_minutes)
        if member.ended_at is not None or too_long or too_quiet:
            found.ended_at = now
            return None
        found.used_at = now
        return AtWork(member.id, member.login, frozenset(map(StaffRole, member.roles)), found.form_token)


def sign_out(services: Services, token: str) -> None:
    """End a session."""
    with services.database.write() as session:
        found = session.get(StaffSession, _digest(token))
        if found is not None and found.ended_at is None:
            found.ended_at = services.clock.now()


def same_form(who: AtWork, sent: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(who.form_token.encode(), sent.encode())


def _step_of(services: Services, member: StaffMember, code: str, now: datetime) -> int | None:
    """The time step whose code this is; ``None`` for a wrong code, or one that opened a session before."""
    secret = services.cipher.decrypt(member.totp_sealed, _place(member.id))
    return step_of(secret, code, now, member.totp_last_step)


def _password_right(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


_nobody: list[str] = []


def _nobodys_hash() -> str:
    if not _nobody:
        _nobody.append(_HASHER.hash(str(uuid.uuid4())))
    return _nobody[0]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _place(member_id: str) -> str:
    return f"staff_member|{member_id}|totp"
