"""Setting, replacing or turning off what protects an account, without showing it: never by the phone alone.

Where somebody was verified here before, by a person at a branch. Where nobody was, after a waiting time in which every
computer that was signed in before can stop it. NIST SP 800-63B-4, 4.2.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.known_computers import NO_LONGER_TRUSTED, trusted_since
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.auth.sessions import end
from loanapp.backend.auth.tables import AccountRecovery, Device
from loanapp.backend.policy.step_up import Act, Moment
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, FaceState, Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.devices import DeviceEnd
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus

_NUMBER_DIGITS: Final = 6
_TOLD_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AskedRecovery:
    """What was asked and is open; ``ready_at`` where only time is waited for. ``phone`` is for a branch alone."""

    id: str
    act: Act
    number: str
    asked_at: datetime
    ready_at: datetime | None
    here: bool
    may_stop: bool = False
    phone: str = ""

    def __repr__(self) -> str:
        return "AskedRecovery(...)"


def recovery_missing(
    services: Services, session: Session, borrower_id: str, key_sha256: str, act: Act, *, use: bool = True
) -> RefusedError | None:
    """What to refuse ``act`` with on this computer, ``None`` where another proof than the phone was given for it.

    In the caller's transaction, in which the proof is used up (``use``) together with what it opens. A refusal is to be
    raised once that has ended, for what is asked stays open: ``RECOVERY_NEEDED`` with ``recovery_number``, to be said
    at a branch; ``RECOVERY_WAITS`` with ``retry_at`` where only time can be waited for. ``None``, too, where no row of
    ``step_up.toml`` asks.
    """
    verified = _verified(session, borrower_id)
    today = services.clock.now().astimezone(CHINA).date()
    if not services.policies.step_up.wanted(Moment(act, verified=verified), today):
        return None
    found = _open(services, session, borrower_id, act, key_sha256)
    way = _proven(services, session, found) if found is not None else None
    if found is not None and way is not None:
        if use:
            found.ended_at = services.clock.now()
            _note(services, session, borrower_id, "recovery_used", actor="borrower", act=act.value, way=way)
        return None
    asked = found or _ask(services, session, borrower_id, act, key_sha256)
    if verified:
        return RefusedError(ErrorCode.RECOVERY_NEEDED, recovery_number=asked.number)
    ready = _ready_at(services, asked).astimezone(CHINA)
    return RefusedError(ErrorCode.RECOVERY_WAITS, retry_at=ready.isoformat(timespec="seconds"))


def recovery_proved(services: Services, session: Session, borrower_id: str, key_sha256: str, act: Act) -> bool:
    """Whether another proof than the phone was given for ``act`` on this computer, and is not used up."""
    found = _open(services, session, borrower_id, act, key_sha256)
    return found is not None and _proven(services, session, found) is not None


def open_recoveries(services: Services, borrower_id: str, key_sha256: str) -> list[AskedRecovery]:
    """What was asked on whichever computer and is open, for every computer that is signed in."""
    with services.database.read() as session:
        verified = _verified(session, borrower_id)
        since = trusted_since(session, borrower_id, key_sha256)
        return [
            AskedRecovery(
                one.id,
                Act(one.act),
                one.number if one.key_sha256 == key_sha256 else "",
                one.asked_at,
                None if verified else _ready_at(services, one),
                one.key_sha256 == key_sha256,
                _may_stop(one, key_sha256, since),
            )
            for one in _all_open(services, session)
            if one.borrower_id == borrower_id
        ]


def stop_recoveries(services: Services, borrower_id: str, key_sha256: str) -> None:
    """Stop what other computers have asked, and sign them out.

    A computer that came after the asking cannot: whoever holds the SIM card would stop the owner. Raises
    ``NOT_ALLOWED_NOW`` where there is nothing this computer may stop.
    """
    now = services.clock.now()
    with services.database.write() as session:
        since = trusted_since(session, borrower_id, key_sha256)
        mine = [
            one
            for one in _all_open(services, session)
            if one.borrower_id == borrower_id and _may_stop(one, key_sha256, since)
        ]
        if not mine:
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW)
        for one in mine:
            one.ended_at = now
            devices = select(Device).where(Device.borrower_id == borrower_id, Device.key_sha256 == one.key_sha256)
            for device in session.scalars(devices):
                end(session, device, DeviceEnd.SIGNED_OUT, now)
        _note(services, session, borrower_id, "recovery_stopped", actor="borrower")


def recoveries_at_branch(services: Services) -> list[AskedRecovery]:
    """What is open, not granted yet, and of somebody who was verified, for the people at a branch, the longest first.

    Of anybody else there is nothing at a branch to hold an identity card against: there only time counts.
    """
    with services.database.read() as session:
        return [
            AskedRecovery(
                one.id,
                Act(one.act),
                one.number,
                one.asked_at,
                None,
                here=False,
                phone=borrower_phone(services, session, one.borrower_id),
            )
            for one in _at_branch(services, session)
        ]


def verified_application(session: Session, borrower_id: str) -> Application | None:
    """The first that money was lent for; else the first with a face that is the document's, or that was handed in.

    The first: whoever came into the account since may have handed in an identity of their own.
    """
    lent = (
        select(Application)
        .join(Loan, Loan.application_id == Application.id)
        .where(Loan.borrower_id == borrower_id)
        .order_by(Loan.disbursed_at)
    )
    handed_in = (
        select(Application)
        .where(
            Application.borrower_id == borrower_id,
            Application.identity_sealed.is_not(None),
            or_(Application.face_state == FaceState.PASSED, Application.status != ApplicationStatus.DRAFT),
        )
        .order_by(Application.created_at)
    )
    return session.scalars(lent.limit(1)).first() or session.scalars(handed_in.limit(1)).first()


def answer_at_branch(services: Services, recovery_id: str, member_id: str, why: str, *, confirmed: bool) -> None:
    """A member's word, with the person and their identity card in front of them; ``NOT_FOUND`` where nobody waits."""
    now = services.clock.now()
    with services.database.write() as session:
        found = session.get(AccountRecovery, recovery_id)
        waiting = {one.id for one in _at_branch(services, session)}
        if found is None or found.id not in waiting:
            raise RefusedError(ErrorCode.NOT_FOUND)
        found.member_id = member_id
        found.why_sealed = services.cipher.encrypt(why.encode(), f"account_recovery|{found.id}|why")
        if confirmed:
            found.granted_at = now
        else:
            found.ended_at = now
        what = "recovery_granted" if confirmed else "recovery_refused"
        _note(services, session, found.borrower_id, what, actor="staff", act=found.act, member=member_id)


