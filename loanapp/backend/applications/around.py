"""What stands around an application: found by one statement, so that only what there is need be read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from sqlalchemy import BindParameter, bindparam, exists, select
from sqlalchemy.orm import Session, defer

from loanapp.backend.applications.store import newest_consents
from loanapp.backend.branches.appointments import booked, is_late
from loanapp.backend.policy.checks import Demands
from loanapp.backend.services import Services
from loanapp.backend.store.tables import (
    Application,
    ApplicationEvent,
    Borrower,
    BranchAppointment,
    Check,
    ConsentRecord,
    ContractRecord,
    DeletionReceipt,
    LivenessSession,
    Loan,
    table_of,
)
from loanapp.backend.verification.challenges import locked_seconds
from loanapp.backend.verification.demands import demands, is_verified
from loanapp.domain.consent import ConsentScope
from loanapp.domain.status import ApplicationStatus

_HOUR: Final = timedelta(hours=1)


_EVENTS: Final = table_of(ApplicationEvent)
_BORROWER: Final[BindParameter[str]] = bindparam("borrower")
_OWN: Final[BindParameter[str]] = bindparam("own")
_APPLICATIONS, _ATTEMPTS, _RECEIPTS = table_of(Application), table_of(LivenessSession), table_of(DeletionReceipt)
_ATTEMPTED: Final = (
    exists()
    .where(_ATTEMPTS.c.issued_at > bindparam("after"))
    .where(_ATTEMPTS.c.application_id.in_(select(_APPLICATIONS.c.id).where(_APPLICATIONS.c.borrower_id == _BORROWER)))
)
_ERASED: Final = exists().where(_RECEIPTS.c.application_id == _OWN, _RECEIPTS.c.part.is_(None))
_OF_THE_BORROWER: Final = ("id", "face_failures", "face_locked_until")
_OF_THE_APPLICATION: Final = {
    "appointment": BranchAppointment,
    "consents": ConsentRecord,
    "checks": Check,
    "contract": ContractRecord,
    "loan": Loan,
}
# Made once and run below the object mapper: every answer about an application begins with it.
_THERE: Final = select(
    *(table_of(Borrower).c[name] for name in _OF_THE_BORROWER),
    *(exists().where(table_of(of).c.application_id == _OWN).label(name) for name, of in _OF_THE_APPLICATION.items()),
    _ERASED.label("erased"),
    _ATTEMPTED.label("attempted"),
).where(table_of(Borrower).c.id == _BORROWER)

_REACHED: Final = select(_EVENTS.c.status, _EVENTS.c.at).where(_EVENTS.c.application_id == _OWN).order_by(_EVENTS.c.id)


class Around:
    """Each part is read when it is first asked for; the application must not be changed meanwhile."""

    def __init__(self, services: Services, session: Session, application: Application) -> None:
        """What waits to be written is written first."""
        session.flush()
        self._services, self._session, self._application = services, session, application
        after = services.clock.now() - _HOUR
        given = {"borrower": application.borrower_id, "own": application.id, "after": after}
        self._there = session.connection().execute(_THERE, given).one()

    @property
    def face_failures(self) -> int:
        """Face attempts of the borrower's that failed in a row."""
        return int(self._there.face_failures)

    @property
    def erased(self) -> bool:
        """Whether all of the application was deleted."""
        return bool(self._there.erased)

    @property
    def lent(self) -> bool:
        """Whether a loan was paid out."""
        return bool(self._there.loan)

    @cached_property
    def locked_seconds(self) -> int:
        """As :func:`loanapp.backend.verification.challenges.locked_seconds`."""
        there = self._there
        return locked_seconds(
            self._services, self._session, there.id, there.face_locked_until, failures_only=not there.attempted
        )

    @cached_property
    def appointment(self) -> BranchAppointment | None:
        """The visit that is booked, or took place."""
        return booked(self._session, self._application) if self._there.appointment else None

    @property
    def visit_missed(self) -> bool:
        """Whether the time of the visit has passed before the application was handed in."""
        return is_late(self._services, self.appointment)

    @cached_property
    def consents(self) -> Mapping[ConsentScope, ConsentRecord]:
        """The newest answer to every authorisation asked so far."""
        return newest_consents(self._session, self._application.id) if self._there.consents else {}

    @cached_property
    def demands(self) -> Demands:
        """What this application needs today, and why."""
        return demands(self._services, self._session, self._application)

    @property
    def verified(self) -> bool:
        """Whether the person is verified as this loan needs it."""
        return is_verified(self._services, self._application, self.demands, self.appointment)

    @cached_property
    def events(self) -> tuple[tuple[ApplicationStatus, datetime], ...]:
        """Which status was reached when, oldest first."""
        reached = self._session.connection().execute(_REACHED, {"own": self._application.id})
        return tuple((status, at) for status, at in reached)

    @property
    def ended(self) -> datetime | None:
        """When the last status was reached."""
        return max((at for _status, at in self.events), default=None)

    @cached_property
    def check_states(self) -> Mapping[str, str]:
        """The state of each step of the verification that has begun."""
        if not self._there.checks:
            return {}
        query = select(Check).where(Check.application_id == self._application.id)
        return {check.step: check.state for check in self._session.scalars(query)}

    @cached_property
    def contract(self) -> ContractRecord | None:
        """The contract's record without its files, which are large."""
        if not self._there.contract:
            return None
        query = select(ContractRecord).where(ContractRecord.application_id == self._application.id)
        without = (defer(ContractRecord.prepared_sealed), defer(ContractRecord.final_sealed))
        return self._session.scalars(query.options(*without)).first()
