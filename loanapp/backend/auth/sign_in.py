"""Signing in with a one-time code; only digests of codes are stored."""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.proofs import SentRequest, check_device_key, require_proof
from loanapp.backend.auth.sessions import NewDevice, Tokens, begin
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Borrower, SignInCode
from loanapp.domain.errors import ErrorCode
from loanapp.domain.phone import mask_phone, parse_phone

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code on its way to the borrower's phone."""

    challenge_id: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session on a computer."""

    tokens: Tokens
    borrower_id: str
    phone_masked: str


def issue_code(services: Services, phone_text: str) -> IssuedCode:
    """Make a code for a phone.

    Raises ``PHONE_INVALID``, or ``TOO_MANY_ATTEMPTS`` with the seconds to wait when codes are asked for too often.
    """
    phone = parse_phone(phone_text)
    policy = services.policies.sign_in
    now = services.clock.now()
    phone_index = services.cipher.index(phone, "phone")
    with services.database.write() as session:
        _hold_back(session, phone_index, now, policy.resend_seconds, policy.codes_an_hour)
        issued = IssuedCode(
            str(uuid.uuid4()),
            f"{secrets.randbelow(10**policy.code_digits):0{policy.code_digits}d}",
            now + timedelta(seconds=policy.code_seconds),
        )
        session.add(
            SignInCode(
                id=issued.challenge_id,
                phone_index=phone_index,
                phone_sealed=services.cipher.encrypt(phone.encode(), f"sign_in_code|{issued.challenge_id}|phone"),
                code_index=services.cipher.index(issued.code, f"code|{issued.challenge_id}"),
                attempts_left=policy.code_attempts,
                created_at=now,
                expires_at=issued.expires_at,
                used_at=None,
            )
        )
    return issued


def _hold_back(session: Session, phone_index: str, now: datetime, resend_seconds: int, an_hour: int) -> None:
    recent = select(func.count(), func.max(SignInCode.created_at), func.min(SignInCode.created_at)).where(
        SignInCode.phone_index == phone_index, SignInCode.created_at > now - _HOUR
    )
    count, newest, oldest = session.execute(recent).one()
    if not count:
        return
    wait = (newest + timedelta(seconds=resend_seconds) - now).total_seconds()
    if count >= an_hour:
        wait = max(wait, (oldest + _HOUR - now).total_seconds())
    if wait > 0:
        raise RefusedError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=int(wait) + 1)


def open_session(
    services: Services, challenge_id: str, code: str, device: NewDevice, sent: SentRequest
) -> OpenedSession:
    """Exchange a code for a session on the computer whose key has signed the request; a code works once.

    Raises ``CODE_WRONG`` with ``attempts_left``, ``CODE_EXPIRED`` when it is old, used, unknown or tried too often,
    ``INPUT_INVALID`` or ``REQUEST_UNPROVEN`` for a key that is none or that did not sign.
    """
    check_device_key(device.public_key)
    now = services.clock.now()
    with services.database.write() as session:
        issued = session.get(SignInCode, challenge_id)
        if issued is None or issued.used_at is not None or issued.expires_at <= now or issued.attempts_left <= 0:
            raise RefusedError(ErrorCode.CODE_EXPIRED)
        require_proof(services, session, device.public_key, sent, "")
        right = hmac.compare_digest(
            services.cipher.index(code, f"code|{challenge_id}").encode(), issued.code_index.encode()
        )
        if right:
            issued.used_at = now
            return _open(services, session, issued, device, now)
        issued.attempts_left -= 1
        left = issued.attempts_left
    raise RefusedError(ErrorCode.CODE_WRONG if left else ErrorCode.CODE_EXPIRED, attempts_left=left)


def _open(services: Services, session: Session, issued: SignInCode, device: NewDevice, now: datetime) -> OpenedSession:
    phone = services.cipher.decrypt(issued.phone_sealed, f"sign_in_code|{issued.id}|phone").decode()
    borrower = session.scalars(select(Borrower).where(Borrower.phone_index == issued.phone_index)).first()
    if borrower is None:
        borrower_id = str(uuid.uuid4())
        sealed = services.cipher.encrypt(phone.encode(), f"borrower|{borrower_id}|phone")
        borrower = Borrower(id=borrower_id, phone_index=issued.phone_index, phone_sealed=sealed, created_at=now)
        session.add(borrower)
        session.flush()
    return OpenedSession(begin(services, session, borrower.id, device), borrower.id, mask_phone(phone))
