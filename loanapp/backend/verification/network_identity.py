"""Another way without a camera: the national network identity service confirms who presents a code of its app.

A match is of one application, one name and number and a few hours; the code is used up with it. Kept are the answer
and a keyed digest of whom it confirmed.
"""

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import CredentialAnswer, NetworkIdentity, SourceDownError
from loanapp.backend.applications.store import Identity, Sealed, filled_in
from loanapp.backend.auth.tables import FailedTry
from loanapp.backend.auth.tries import PRESENTED
from loanapp.backend.branches.appointments import give_up
from loanapp.backend.policy.checks import Check as Needed
from loanapp.backend.refusal import RefusedError, refuse_fields
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, FaceState
from loanapp.backend.verification.attempts import close_attempts, doubted
from loanapp.backend.verification.credential import STEP, keep_match
from loanapp.backend.verification.demands import demands
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.network_identity import parse_presentation_code

_REFUSED: Final = {
    CredentialAnswer.MISMATCH: ErrorCode.NETWORK_CODE_MISMATCH,
    CredentialAnswer.UNKNOWN: ErrorCode.NETWORK_CODE_WRONG,
    CredentialAnswer.EXPIRED: ErrorCode.NETWORK_CODE_EXPIRED,
    CredentialAnswer.USED: ErrorCode.NETWORK_CODE_USED,
}


def present_code(services: Services, borrower_id: str, application_id: uuid.UUID, text: str) -> None:
    """Have the service confirm the code; on a match the borrower is verified as by a face, at the same price.

    Raises ``NETWORK_CODE_WRONG``, ``_EXPIRED``, ``_USED`` or ``_MISMATCH`` with the field ``code``;
    ``TOO_MANY_ATTEMPTS`` or ``NETWORK_IDENTITY_DOWN`` with the seconds to wait; ``NOT_ALLOWED_NOW`` before the identity
    is confirmed, after a face has passed, or where only a branch is enough; ``NOT_FOUND`` where there is no such way.
    """
    service = services.sources.network_identity
    if service is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    code = _parsed(text)
    with services.database.write() as session:
        application, identity = _open(services, session, borrower_id, application_id)
        tried = _count_try(services, session, application)
        ledger.append(session, services.clock.now(), "share", application.id, {"what": STEP})  # before anything leaves
    try:
        answer = _ask(services, service, (application.id, code), identity)
    except SourceDownError as error:
        with services.database.write() as session:
            _take_back(session, tried)
        wait = error.retry_after_seconds
        raise RefusedError(ErrorCode.NETWORK_IDENTITY_DOWN, retry_after_seconds=wait) from None
    # What was sent is answered on record, whatever became of the application.
    with services.database.write() as session:
        now = services.clock.now()
        ledger.append(session, now, "check", str(application_id), {"check": STEP, "answer": answer.value})
        if answer is CredentialAnswer.MATCH:
            _take_back(session, tried)
    if answer in _REFUSED:
        refuse_fields({"code": _REFUSED[answer]})
    with services.database.write() as session:
        application, named = _open(services, session, borrower_id, application_id)
        if (named.name, named.identity_number) != (identity.name, identity.identity_number):  # while it was asked
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, missing="identity")
        _keep(session, application, services, identity)


def _parsed(text: str) -> str:
    try:
        return parse_presentation_code(text)
    except LoanAppError as error:
        raise RefusedError(error.code, fields={"code": error.code}) from None


def _open(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID
) -> tuple[Application, Identity]:
    application = filled_in(session, borrower_id, application_id)
    identity = Sealed(services, application).identity
    if identity is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value, missing="identity")
    at_branch = demands(services, session, application).needs(Needed.BRANCH)
    if application.face_state is FaceState.PASSED or at_branch:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    return application, identity


def _ask(
    services: Services, service: NetworkIdentity, presented: tuple[str, str], identity: Identity
) -> CredentialAnswer:
    application_id, code = presented
    # The same code again for the same person, as after an answer that was lost, is the same presentation.
    what = services.cipher.index(f"{code}|{identity.identity_number}|{identity.name}", "network_identity_presented")
    key = f"{application_id}:{STEP}:{what}"
    return service.present(key, code, identity.name, identity.identity_number)


def _keep(session: Session, application: Application, services: Services, identity: Identity) -> None:
    now = services.clock.now()
    # Whom a machine could not tell before is told by a person, whatever came after it.
    application.face_state, application.face_by_person = FaceState.CREDENTIAL, doubted(session, application)
    close_attempts(session, application, now)
    give_up(session, application, now)
    keep_match(services, session, application, identity)
    application.updated_at = now


def _count_try(services: Services, session: Session, application: Application) -> list[int]:
    """Count a try by borrower and by person before it is made; raises ``TOO_MANY_ATTEMPTS``."""
    rules, now = services.policies.network_identity, services.clock.now()
    window = timedelta(hours=rules.window_hours)
    session.execute(delete(FailedTry).where(FailedTry.scope == PRESENTED, FailedTry.at <= now - window))
    rows = []
    for key in (application.borrower_id, application.identity_index or ""):
        index = services.cipher.index(key, STEP)
        query = select(func.count(), func.min(FailedTry.at)).where(
            FailedTry.scope == PRESENTED, FailedTry.key_index == index
        )
        count, oldest = session.execute(query).one()
        if count >= rules.tries:
            wait = int((oldest + window - now).total_seconds()) + 1
            raise RefusedError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=wait)
        rows.append(FailedTry(scope=PRESENTED, key_index=index, at=now))
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _take_back(session: Session, tried: list[int]) -> None:
    session.execute(delete(FailedTry).where(FailedTry.id.in_(tried)))
