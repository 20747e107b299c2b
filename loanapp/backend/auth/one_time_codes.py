"""One-time codes: each is bound to the phone, the purpose and the very thing it authorises; only digests are stored.

OWASP ASVS 5.0 chapter 6: six random digits (6.5.4), used once (6.5.1), at most ten minutes (6.5.5), throttled.
"""

import hmac
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import SourceDownError
from loanapp.backend.auth.tries import Counted, Trier, hold_back_codes, note_try
from loanapp.backend.policy.models import SignIn
from loanapp.backend.policy.rows import Words
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import OneTimeCode
from loanapp.domain.errors import ErrorCode
from loanapp.domain.one_time_code import CodePurpose

_T = TypeVar("_T")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code on its way to the borrower's phone."""

    challenge_id: str
    code: str
    expires_at: datetime
    text: Words


def issue_code(
    services: Services, phone: str, purpose: CodePurpose, *, bound_to: str = "", told: dict[str, str] | None = None
) -> IssuedCode:
    """Make a code and send it; the message says what it is for, with the values of ``told``.

    ``phone`` is eleven digits. ``bound_to`` names the thing the code authorises, such as a contract and its hash.
    An earlier code for the same purpose is worth nothing any more. Raises ``TOO_MANY_ATTEMPTS`` with the seconds to
    wait when codes for this purpose are asked for too often, or ``MESSAGE_NOT_SENT`` where the carrier does not answer:
    then nobody waits to ask again.
    """
    policy, now = services.policies.sign_in, services.clock.now()
    phone_index = services.cipher.index(phone, "phone")
    challenge_id = str(uuid.uuid4())
    code = f"{secrets.randbelow(10**policy.code_digits):0{policy.code_digits}d}"
    words = policy.text_of(purpose)
    values = {**(told or {}), "code": code}
    text = Words(zh=words.zh.format(**values), en=words.en.format(**values))
    expires_at = now + timedelta(seconds=policy.code_seconds)
    with services.database.write() as session:
        _hold_back(session, phone_index, purpose, now, policy)
        older = update(OneTimeCode).where(
            OneTimeCode.phone_index == phone_index, OneTimeCode.purpose == purpose, OneTimeCode.used_at.is_(None)
        )
        session.execute(older.values(expires_at=now))  # the newest message alone counts
        session.add(
            OneTimeCode(
                id=challenge_id,
                purpose=purpose,
                phone_index=phone_index,
                phone_sealed=services.cipher.encrypt(phone.encode(), _phone_place(challenge_id)),
                code_index=services.cipher.index(code, _place(challenge_id, purpose, bound_to)),
                attempts_left=policy.code_attempts,
                created_at=now,
                expires_at=expires_at,
                used_at=None,
            )
        )
    try:
        services.sources.messages.send(phone, text.zh)
    except SourceDownError as error:
        with services.database.write() as session:
            # It may have been delivered all the same: it counts for the hour, and nobody waits to ask again.
            unsent = session.get_one(OneTimeCode, challenge_id)
            unsent.expires_at = unsent.created_at = now - timedelta(seconds=policy.resend_seconds)
        raise RefusedError(ErrorCode.MESSAGE_NOT_SENT, retry_after_seconds=error.retry_after_seconds) from None
    return IssuedCode(challenge_id, code, expires_at, text)


def redeem_code(
    services: Services,
    challenge_id: str,
    code: str,
    purpose: CodePurpose,
    act: Callable[[Session, OneTimeCode], _T],
    *,
    bound_to: str = "",
    before: Callable[[Session, OneTimeCode], str] = lambda _session, _issued: "",
) -> _T:
    """Do ``act`` in the transaction that uses the code up; a code works once, for its purpose and its thing alone.

    ``before`` may refuse whoever asks before a try is counted; what it returns is counted apart within the account.
    Raises ``CODE_WRONG`` with ``attempts_left``, ``CODE_EXPIRED`` when it is old, used, unknown or tried too often, or
    ``CODES_LOCKED`` where there were too many wrong ones in a day.
    """
    now = services.clock.now()
    with services.database.write() as session:
        issued = session.get(OneTimeCode, challenge_id)
        if issued is None or issued.used_at is not None or issued.expires_at <= now or issued.attempts_left <= 0:
            raise RefusedError(ErrorCode.CODE_EXPIRED)
        trier = _guesser(issued.phone_index, purpose, before(session, issued))
        hold_back_codes(services, session, trier)
        given = services.cipher.index(code, _place(challenge_id, purpose, bound_to))
        if issued.purpose == purpose and hmac.compare_digest(given.encode(), issued.code_index.encode()):
            issued.used_at = now
            return act(session, issued)
        note_try(services, session, trier)
        issued.attempts_left -= 1
        left = issued.attempts_left
    raise RefusedError(ErrorCode.CODE_WRONG if left else ErrorCode.CODE_EXPIRED, attempts_left=left)


def require_unlocked(services: Services, session: Session, phone: str, purpose: CodePurpose) -> None:
    """Raise ``CODES_LOCKED`` before a message is sent whose code would not be looked at."""
    hold_back_codes(services, session, _guesser(services.cipher.index(phone, "phone"), purpose, ""))


def _guesser(phone_index: str, purpose: CodePurpose, apart: str) -> Trier:
    return Trier(f"{purpose}|{phone_index}|{apart}", "", "", Counted.CODE_OF_ACCOUNT)


def forget_codes(services: Services) -> None:
    """Delete the codes that neither open nor hold back anything any more."""
    with services.database.write() as session:
        session.execute(delete(OneTimeCode).where(OneTimeCode.created_at <= services.clock.now() - _HOUR))


def phone_of(services: Services, issued: OneTimeCode) -> str:
    """The phone a code was sent to."""
    return services.cipher.decrypt(issued.phone_sealed, _phone_place(issued.id)).decode()


def _place(challenge_id: str, purpose: CodePurpose, bound_to: str) -> str:
    return f"code|{challenge_id}|{purpose}|{bound_to}"


def _phone_place(challenge_id: str) -> str:
    return f"one_time_code|{challenge_id}|phone"


def _hold_back(session: Session, phone_index: str, purpose: CodePurpose, now: datetime, policy: SignIn) -> None:
    """Another code after some seconds, and a number of them an hour; each purpose is counted by itself.

    Anybody may have codes to sign in with sent to a phone: that must not keep its owner from signing.
    """
    recent = session.scalars(
        select(OneTimeCode.created_at)
        .where(
            OneTimeCode.phone_index == phone_index,
            OneTimeCode.purpose == purpose,
            OneTimeCode.created_at > now - _HOUR,
        )
        .order_by(OneTimeCode.created_at)
    ).all()
    until = [at + timedelta(seconds=policy.resend_seconds) for at in recent[-1:]]
    if len(recent) >= policy.codes_an_hour:
        until.append(recent[-policy.codes_an_hour] + _HOUR)
    wait = max(((one - now).total_seconds() for one in until), default=0)
    if wait > 0:
        raise RefusedError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=int(wait) + 1)
