"""A security key as the second step of a sign-in: offered to whoever has shown the first, and taken once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.auth import security_keys
from loanapp.backend.auth.proofs import check_device_key, key_digest
from loanapp.backend.auth.security_keys import KeyPurpose, ShownKey
from loanapp.backend.auth.webauthn import Signed
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Borrower, OneTimeCode
from loanapp.domain.errors import ErrorCode
from loanapp.domain.phone import parse_phone

_CONCERNS_KEYS: Final = frozenset({ErrorCode.SECOND_FACTOR_NEEDED, ErrorCode.SECURITY_KEY_COPIED})

PhoneIndex = Callable[[Session], str | None]
"""By which the account that is signed in to is found."""


def of_code(challenge_id: str) -> PhoneIndex:
    """The account a one-time code was sent to."""

    def find(session: Session) -> str | None:
        issued = session.get(OneTimeCode, challenge_id)
        return issued.phone_index if issued is not None else None

    return find


def of_phone(services: Services, phone: str) -> PhoneIndex:
    """The account of a phone."""
    return lambda _session: services.cipher.index(parse_phone(phone), "phone")


def take_shown(services: Services, ticket: str, credential_id: bytes, signed: Signed, device_key: str) -> ShownKey:
    """What a key has signed, its challenge used up whatever comes of it.

    Raises ``SECURITY_KEY_TIMEOUT`` for a challenge that is too old, used, another computer's or another purpose's, and
    ``INPUT_INVALID`` for a key of a computer that is none.
    """
    check_device_key(device_key)
    borrower_id, asked = security_keys.take(services, ticket, key_digest(device_key), KeyPurpose.SIGN_IN)
    return ShownKey(borrower_id, asked.challenge, credential_id, signed)


@contextmanager
def offering(services: Services, device_key: str, phone_index: PhoneIndex) -> Iterator[None]:
    """Within: a sign-in. Where it is refused for want of a second step alone, the refusal offers the account's keys.

    ``SECOND_FACTOR_NEEDED`` then carries ``key_challenge``; nobody is told of keys before the first step was right. A
    key that was copied is written into the ledger.
    """
    try:
        yield
    except RefusedError as refused:
        if refused.code not in _CONCERNS_KEYS:
            raise
        with services.database.write() as session:
            offered = _offered(services, session, refused.code, key_digest(device_key), phone_index)
        if offered is None:
            raise
    else:
        return
    raise RefusedError(ErrorCode.SECOND_FACTOR_NEEDED, key_challenge=offered)


def _offered(
    services: Services, session: Session, code: ErrorCode, key_sha256: str, phone_index: PhoneIndex
) -> str | None:
    index = phone_index(session)
    borrower = session.scalars(select(Borrower).where(Borrower.phone_index == index)).first()
    if borrower is None:
        return None
    if code is ErrorCode.SECURITY_KEY_COPIED:
        security_keys.note(services, session, borrower.id, "copied")
        return None
    if not security_keys.keys_of(session, borrower.id):
        return None
    return security_keys.ask(services, session, borrower.id, key_sha256, KeyPurpose.SIGN_IN)
