"""The timer of every deletion: dates are rows, so a process that was killed has forgotten none of them."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from loanapp.backend.data_uses.erasure import erase, finish_erasure
from loanapp.backend.repeating import Repeating
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, DeletionReceipt
from loanapp.backend.verification.changed_face import destroy_expired
from loanapp.backend.verification.face import destroy_leftovers
from loanapp.domain.status import ApplicationStatus

_EVERY_S: Final = 60.0


def sweep(services: Services) -> None:
    """Delete whatever is past its time, and finish what a killed process had begun to delete."""
    destroy_leftovers(services)
    destroy_expired(services)
    last = services.clock.now() - timedelta(days=services.policies.retention_days("draft"))
    stale = select(Application).where(Application.status == ApplicationStatus.DRAFT, Application.updated_at < last)
    with services.database.read() as session:
        due = list(session.scalars(stale.with_only_columns(Application.id)))
    for application_id in due:
        with services.database.write() as session:
            application = session.get_one(Application, application_id)
            if application.status is ApplicationStatus.DRAFT and application.updated_at < last:
                erase(services, session, application, "retention")
    with services.database.read() as session:
        open_ones = select(DeletionReceipt.application_id).where(DeletionReceipt.finished_at.is_(None))
        begun = list(session.scalars(open_ones))
    for application_id in begun:
        finish_erasure(services, application_id)


def retention_timer(services: Services) -> Repeating:
    """Sweeps at the start and each minute."""
    return Repeating("retention", _EVERY_S, lambda: sweep(services), at_once=True)
