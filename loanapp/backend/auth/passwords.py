"""A password beside the phone code: argon2id, and one answer for every phone, number known or not.

A password alone opens nothing on a computer the account has not been used on: there a code of an authenticator comes
with it, or the phone code comes instead. So a password that was stolen is not enough.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.auth import recovery, second_factor
from loanapp.backend.auth.known_computers import known_computer, trusted_with_password
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.auth.proofs import SentRequest, check_device_key, key_digest, require_proof
from loanapp.backend.auth.security_keys import ShownKey
from loanapp.backend.auth.sessions import NewDevice, begin, end_all
from loanapp.backend.auth.sign_in import OpenedSession
from loanapp.backend.auth.tables import BorrowerPassword, BorrowerSecondFactor, Device
from loanapp.backend.auth.tries import Trier, hold_back, note_success, note_try
from loanapp.backend.policy.step_up import Act
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Borrower
from loanapp.domain.errors import ErrorCode
from loanapp.domain.phone import mask_phone, parse_phone
from loanapp.proof.password_strength import password_strength

_HASHER: Final = PasswordHasher()  # argon2id, RFC 9106's second recommended choice


@dataclass(frozen=True, slots=True)
class ByPassword:
    """What somebody shows to be let in, and the address they come from; never in ``repr``."""

    phone: str
    password: str
    second_factor: str | ShownKey | None
    address: str

    def __repr__(self) -> str:
        return "ByPassword(...)"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, on which computer, from where."""

    borrower_id: str
    device_id: str
    address: str


def open_session_by_password(
    services: Services, shown: ByPassword, device: NewDevice, sent: SentRequest
) -> OpenedSession:
    """A session for phone, password and second factor, on the computer whose key has signed the request.

    Raises ``SIGN_IN_WRONG`` for a wrong password as for a phone nobody has, ``SECOND_FACTOR_NEEDED`` or ``_WRONG``,
    ``PHONE_CODE_NEEDED`` on a computer that is new to the account, ``TOO_MANY_ATTEMPTS``, or what the proof raises.
    """
    check_device_key(device.public_key)
    phone = parse_phone(shown.phone)
    phone_index = services.cipher.index(phone, "phone")
    trier = Trier(phone_index, key_digest(device.public_key), shown.address)
    with services.database.read() as session:
        hold_back(services, session, trier)
        borrower = session.scalars(select(Borrower).where(Borrower.phone_index == phone_index)).first()
        held = session.get(BorrowerPassword, borrower.id) if borrower is not None else None
    # Outside of any transaction, for it takes its time; for a phone nobody has just as long.
    right = _right(held.password_hash if held is not None else _nobodys_hash(), shown.password)
    with services.database.write() as session:
        hold_back(services, session, trier)
        require_proof(services, session, device.public_key, sent, "")
        wrong: ErrorCode | None = None if right and borrower is not None else ErrorCode.SIGN_IN_WRONG
        if wrong is None and borrower is not None:
            wrong = second_factor.problem_with(services, session, borrower.id, shown.second_factor)
        if wrong is None and borrower is not None and not _trusted(services, session, borrower.id, device):
            raise RefusedError(ErrorCode.PHONE_CODE_NEEDED)
        if wrong is None and borrower is not None:
            note_success(services, session, trier)
            return OpenedSession(begin(services, session, borrower.id, device), borrower.id, mask_phone(phone))
        if wrong is not ErrorCode.SECOND_FACTOR_NEEDED:
            note_try(services, session, trier)
    raise RefusedError(wrong or ErrorCode.SIGN_IN_WRONG)


def _trusted(services: Services, session: Session, borrower_id: str, device: NewDevice) -> bool:
    """Whether a second factor was shown, or a password alone opens the account on this computer."""
    factor = session.get(BorrowerSecondFactor, borrower_id)
    if factor is not None and factor.confirmed_at is not None:
        return True
    return trusted_with_password(services, session, borrower_id, key_digest(device.public_key))


def check_password(services: Services, who: SignedIn, password: str) -> None:
    """Whether this is the signed-in borrower's password; raises ``SIGN_IN_WRONG`` or ``TOO_MANY_ATTEMPTS``."""
    with services.database.read() as session:
        trier = own_trier(session, who)
        hold_back(services, session, trier)
        held = session.get(BorrowerPassword, who.borrower_id)
    right = _right(held.password_hash if held is not None else _nobodys_hash(), password) and held is not None
    with services.database.write() as session:
        hold_back(services, session, trier)
        (note_success if right else note_try)(services, session, trier)
    if not right:
        raise RefusedError(ErrorCode.SIGN_IN_WRONG)


