"""What is kept of where an application came from, and how soon it is forgotten."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address

from sqlalchemy import delete
from sqlalchemy.orm import Session

from loanapp.backend.auth.tries import network_of
from loanapp.backend.services import Services
from loanapp.backend.signals.tables import ApplicationOrigin, PhotoBand
from loanapp.backend.store.tables import Application


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the digest of the computer's key, and the address."""

    key_sha256: str
    address: str


def note_origin(services: Services, session: Session, application: Application, came_from: Origin) -> None:
    """Keep keyed digests of the computer's key and the network, in the transaction that hands it in."""
    index, address = services.cipher.index, came_from.address
    session.merge(
        ApplicationOrigin(
            application_id=application.id,
            at=services.clock.now(),
            computer_index=index(came_from.key_sha256, "origin_computer"),
            network_index=index(network_of(address), "origin_network") if _from_elsewhere(address) else None,
        )
    )


def note_photo(services: Services, session: Session, application_id: str, bands: tuple[str, ...]) -> None:
    """Keep the fingerprint of the photograph of a card's front; one handed in before is forgotten."""
    session.execute(delete(PhotoBand).where(PhotoBand.application_id == application_id))
    now = services.clock.now()
    session.add_all(
        PhotoBand(application_id=application_id, place=place, bits=bits, at=now) for place, bits in enumerate(bands)
    )


def forget_origins(services: Services) -> None:
    """Delete what is older than its class in ``retention.toml``."""
    before = services.clock.now() - timedelta(days=services.policies.retention_days("application_origin"))
    with services.database.write() as session:
        session.execute(delete(ApplicationOrigin).where(ApplicationOrigin.at < before))
        session.execute(delete(PhotoBand).where(PhotoBand.at < before))


def _from_elsewhere(address: str) -> bool:
    """Whether the address tells anything: the embedded lender is always asked from this computer."""
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return False
