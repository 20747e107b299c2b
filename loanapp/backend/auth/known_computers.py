"""Which computers an account has long been used on, and which were signed out from elsewhere and are trusted no more.

Age counts over every sign-in on record, those that have ended included: whoever comes later and signs the others out
does not so become the first.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.tables import Device
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Borrower
from loanapp.domain.devices import DeviceEnd

NO_LONGER_TRUSTED: Final = (DeviceEnd.SIGNED_OUT.value, DeviceEnd.REUSED.value)
"""Signed out from elsewhere, or copied: such a computer is trusted no more."""


_AT_ONCE: Final = timedelta(seconds=5)  # from an account to its first sign-in; no two codes are sent so close


def known_computer(
    services: Services, session: Session, borrower_id: str, key_sha256: str, at: datetime | None = None
) -> bool:
    """Whether the account had by then (now) long been used on this computer, or is used on it since it was made."""
    since = trusted_since(session, borrower_id, key_sha256)
    if since is None:
        return False
    long_ago = (at or services.clock.now()) - timedelta(hours=services.policies.step_up.known_hours)
    # By the account's own age, and not by the sign-ins that are left: old ones are forgotten.
    return since <= max(long_ago, session.get_one(Borrower, borrower_id).created_at + _AT_ONCE)


def new_computer_signed_in(services: Services, session: Session, borrower_id: str) -> bool:
    """Whether the account is signed in on a computer that is new to it, whichever asks."""
    live = select(Device.key_sha256).where(
        Device.borrower_id == borrower_id, Device.ended_at.is_(None), Device.expires_at > services.clock.now()
    )
    return any(not known_computer(services, session, borrower_id, key) for key in session.scalars(live))


def long_unused(services: Services, session: Session, borrower_id: str) -> bool:
    """Whether the account was used again only lately, after ``unused_days`` in which nobody used it anywhere."""
    policy, now = services.policies.step_up, services.clock.now()
    lately = now - timedelta(hours=policy.known_hours)
    if session.get_one(Borrower, borrower_id).created_at > lately - timedelta(days=policy.unused_days):
        return False
    before = select(func.max(Device.used_at)).where(Device.borrower_id == borrower_id, Device.signed_in_at <= lately)
    used = session.execute(before).scalar_one_or_none()
    # Sign-ins are kept for a month after they end: where there is none, nobody has been here for longer.
    return used is None or used < lately - timedelta(days=policy.unused_days)


def trusted_since(session: Session, borrower_id: str, key_sha256: str) -> datetime | None:
    """Since when the account is used on this computer; ``None`` where it never was, or is trusted no more."""
    ends = _of_computer(session, borrower_id, key_sha256)
    return None if any(why in NO_LONGER_TRUSTED for why, _at in ends) else first_used(session, borrower_id, key_sha256)


def first_used(session: Session, borrower_id: str, key_sha256: str) -> datetime | None:
    """When the account was first used on this computer, whatever came of it."""
    own = (Device.borrower_id == borrower_id, Device.key_sha256 == key_sha256)
    return session.execute(select(func.min(Device.signed_in_at)).where(*own)).scalar_one_or_none()


def trusted_with_password(services: Services, session: Session, borrower_id: str, key_sha256: str) -> bool:
    """Whether a password alone opens the account here: it was used here before, and was not signed out from elsewhere.

    Where a computer that came later has signed it out, only if it was known then.
    """
    if trusted_since(session, borrower_id, key_sha256) is None:
        return False
    return all(
        known_computer(services, session, borrower_id, key_sha256, at)
        for why, at in _of_computer(session, borrower_id, key_sha256)
        if why == DeviceEnd.SIGNED_OUT_BY_LATER
    )


def end_from(services: Services, session: Session, by: Device, ended: Device) -> DeviceEnd:
    """What it is where ``by`` signs ``ended`` out.

    A computer that is new to the account ends the session of an earlier one, and takes nothing else from it: whoever
    holds the SIM card would else take from the owner what could stop them.
    """
    if by.key_sha256 == ended.key_sha256:
        return DeviceEnd.LEFT
    if known_computer(services, session, by.borrower_id, by.key_sha256):
        return DeviceEnd.SIGNED_OUT
    since = first_used(session, by.borrower_id, by.key_sha256)
    before = first_used(session, by.borrower_id, ended.key_sha256)
    later = since is not None and before is not None and before < since
    return DeviceEnd.SIGNED_OUT_BY_LATER if later else DeviceEnd.SIGNED_OUT


def _of_computer(session: Session, borrower_id: str, key_sha256: str) -> list[tuple[str | None, datetime | None]]:
    query = select(Device.ended_why, Device.ended_at).where(
        Device.borrower_id == borrower_id, Device.key_sha256 == key_sha256
    )
    return [(row[0], row[1]) for row in session.execute(query)]
