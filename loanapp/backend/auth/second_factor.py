"""The second factor of a borrower: an authenticator, codes on paper for the day it is lost, and security keys."""

import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from loanapp.backend.auth import security_keys
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.auth.security_keys import ShownKey
from loanapp.backend.auth.tables import BorrowerSecondFactor
from loanapp.backend.auth.totp import new_secret, provisioning_uri, step_of
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.errors import ErrorCode
from loanapp.domain.phone import mask_phone

# Without letters and digits that look alike: 50 bits in ten characters.
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RECOVERY_CHARACTERS: Final = 10


@dataclass(frozen=True, slots=True)
class NewSecondFactor:
    """What an authenticator needs, told once; ``secret`` is the URI's own, for whoever cannot scan it."""

    uri: str
    secret: str


def require_none(session: Session, borrower_id: str) -> None:
    """Raise ``NOT_ALLOWED_NOW`` where one counts."""
    if _counts(session.get(BorrowerSecondFactor, borrower_id)):
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW)


def require_one(session: Session, borrower_id: str) -> None:
    """Raise ``NOT_ALLOWED_NOW`` where none counts."""
    if not _counts(session.get(BorrowerSecondFactor, borrower_id)):
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW)


def begin(services: Services, session: Session, borrower_id: str) -> NewSecondFactor:
    """Make a secret, in the caller's transaction; it counts for nothing before :func:`confirm`.

    Raises ``NOT_ALLOWED_NOW`` where one counts.
    """
    require_none(session, borrower_id)
    secret = new_secret()
    held = session.get(BorrowerSecondFactor, borrower_id)
    if held is None:
        held = BorrowerSecondFactor(borrower_id=borrower_id, recovery=[])
        session.add(held)
    held.secret_sealed = services.cipher.encrypt(secret, _place(borrower_id))
    held.last_step = 0
    phone = borrower_phone(services, session, borrower_id)
    uri = provisioning_uri(secret, mask_phone(phone))
    return NewSecondFactor(uri, _secret_in(uri))


def confirm(services: Services, session: Session, borrower_id: str, code: str) -> list[str]:
    """Let the secret count once its authenticator has shown a code; the recovery codes, told this once.

    In the caller's transaction. Raises ``SECOND_FACTOR_WRONG``, or ``NOT_ALLOWED_NOW`` where none was begun or one
    counts already.
    """
    held = session.get(BorrowerSecondFactor, borrower_id)
    if held is None or _counts(held):
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW)
    step = _step(services, held, code)
    if step is None:
        raise RefusedError(ErrorCode.SECOND_FACTOR_WRONG)
    told = [_recovery_code() for _ in range(services.policies.passwords.recovery_codes)]
    held.last_step, held.confirmed_at = step, services.clock.now()
    held.recovery = [_digest(services, borrower_id, one) for one in told]
    return told


def remove(session: Session, borrower_id: str) -> None:
    """Let nothing but the first factor be asked for again, security keys included, in the caller's transaction."""
    held = session.get(BorrowerSecondFactor, borrower_id)
    if held is not None:
        session.delete(held)
    security_keys.remove_all(session, borrower_id)


def problem_with(
    services: Services, session: Session, borrower_id: str | None, code: str | ShownKey | None
) -> ErrorCode | None:
    """What is wrong with the second factor somebody shows, ``None`` where it is right or none is asked for.

    A right code is used up, and the counter of a security key goes on, in the caller's transaction.
    """
    held = session.get(BorrowerSecondFactor, borrower_id) if borrower_id is not None else None
    if held is None or held.confirmed_at is None:
        return None
    if not code:
        return ErrorCode.SECOND_FACTOR_NEEDED
    if isinstance(code, ShownKey):
        return security_keys.problem_with(services, session, held.borrower_id, code)
    step = _step(services, held, code)
    if step is not None:
        held.last_step = step
        return None
    digest = _digest(services, held.borrower_id, _plain(code))
    if not any(hmac.compare_digest(digest, one) for one in held.recovery):
        return ErrorCode.SECOND_FACTOR_WRONG
    held.recovery = [one for one in held.recovery if one != digest]
    return None


def _counts(held: BorrowerSecondFactor | None) -> bool:
    return held is not None and held.confirmed_at is not None


def _step(services: Services, held: BorrowerSecondFactor, code: str) -> int | None:
    secret = services.cipher.decrypt(held.secret_sealed, _place(held.borrower_id))
    return step_of(secret, code.strip(), services.clock.now(), held.last_step)


def _recovery_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_CHARACTERS))


def _plain(code: str) -> str:
    return "".join(one for one in code.upper() if one in _ALPHABET)


def _digest(services: Services, borrower_id: str, code: str) -> str:
    return services.cipher.index(code, f"recovery|{borrower_id}")


def _secret_in(uri: str) -> str:
    return uri.partition("secret=")[2].partition("&")[0]


def _place(borrower_id: str) -> str:
    return f"borrower_second_factor|{borrower_id}|secret"
