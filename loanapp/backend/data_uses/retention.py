"""The timer of every deletion: dates are rows, so a process that was killed has forgotten none of them."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, ParamSpec

from sqlalchemy import select

from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.data_uses.erasure import erase, finish_erasure
from loanapp.backend.data_uses.kept import forget_cards_and_credit, over
from loanapp.backend.http.middleware import failure_place
from loanapp.backend.repeating import Repeating
from loanapp.backend.rights import requests
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, DeletionReceipt
from loanapp.backend.support import tickets
from loanapp.backend.verification.changed_face import destroy_expired
from loanapp.backend.verification.face import destroy_leftovers
from loanapp.domain.status import ApplicationStatus

log = logging.getLogger(__name__)

_EVERY_S: Final = 60.0
_Given = ParamSpec("_Given")


def sweep(services: Services) -> None:
    """Finish what a killed process had begun to delete, then delete whatever is past its time.

    One deletion that fails keeps no other from being made: it comes again with the next sweep.
    """
    _finish_begun(services)
    by_time = (tickets.forget_old, requests.forget_old, forget_old_sign_ins, forget_cards_and_credit)
    for act in (destroy_leftovers, destroy_expired, *by_time):
        _guarded(act, services)
    last = services.clock.now() - timedelta(days=services.policies.retention_days("draft"))
    stale = select(Application).where(Application.status == ApplicationStatus.DRAFT, Application.updated_at < last)
    with services.database.read() as session:
        due = list(session.scalars(stale.with_only_columns(Application.id)))
        released = over(services, session, services.clock.now())
    for application_id in due:
        _guarded(_erase_stale, services, application_id, last)
    for application_id in released:
        _guarded(_erase_released, services, application_id)
    _finish_begun(services)
    # Whatever else was deleted meanwhile, such as what a consent taken back allowed, leaves the log as well.
    _guarded(services.database.erase_deleted)
    _guarded(services.vault.finish_rotation)


def _erase_stale(services: Services, application_id: str, last: datetime) -> None:
    with services.database.write() as session:
        application = session.get_one(Application, application_id)
        if application.status is ApplicationStatus.DRAFT and application.updated_at < last:
            erase(services, session, application, "retention")


def _erase_released(services: Services, application_id: str) -> None:
    with services.database.write() as session:
        erase(services, session, session.get_one(Application, application_id), "retention")


def _finish_begun(services: Services) -> None:
    with services.database.read() as session:
        open_ones = select(DeletionReceipt.application_id).where(DeletionReceipt.finished_at.is_(None))
        begun = list(session.scalars(open_ones))
    for application_id in begun:
        _guarded(finish_erasure, services, application_id)


def _guarded(act: Callable[_Given, object], *given: _Given.args, **named: _Given.kwargs) -> None:
    try:
        act(*given, **named)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are due as well
        log.error("a deletion failed and comes again: %s", failure_place(error))  # noqa: TRY400 - see failure_place


def retention_timer(services: Services) -> Repeating:
    """Sweeps at the start and each minute."""
    return Repeating("retention", _EVERY_S, lambda: sweep(services), at_once=True)
