"""How long an application is kept: until which day, because of which law or which class of ``retention.toml``."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from loanapp.backend.data_uses.deletion_receipts import erased_applications, receipt_of
from loanapp.backend.policy.models import KeptByLaw
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, ApplicationEvent, DeletionReceipt, Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.status import FILLING, ApplicationStatus

_S = ApplicationStatus
# The class of what led to no loan.
_UNLENT: Final[Mapping[ApplicationStatus, str]] = {
    _S.DRAFT: "draft",
    _S.NEEDS_MORE: "draft",
    _S.WITHDRAWN: "ended",
    _S.EXPIRED: "ended",
    _S.DECLINED: "declined",
}


def kept_until(session: Session, application: Application, rule: KeptByLaw) -> tuple[date, bool] | None:
    """The day, and whether it is fixed; before the last payment it is the one after repayment as planned.

    ``None`` where no loan was paid out, or all of it is deleted: no law keeps anything then.
    """
    loan = session.get(Loan, application.id)
    if loan is None or application.identity_sealed is None:
        return None
    if loan.settled_at is not None:
        return years_after(loan.settled_at.astimezone(CHINA).date(), rule.years), True
    return years_after(max(date.fromisoformat(row["due"]) for row in loan.schedule), rule.years), False


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def over(services: Services, session: Session, now: datetime) -> list[str]:
    """Applications whose time is over: those without a loan, and those repaid longer ago than law keeps."""
    repaid = now - timedelta(days=365 * services.policies.kept_by_law.years)  # never later than the day itself
    settled = (
        select(Application)
        .join(Loan, Loan.application_id == Application.id)
        .where(Loan.settled_at < repaid, Application.id.not_in(erased_applications()))
    )
    waited = or_(*(_unchanged_since(status, _last(services, kind, now)) for status, kind in _UNLENT.items()))
    unlent = select(Application).where(waited, Application.id.not_in(erased_applications()))
    found = (*session.scalars(settled), *session.scalars(unlent))
    return [one.id for one in found if is_over(services, session, one, now)]


def _last(services: Services, kind: str, now: datetime) -> datetime:
    return now - timedelta(days=services.policies.retention_days(kind))


def _unchanged_since(status: ApplicationStatus, last: datetime) -> ColumnElement[bool]:
    """As :func:`taken_at` counts, in the database: what is younger is not read, however much of it there is."""
    if status in FILLING:
        return and_(Application.status == status, Application.updated_at < last)
    later = exists().where(ApplicationEvent.application_id == Application.id, ApplicationEvent.at >= last)
    return and_(Application.status == status, ~later)


def is_over(services: Services, session: Session, application: Application, now: datetime) -> bool:
    """Whether the time of this one is over, and it has not gone yet."""
    loan = session.get(Loan, application.id)
    if loan is None or loan.settled_at is None:
        until = erased_at(services, session, application)
        return until is not None and until < now
    last = years_after(loan.settled_at.astimezone(CHINA).date(), services.policies.kept_by_law.years)
    return last < now.astimezone(CHINA).date() and receipt_of(session, application.id) is None


def erased_at(services: Services, session: Session, application: Application) -> datetime | None:
    """When the timer takes an application that led to no loan; ``None`` where it is under way, lent, or gone already.

    The time of what is filled in runs since its last change, an ended one's since it ended.
    """
    if application.status not in _UNLENT or receipt_of(session, application.id) is not None:
        return None
    ended = select(func.max(ApplicationEvent.at)).where(ApplicationEvent.application_id == application.id)
    return taken_at(services, application, session.scalar(ended))


def taken_at(services: Services, application: Application, ended: datetime | None) -> datetime | None:
    """As :func:`erased_at`, of an application that is still there and reached its last status when it is said."""
    kind = _UNLENT.get(application.status)
    if kind is None:
        return None
    since = application.updated_at if application.status in FILLING else ended
    return (since or application.updated_at) + timedelta(days=services.policies.retention_days(kind))


def assessments_over(services: Services, session: Session, now: datetime) -> list[str]:
    """Applications of loans repaid so long ago that what they were decided by goes, and has not gone yet."""
    return list(session.scalars(_assessed_before(services, now)))


def assessment_is_over(services: Services, session: Session, application_id: str, now: datetime) -> bool:
    """Whether this application is one of them."""
    mine = _assessed_before(services, now).where(Loan.application_id == application_id)
    return session.scalars(mine).first() is not None


def _assessed_before(services: Services, now: datetime) -> Select[str]:
    last = _last(services, "assessment", now)
    gone = select(DeletionReceipt.application_id).where(
        or_(DeletionReceipt.part.is_(None), DeletionReceipt.part == "assessment")
    )
    return select(Loan.application_id).where(Loan.settled_at < last, Loan.application_id.not_in(gone))
