"""A borrower in difficulty asks for more time; a person answers, in the demonstration a simulated one in seconds."""

import hmac
import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from loanapp.backend.refusal import RefusedError
from loanapp.backend.repayment.account import account_of, hardships, records
from loanapp.backend.repayment.collecting import own_loan
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import HardshipRecord, Loan, RepaymentState
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.domain.hardship import HardshipReason, HardshipState, Respite, respite_wanted
from loanapp.domain.loan_account import LoanAccount, NewSchedule
from loanapp.proof.new_schedule import new_schedule_sha256


def ask_for_time(
    services: Services,
    borrower_id: str,
    application_id: uuid.UUID,
    request_id: uuid.UUID,
    wish: tuple[HardshipReason, int],
) -> None:
    """Record a request for so many months; repeating the same id asks for nothing more.

    Raises ``HARDSHIP_NOT_OPEN`` (see :func:`may_ask`), ``INPUT_INVALID`` for months that are not offered,
    ``IDEMPOTENCY_KEY_REUSED``.
    """
    reason, months = wish
    with services.database.write() as session:
        application, loan = own_loan(session, borrower_id, application_id)
        known = session.get(HardshipRecord, str(request_id))
        if known is not None:
            if (known.application_id, known.reason, known.months) != (application.id, reason, months):
                raise RefusedError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
            return
        terms, now = services.policies.hardship, services.clock.now()
        if months not in terms.months:
            raise RefusedError(ErrorCode.INPUT_INVALID, fields={"months": ErrorCode.INPUT_INVALID})
        following = account_of(session, application, loan).next_row
        if following is None or not may_ask(services, session, loan):
            raise RefusedError(ErrorCode.HARDSHIP_NOT_OPEN)
        wanted = respite_wanted(now.astimezone(CHINA).date(), following.due, months)
        session.add(
            HardshipRecord(
                id=str(request_id),
                application_id=application.id,
                reason=reason,
                months=months,
                since=wanted.since,
                until=wanted.until,
                state=HardshipState.ASKED,
                asked_at=now,
                answer_by=now + timedelta(hours=terms.reply_hours),
            )
        )
        detail = {"what": "hardship", "request": str(request_id), "months": months}
        ledger.append(session, now, "right", application.id, detail, actor="borrower")


def may_ask(services: Services, session: Session, loan: Loan) -> bool:
    """Whether a request can be made now: the loan runs, none waits for its answer, and no granted time is running."""
    today = services.clock.now().astimezone(CHINA).date()
    return loan.settled_at is None and not any(
        one.state is HardshipState.ASKED or (one.state is HardshipState.GRANTED and today <= one.until)
        for one in hardships(session, loan)
    )


def open_schedule(
    services: Services, session: Session, loan: Loan, account: LoanAccount, record: HardshipRecord
) -> NewSchedule | None:
    """The new schedule that comes with granted time, while the borrower can accept it; ``None`` where there is none.

    Not while the bank has not answered a payment: that changes what is left to be put off.
    """
    today = services.clock.now().astimezone(CHINA).date()
    if record.state is not HardshipState.GRANTED or record.accepted_at is not None or today > record.until:
        return None
    if account.settled or any(one.state is RepaymentState.ASKED for one in records(session, loan)):
        return None
    return account.new_schedule(Respite(record.since, record.until))


def accept_schedule(
    services: Services, borrower_id: str, application_id: uuid.UUID, request_id: uuid.UUID, sha256: str
) -> None:
    """Put the instalments off as the borrower saw it; repeating it changes nothing more.

    ``sha256`` names the schedule that was seen (:func:`new_schedule_sha256`). Raises ``NOT_FOUND``, and
    ``NEW_SCHEDULE_NOT_OPEN`` where there is none to accept, or another one by now.
    """
    with services.database.write() as session:
        application, loan = own_loan(session, borrower_id, application_id)
        record = session.get(HardshipRecord, str(request_id))
        if record is None or record.application_id != application.id:
            raise RefusedError(ErrorCode.NOT_FOUND)
        if record.accepted_at is not None:
            return
        new = open_schedule(services, session, loan, account_of(session, application, loan), record)
        if new is None or not hmac.compare_digest(sha256.encode(), new_schedule_sha256(new).encode()):
            raise RefusedError(ErrorCode.NEW_SCHEDULE_NOT_OPEN)
        now = services.clock.now()
        record.accepted_at = now
        record.payments_before = sum(one.state is RepaymentState.PAID for one in records(session, loan))
        detail = {"what": "new_schedule", "request": record.id, "sha256": sha256, "months": new.months}
        ledger.append(session, now, "right", application.id, detail, actor="borrower")


def answer_what_is_due(services: Services, borrower_id: str, application_id: uuid.UUID) -> None:
    """Let the simulated reviewer answer a request once the time a reviewer takes has passed.

    Where a lender has people, they answer, and this does nothing. Looked at whenever the loan is: a request waits
    through any restart, and is answered once.
    """
    if not services.policies.profile.simulated:
        return
    takes = timedelta(seconds=services.policies.simulation.reviewer_seconds)
    with services.database.read() as session:
        _, loan = own_loan(session, borrower_id, application_id)
        if not any(one.state is HardshipState.ASKED for one in hardships(session, loan)):
            return
    with services.database.write() as session:
        _, loan = own_loan(session, borrower_id, application_id)
        now, every = services.clock.now(), hardships(session, loan)
        granted = sum(one.months for one in every if one.state is HardshipState.GRANTED)
        for one in every:
            if one.state is not HardshipState.ASKED or now < one.asked_at + takes:
                continue
            fits = granted + one.months <= services.policies.hardship.most_months
            one.state = HardshipState.GRANTED if fits else HardshipState.DECLINED
            one.answered_at = now
            detail = {"what": "hardship_answered", "request": one.id, "granted": fits}
            ledger.append(session, now, "right", loan.application_id, detail, actor="simulated_reviewer")
