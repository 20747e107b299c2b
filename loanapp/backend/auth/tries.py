"""Tries, counted by account, by device and by network: whoever guesses waits, whichever of them they change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.tables import FailedTry
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
PRESENTED: Final = "network_identity"
"""The scope of codes of the national network identity app (:mod:`loanapp.backend.verification.network_identity`)."""


class Counted(Enum):
    """What is tried; each is counted by itself, so that guessing one keeps nobody from another."""

    WORD = "word"  # a password or a second factor that was wrong
    CODE = "code"  # a one-time code that was wrong: of an account each code has its own few tries
    SENT = "sent"  # a one-time code that was asked for
    CODE_OF_ACCOUNT = "code_of_account"  # a wrong code, over a day, of one account for one purpose


@dataclass(frozen=True, slots=True)
class Trier:
    """Who tries: the account that is meant (whether there is one or not), the key of a computer, an address."""

    account: str
    device: str
    address: str
    what: Counted = Counted.WORD


@dataclass(frozen=True, slots=True)
class _Count:
    """At most so many tries of one scope within a time."""

    scope: str
    key: str
    most: int
    window: timedelta


def hold_back(services: Services, session: Session, trier: Trier) -> None:
    """Raise ``TOO_MANY_ATTEMPTS`` with the seconds to wait where account, device or network has tried too often."""
    if (until := _held_until(services, session, trier)) is not None:
        wait = (until - services.clock.now()).total_seconds()
        raise RefusedError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=int(wait) + 1)


def hold_back_codes(services: Services, session: Session, trier: Trier) -> None:
    """Raise ``CODES_LOCKED`` with the moment from which codes of this account are looked at again."""
    if (until := _held_until(services, session, trier)) is not None:
        raise RefusedError(ErrorCode.CODES_LOCKED, retry_at=until.astimezone(CHINA).isoformat(timespec="seconds"))


def _held_until(services: Services, session: Session, trier: Trier) -> datetime | None:
    now, until = services.clock.now(), []
    for one in _counts(services, trier):
        query = select(func.count(), func.min(FailedTry.at)).where(
            FailedTry.scope == one.scope, FailedTry.key_index == one.key, FailedTry.at > now - one.window
        )
        count, oldest = session.execute(query).one()
        if count >= one.most:
            until.append(oldest + one.window)
    return max(until, default=None)


def note_try(services: Services, session: Session, trier: Trier) -> None:
    """Count one try, in the caller's transaction."""
    for one in _counts(services, trier):
        session.add(FailedTry(scope=one.scope, key_index=one.key, at=services.clock.now()))


def note_success(services: Services, session: Session, trier: Trier) -> None:
    """Forget the failures of this account on this computer; a network's stay, others may be behind it."""
    for one in _counts(services, trier):
        if one.scope != "network":
            session.execute(delete(FailedTry).where(FailedTry.scope == one.scope, FailedTry.key_index == one.key))


def forget_tries(services: Services) -> None:
    """Delete what is counted no longer."""
    now = services.clock.now()
    with services.database.write() as session:
        for what in Counted:
            for one in _counts(services, Trier("", "", "", what)):
                session.execute(delete(FailedTry).where(FailedTry.scope == one.scope, FailedTry.at < now - one.window))
        window = timedelta(hours=services.policies.network_identity.window_hours)
        session.execute(delete(FailedTry).where(FailedTry.scope == PRESENTED, FailedTry.at <= now - window))


def _counts(services: Services, trier: Trier) -> Iterator[_Count]:
    passwords, codes, index = services.policies.passwords, services.policies.sign_in, services.cipher.index
    network = network_of(trier.address)
    if trier.what is Counted.SENT:
        yield _Count("sent_network", index(network, "sent_network"), codes.codes_network_an_hour, _HOUR)
    elif trier.what is Counted.CODE_OF_ACCOUNT:
        yield _Count("code_account", index(trier.account, "code_account"), codes.wrong_codes_a_day, _DAY)
    elif trier.what is Counted.CODE:
        window = timedelta(minutes=codes.wrong_codes_minutes)
        yield _Count("code_device", index(trier.device, "code_device"), codes.wrong_codes_device, window)
        yield _Count("code_network", index(network, "code_network"), codes.wrong_codes_network, window)
    else:
        window = timedelta(minutes=passwords.window_minutes)
        yield _Count("account", index(trier.account, "tries_account"), passwords.tries_account, window)
        yield _Count("device", index(trier.device, "tries_device"), passwords.tries_device, window)
        yield _Count("network", index(network, "tries_network"), passwords.tries_network, window)


def network_of(address: str) -> str:
    """The network an address belongs to: 256 neighbours of IPv4, one household (/64) of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))