def forget_recoveries(services: Services) -> None:
    """Delete what was asked so long ago that it opens nothing any more; the ledger keeps that it was."""
    with services.database.write() as session:
        session.execute(delete(AccountRecovery).where(AccountRecovery.asked_at < services.clock.now() - _TOLD_FOR))


def _at_branch(services: Services, session: Session) -> list[AccountRecovery]:
    opened = [one for one in _all_open(services, session) if one.granted_at is None]
    return [one for one in opened if _verified(session, one.borrower_id)]


def _may_stop(asked: AccountRecovery, key_sha256: str, since: datetime | None) -> bool:
    return asked.key_sha256 != key_sha256 and since is not None and since < asked.asked_at


def _proven(services: Services, session: Session, asked: AccountRecovery) -> str | None:
    """By which way it was shown, ``None`` while it was not."""
    policy, now = services.policies.step_up, services.clock.now()
    if asked.granted_at is not None and now - asked.granted_at <= timedelta(hours=policy.branch_hours):
        return "branch"
    waited = not _verified(session, asked.borrower_id) and _ready_at(services, asked) <= now
    return "waiting" if waited else None


def _verified(session: Session, borrower_id: str) -> bool:
    return verified_application(session, borrower_id) is not None


def _ask(services: Services, session: Session, borrower_id: str, act: Act, key_sha256: str) -> AccountRecovery:
    number = f"{secrets.randbelow(10**_NUMBER_DIGITS):0{_NUMBER_DIGITS}d}"
    asked = AccountRecovery(
        id=str(uuid.uuid4()),
        borrower_id=borrower_id,
        act=act.value,
        key_sha256=key_sha256,
        number=number,
        asked_at=services.clock.now(),
    )
    session.add(asked)
    session.flush()
    _note(services, session, borrower_id, "recovery_asked", actor="borrower", act=act.value)
    return asked


def _open(services: Services, session: Session, borrower_id: str, act: Act, key_sha256: str) -> AccountRecovery | None:
    wanted = (borrower_id, act.value, key_sha256)
    return next(
        (one for one in _all_open(services, session) if (one.borrower_id, one.act, one.key_sha256) == wanted), None
    )


def _all_open(services: Services, session: Session) -> list[AccountRecovery]:
    since = services.clock.now() - timedelta(hours=services.policies.step_up.asked_hours)
    # Whoever signs the asking computer out from another one has stopped it, too.
    put_out = exists().where(
        Device.borrower_id == AccountRecovery.borrower_id,
        Device.key_sha256 == AccountRecovery.key_sha256,
        Device.ended_why.in_(NO_LONGER_TRUSTED),
        Device.ended_at >= AccountRecovery.asked_at,
    )
    query = select(AccountRecovery).where(
        AccountRecovery.ended_at.is_(None), AccountRecovery.asked_at > since, ~put_out
    )
    return list(session.scalars(query.order_by(AccountRecovery.asked_at)))


def _ready_at(services: Services, asked: AccountRecovery) -> datetime:
    return asked.asked_at + timedelta(hours=services.policies.step_up.wait_hours)


def _note(
    services: Services, session: Session, borrower_id: str, what: str, *, actor: ledger.Actor, **more: str
) -> None:
    detail = {"check": what, **more}
    ledger.append(session, services.clock.now(), "check", None, detail, actor=actor, borrower_id=borrower_id)