def set_password(services: Services, who: SignedIn, password: str, current: str | None) -> None:
    """Set or change the password; every other computer is signed out.

    On a computer that the account has long been used on a first one is set freely, and one is changed by showing the
    current one. Anywhere else, and where it is forgotten, it is shown otherwise who one is
    (:mod:`loanapp.backend.auth.recovery`); a forgotten one is asked about soon after signing in by code.
    Raises ``PASSWORD_WEAK`` with ``why``, ``SIGN_IN_WRONG`` for the current one, ``TOO_MANY_ATTEMPTS``, ``SIGNED_OUT``
    where this computer was signed out meanwhile, ``NOT_ALLOWED_NOW`` where the password was changed meanwhile, and
    what :func:`recovery.recovery_missing` tells.
    """
    with services.database.read() as session:
        held = session.get(BorrowerPassword, who.borrower_id)
        before = held.password_hash if held is not None else None
        device = session.get_one(Device, who.device_id)
        fresh = services.clock.now() - device.signed_in_at
        phone = borrower_phone(services, session, who.borrower_id)
        proved = recovery.recovery_proved(services, session, who.borrower_id, device.key_sha256, Act.FORGOTTEN)
    by_code = device.by_code and fresh <= timedelta(minutes=services.policies.passwords.fresh_minutes)
    if before is not None and (current or not (by_code or proved)):
        check_password(services, who, current or "")
    weakness = password_strength(password, (phone,)).weakness
    if weakness is not None:
        fields = {"passphrase": ErrorCode.PASSWORD_WEAK}
        raise RefusedError(ErrorCode.PASSWORD_WEAK, fields=fields, why=weakness.value)
    # First, for it takes its time: what was proved and what it opens are one transaction.
    refused = _keep(services, who, _HASHER.hash(password), before, shown=bool(current) or before is None)
    if refused is not None:
        raise refused


def _keep(services: Services, who: SignedIn, hashed: str, before: str | None, *, shown: bool) -> RefusedError | None:
    now = services.clock.now()
    with services.database.write() as session:
        device = still_signed_in(session, who)
        found = session.get(BorrowerPassword, who.borrower_id)
        if (found.password_hash if found is not None else None) != before:
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW)
        if not (shown and known_computer(services, session, who.borrower_id, device.key_sha256)):
            key = device.key_sha256
            refused = recovery.recovery_missing(services, session, who.borrower_id, key, Act.FORGOTTEN)
            if refused is not None:
                return refused
        if found is None:
            session.add(BorrowerPassword(borrower_id=who.borrower_id, password_hash=hashed, set_at=now))
        else:
            found.password_hash, found.set_at = hashed, now
        end_all(session, who.borrower_id, now, kept=who.device_id)
    return None


def begin_second_factor(services: Services, who: SignedIn) -> second_factor.NewSecondFactor:
    """Make a secret, where it is the borrower's own computer or shown otherwise who one is.

    Raises what :func:`second_factor.begin` raises and :func:`recovery.recovery_missing` tells; a proof is used up once
    the secret counts.
    """
    with services.database.write() as session:
        refused = _enrolment_refused(services, session, who, use=False)
        if refused is None:
            return second_factor.begin(services, session, who.borrower_id)
    raise refused


def confirm_second_factor(services: Services, who: SignedIn, code: str) -> list[str]:
    """Let it count, and tell the recovery codes; asks what :func:`begin_second_factor` asks.

    Raises what :func:`second_factor.confirm` raises, and the same.
    """
    with services.database.write() as session:
        refused = _enrolment_refused(services, session, who, use=True)
        if refused is None:
            return second_factor.confirm(services, session, who.borrower_id, code)
    raise refused


def _enrolment_refused(services: Services, session: Session, who: SignedIn, *, use: bool) -> RefusedError | None:
    device = still_signed_in(session, who)
    second_factor.require_none(session, who.borrower_id)
    if known_computer(services, session, who.borrower_id, device.key_sha256):
        return None
    return recovery.recovery_missing(
        services, session, who.borrower_id, device.key_sha256, Act.FACTOR_ENROLMENT, use=use
    )


def remove_second_factor(services: Services, who: SignedIn, code: str | None) -> None:
    """Turn the second factor off with a code of it, or without any where it is shown otherwise who one is.

    Raises ``SECOND_FACTOR_WRONG`` or ``TOO_MANY_ATTEMPTS``; without a code ``NOT_ALLOWED_NOW`` where none is on, or
    what :func:`recovery.recovery_missing` tells.
    """
    if code is None:
        with services.database.write() as session:
            device = still_signed_in(session, who)
            second_factor.require_one(session, who.borrower_id)
            key = device.key_sha256
            refused = recovery.recovery_missing(services, session, who.borrower_id, key, Act.FACTOR_LOST)
            if refused is None:
                second_factor.remove(session, who.borrower_id)
                return
        raise refused
    with services.database.write() as session:
        trier = own_trier(session, who)
        hold_back(services, session, trier)
        wrong = second_factor.problem_with(services, session, who.borrower_id, code)
        if wrong is None:
            second_factor.remove(session, who.borrower_id)
        else:
            note_try(services, session, trier)
    if wrong is not None:
        raise RefusedError(ErrorCode.SECOND_FACTOR_WRONG)


def still_signed_in(session: Session, who: SignedIn) -> Device:
    """The sign-in somebody acts from; raises ``SIGNED_OUT`` where it has ended."""
    device = session.get_one(Device, who.device_id)
    if device.ended_at is not None:
        raise RefusedError(ErrorCode.SIGNED_OUT)
    return device


def own_trier(session: Session, who: SignedIn) -> Trier:
    """By what tries of somebody signed in are counted."""
    borrower, device = session.get_one(Borrower, who.borrower_id), session.get_one(Device, who.device_id)
    return Trier(borrower.phone_index, device.key_sha256, who.address)


def _right(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(str(uuid.uuid4()))
