"""Which signs an application shows, counted over what is kept of others."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Function, func, or_, select
from sqlalchemy.orm import Session

from loanapp.backend.policy.fraud_signals import SignalKind
from loanapp.backend.services import Services
from loanapp.backend.signals.tables import ApplicationOrigin, PhotoBand
from loanapp.backend.store.tables import Application
from loanapp.domain.clock import CHINA
from loanapp.domain.photo_fingerprint import same_photo

# Of photographs that share a band, so many are compared, the newest: a band that many share says nothing.
_COMPARED: Final = 200


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign and how many were counted."""

    kind: SignalKind
    count: int


def found_signals(services: Services, session: Session, application: Application) -> tuple[Signal, ...]:
    """The signs of an application that was handed in, by the rows in force; none where nothing of it is kept."""
    origin = session.get(ApplicationOrigin, application.id)
    if origin is None:
        return ()
    now = services.clock.now()
    found = []
    for rule in services.policies.fraud_signals.rules:
        if rule.in_force(now.astimezone(CHINA).date()):
            count = _COUNTS[rule.id](session, application, origin, now - timedelta(days=rule.window_days))
            if count >= rule.at_least:
                found.append(Signal(rule.id, count))
    return tuple(found)


_Count = Callable[[Session, Application, ApplicationOrigin, datetime], int]


def _people(session: Session, since: datetime, shared: ColumnElement[bool]) -> int:
    return _counted(session, since, func.count(Application.identity_index.distinct()), shared)


def _counted(session: Session, since: datetime, what: Function[int], shared: ColumnElement[bool]) -> int:
    query = (
        select(what)
        .join(ApplicationOrigin, ApplicationOrigin.application_id == Application.id)
        .where(ApplicationOrigin.at > since, shared)
    )
    return session.execute(query).scalar_one()


def _of_computer(session: Session, _application: Application, origin: ApplicationOrigin, since: datetime) -> int:
    return _people(session, since, ApplicationOrigin.computer_index == origin.computer_index)


def _of_network(session: Session, _application: Application, origin: ApplicationOrigin, since: datetime) -> int:
    if origin.network_index is None:
        return 0
    return _people(session, since, ApplicationOrigin.network_index == origin.network_index)


def _of_account(session: Session, application: Application, _origin: ApplicationOrigin, since: datetime) -> int:
    return _people(session, since, Application.borrower_id == application.borrower_id)


def _accounts(session: Session, application: Application, _origin: ApplicationOrigin, since: datetime) -> int:
    phones = func.count(Application.borrower_id.distinct())
    return _counted(session, since, phones, Application.identity_index == application.identity_index)


def _applications(session: Session, application: Application, _origin: ApplicationOrigin, since: datetime) -> int:
    return _counted(
        session, since, func.count(Application.id), Application.identity_index == application.identity_index
    )


def _photos(session: Session, application: Application, _origin: ApplicationOrigin, since: datetime) -> int:
    """Applications of other people with the same photograph: candidates by an equal band, then by all bits."""
    own = _bands(session, [application.id]).get(application.id)
    if own is None:
        return 0
    alike = or_(*((PhotoBand.place == place) & (PhotoBand.bits == bits) for place, bits in enumerate(own)))
    query = (
        select(PhotoBand.application_id)
        .join(Application, Application.id == PhotoBand.application_id)
        .join(ApplicationOrigin, ApplicationOrigin.application_id == PhotoBand.application_id)
        .where(alike, ApplicationOrigin.at > since, Application.identity_index != application.identity_index)
        .group_by(PhotoBand.application_id)
        .order_by(func.max(ApplicationOrigin.at).desc())
        .limit(_COMPARED)
    )
    others = _bands(session, list(session.scalars(query)))
    return sum(same_photo(own, bands) for bands in others.values())


def _bands(session: Session, application_ids: list[str]) -> dict[str, tuple[str, ...]]:
    query = select(PhotoBand).where(PhotoBand.application_id.in_(application_ids))
    found: dict[str, list[str]] = defaultdict(list)
    for band in session.scalars(query.order_by(PhotoBand.application_id, PhotoBand.place)):
        found[band.application_id].append(band.bits)
    return {application_id: tuple(bands) for application_id, bands in found.items()}


_COUNTS: Final[dict[SignalKind, _Count]] = {
    SignalKind.PEOPLE_OF_ONE_COMPUTER: _of_computer,
    SignalKind.PEOPLE_OF_ONE_NETWORK: _of_network,
    SignalKind.PEOPLE_OF_ONE_ACCOUNT: _of_account,
    SignalKind.ACCOUNTS_OF_ONE_PERSON: _accounts,
    SignalKind.APPLICATIONS_OF_ONE_PERSON: _applications,
    SignalKind.PHOTO_OF_ANOTHER: _photos,
}
