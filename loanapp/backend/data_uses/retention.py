"""The timer of every deletion: dates are rows, so a process that was killed has forgotten none of them."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final, ParamSpec

from sqlalchemy import delete, select

from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.data_uses.erasure import erase, erase_assessment, finish_erasure, forget_attempts
from loanapp.backend.data_uses.kept import assessment_is_over, assessments_over, is_over, over
from loanapp.backend.http.middleware import failure_place
from loanapp.backend.repeating import Repeating
from loanapp.backend.rights import requests
from loanapp.backend.rights.account import closed_over, forget_closed
from loanapp.backend.services import Services
from loanapp.backend.signals.origin import forget_origins
from loanapp.backend.staff.passkeys import forget_challenges
from loanapp.backend.store.tables import Application, DeletionReceipt, IdempotencyRecord, RetryWait
from loanapp.backend.support import tickets
from loanapp.backend.verification.changed_face import destroy_expired
from loanapp.backend.verification.face import destroy_leftovers
from loanapp.domain.clock import CHINA

log = logging.getLogger(__name__)

_EVERY_S: Final = 60.0
_Given = ParamSpec("_Given")


def sweep(services: Services) -> None:
    """Finish what a killed process had begun to delete, then delete whatever is past its time.

    One deletion that fails keeps no other from being made: it comes again with the next sweep.
    """
    _finish_begun(services)
    by_time = (tickets.forget_old, requests.forget_old, forget_old_sign_ins, forget_attempts, _forget_small)
    for act in (destroy_leftovers, destroy_expired, forget_origins, forget_challenges, *by_time):
        _guarded(act, services)
    now = services.clock.now()
    with services.database.read() as session:
        assessed, due = assessments_over(services, session, now), over(services, session, now)
    for application_id in assessed:
        if application_id not in due:
            _guarded(_erase_assessment, services, application_id)
    for application_id in due:
        _guarded(_erase, services, application_id)
    for borrower_id in closed_over(services):
        _guarded(forget_closed, services, borrower_id)
    _finish_begun(services)
    # Whatever else was deleted meanwhile leaves the log as well.
    _guarded(services.database.erase_deleted)
    _guarded(services.vault.finish_rotation)
    _guarded(_change_sealing_key, services)


def _erase(services: Services, application_id: str) -> None:
    with services.database.write() as session:
        # Looked at again: a draft may have been changed meanwhile, or another worker have been here.
        application = session.get(Application, application_id)
        if application is not None and is_over(services, session, application, services.clock.now()):
            erase(services, session, application, "retention")


def _erase_assessment(services: Services, application_id: str) -> None:
    with services.database.write() as session:
        if assessment_is_over(services, session, application_id, services.clock.now()):
            erase_assessment(services, session, session.get_one(Application, application_id))


def _forget_small(services: Services) -> None:
    """Delete answers kept for whoever repeats a request, and days to wait that have passed."""
    now = services.clock.now()
    answered = now - timedelta(days=services.policies.retention_days("repeated_answer"))
    with services.database.write() as session:
        session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < answered))
        session.execute(delete(RetryWait).where(RetryWait.until <= now.astimezone(CHINA).date()))


def _change_sealing_key(services: Services) -> None:
    """Go on with a change of the key borrowers seal to, and destroy the key before once its days are over."""
    now = services.clock.now()
    services.keys.sealing.finish_rotation(now)
    services.keys.sealing.destroy_old(now - timedelta(days=services.policies.retention_days("old_sealing_key")))


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
