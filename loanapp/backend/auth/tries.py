"""Failed tries, counted by account, by device and by network: whoever guesses waits, whichever of them they change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.tables import FailedTry
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.errors import ErrorCode


@dataclass(frozen=True, slots=True)
class Trier:
    """Who tries: the account that is meant (whether there is one or not), the key of a computer, an address."""

    account: str
    device: str
    address: str


def hold_back(services: Services, session: Session, trier: Trier) -> None:
    """Raise ``TOO_MANY_ATTEMPTS`` with the seconds to wait where account, device or network has failed too often."""
    policy, now = services.policies.passwords, services.clock.now()
    window = timedelta(minutes=policy.window_minutes)
    waits = []
    for scope, key, most in _scopes(services, trier):
        query = select(func.count(), func.min(FailedTry.at)).where(
            FailedTry.scope == scope, FailedTry.key_index == key, FailedTry.at > now - window
        )
        count, oldest = session.execute(query).one()
        if count >= most:
            waits.append((oldest + window - now).total_seconds())
    if waits:
        raise RefusedError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=int(max(waits)) + 1)


def note_failure(services: Services, session: Session, trier: Trier) -> None:
    """Count one failed try, in the caller's transaction."""
    for scope, key, _ in _scopes(services, trier):
        session.add(FailedTry(scope=scope, key_index=key, at=services.clock.now()))


def note_success(services: Services, session: Session, trier: Trier) -> None:
    """Forget the failures of this account on this computer; a network's stay, others may be behind it."""
    for scope, key, _ in _scopes(services, trier):
        if scope != "network":
            session.execute(delete(FailedTry).where(FailedTry.scope == scope, FailedTry.key_index == key))


def forget_tries(services: Services) -> None:
    """Delete what is counted no longer."""
    last = services.clock.now() - timedelta(minutes=services.policies.passwords.window_minutes)
    with services.database.write() as session:
        session.execute(delete(FailedTry).where(FailedTry.at < last))


def _scopes(services: Services, trier: Trier) -> Iterator[tuple[str, str, int]]:
    policy, index = services.policies.passwords, services.cipher.index
    yield "account", index(trier.account, "tries_account"), policy.tries_account
    yield "device", index(trier.device, "tries_device"), policy.tries_device
    yield "network", index(network_of(trier.address), "tries_network"), policy.tries_network


def network_of(address: str) -> str:
    """The network an address belongs to: 256 neighbours of IPv4, one household (/64) of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))
