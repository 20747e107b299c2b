"""A borrower's security keys, added and removed by whoever shows the second factor that is on already."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.auth import recovery, second_factor, security_keys
from loanapp.backend.auth.key_tables import SecurityKey
from loanapp.backend.auth.passwords import SignedIn, own_trier, still_signed_in
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.auth.security_keys import KeyPurpose, KeyQuestion
from loanapp.backend.auth.tries import hold_back, note_try
from loanapp.backend.auth.webauthn import NotSignedError, read_new_key
from loanapp.backend.auth.webauthn_credentials import ToldKey, kept, told
from loanapp.backend.policy.step_up import Act
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.errors import ErrorCode
from loanapp.domain.phone import mask_phone


@dataclass(frozen=True, slots=True)
class AddingKey:
    """What a new key needs; ``user`` is a random-looking handle of the account, ``phone_masked`` its name."""

    ticket: str
    question: KeyQuestion
    user: bytes
    phone_masked: str


@dataclass(frozen=True, slots=True)
class MadeKey:
    """What the new key has answered; never in ``repr``."""

    ticket: str
    label: str
    client_data: bytes
    attestation: bytes

    def __repr__(self) -> str:
        return "MadeKey(...)"


def own_keys(services: Services, borrower_id: str) -> tuple[ToldKey, ...]:
    """The keys of an account, the oldest first."""
    with services.database.read() as session:
        return tuple(told(services.cipher, one) for one in security_keys.keys_of(session, borrower_id))


def begin_key(services: Services, who: SignedIn, code: str) -> AddingKey:
    """Ask a new key, where a code of the authenticator or a recovery code is shown, which is used up.

    Raises ``NOT_ALLOWED_NOW`` where no authenticator is on or there are as many keys as may be,
    ``SECOND_FACTOR_WRONG``, ``TOO_MANY_ATTEMPTS``, ``SIGNED_OUT``.
    """
    _require_factor(services, who, code)
    with services.database.write() as session:
        device = still_signed_in(session, who)
        _require_room(services, session, who)
        ticket = security_keys.ask(services, session, who.borrower_id, device.key_sha256, KeyPurpose.ADD)
        session.flush()
        asked = security_keys.question(services, session, ticket, device.key_sha256, KeyPurpose.ADD)
        phone = borrower_phone(services, session, who.borrower_id)
    user = bytes.fromhex(services.cipher.index(who.borrower_id, "security_key_user"))
    return AddingKey(ticket, asked, user, mask_phone(phone))


def add_key(services: Services, who: SignedIn, made: MadeKey) -> None:
    """Let a key count that answers what :func:`begin_key` asked of it on this computer.

    Raises ``SECURITY_KEY_TIMEOUT``, ``SECURITY_KEY_WRONG`` for what does not answer it, ``SECURITY_KEY_KNOWN``,
    ``NOT_ALLOWED_NOW`` where the second factor was turned off meanwhile, ``SIGNED_OUT``.
    """
    with services.database.read() as session:
        key_sha256 = still_signed_in(session, who).key_sha256
    borrower_id, asked = security_keys.take(services, made.ticket, key_sha256, KeyPurpose.ADD)
    if borrower_id != who.borrower_id:
        raise RefusedError(ErrorCode.SECURITY_KEY_TIMEOUT)
    try:
        new = read_new_key(asked, made.client_data, made.attestation)
    except NotSignedError:
        raise RefusedError(ErrorCode.SECURITY_KEY_WRONG) from None
    with services.database.write() as session:
        still_signed_in(session, who)
        second_factor.require_one(session, who.borrower_id)
        _require_room(services, session, who)
        if session.scalars(select(SecurityKey).where(SecurityKey.credential_id == new.credential_id)).first():
            raise RefusedError(ErrorCode.SECURITY_KEY_KNOWN)
        columns = kept(SecurityKey, services.cipher, new, made.label, services.clock.now())
        session.add(SecurityKey(borrower_id=who.borrower_id, **columns))
        security_keys.note(services, session, who.borrower_id, "added")


def remove_key(services: Services, who: SignedIn, key_id: str, code: str | None) -> None:
    """Remove one key with a code, or without any where it is shown otherwise who one is, as the factor itself is.

    Raises ``NOT_FOUND`` for a key that is not the borrower's own, what :func:`begin_key` raises for a wrong code, and
    without one what :func:`recovery.recovery_missing` tells.
    """
    with services.database.read() as session:
        _own(session, who, key_id)
    if code is not None:
        _require_factor(services, who, code)
    refused: RefusedError | None = None
    with services.database.write() as session:
        device = still_signed_in(session, who)
        if code is None:
            key = device.key_sha256
            refused = recovery.recovery_missing(services, session, who.borrower_id, key, Act.FACTOR_LOST)
        if refused is None:
            session.delete(_own(session, who, key_id))
            security_keys.note(services, session, who.borrower_id, "removed")
    if refused is not None:
        raise refused


def _require_room(services: Services, session: Session, who: SignedIn) -> None:
    if len(security_keys.keys_of(session, who.borrower_id)) >= services.policies.passwords.security_keys:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW)


def _own(session: Session, who: SignedIn, key_id: str) -> SecurityKey:
    held = session.get(SecurityKey, key_id)
    if held is None or held.borrower_id != who.borrower_id:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return held


def _require_factor(services: Services, who: SignedIn, code: str) -> None:
    with services.database.write() as session:
        still_signed_in(session, who)
        second_factor.require_one(session, who.borrower_id)
        trier = own_trier(session, who)
        hold_back(services, session, trier)
        wrong = second_factor.problem_with(services, session, who.borrower_id, code)
        if wrong is not None:
            note_try(services, session, trier)
    if wrong is not None:
        raise RefusedError(ErrorCode.SECOND_FACTOR_WRONG)
