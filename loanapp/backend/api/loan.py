"""The loan: what is owed, and paying it back from the bound card."""

import uuid

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from loanapp.backend.applications.view import bank_words
from loanapp.backend.http.dependencies import BorrowerDep, ServicesDep
from loanapp.backend.http.models import contract as wire
from loanapp.backend.http.models.common import yuan
from loanapp.backend.http.routes import binary, problems
from loanapp.backend.offers.offer import wire_row
from loanapp.backend.repayment.account import Asked, accepted, account_of, free_until, hardships, records
from loanapp.backend.repayment.collecting import own_loan, take_payment
from loanapp.backend.repayment.hardship import accept_schedule, answer_what_is_due, ask_for_time, may_ask, open_schedule
from loanapp.backend.services import Services
from loanapp.backend.settlement.certificate import settlement_certificate
from loanapp.backend.store.tables import HardshipRecord, RepaymentRecord
from loanapp.domain.loan_account import NewSchedule
from loanapp.domain.money import ZERO

router = APIRouter(prefix="/v1")
_LOAN = "/applications/{application_id}/loan"


@router.get(_LOAN, responses=problems(401, 404, 409))
def get_loan(application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep) -> wire.LoanAnswer:
    """The loan, once it was paid out."""
    answer_what_is_due(services, borrower_id, application_id)
    with services.database.read() as session:
        return _show(services, session, borrower_id, application_id)


@router.put(_LOAN + "/repayments/{repayment_id}", responses=problems(401, 404, 409))
def put_repayment(
    application_id: uuid.UUID,
    repayment_id: uuid.UUID,
    body: wire.RepaymentRequest,
    services: ServicesDep,
    borrower_id: BorrowerDep,
) -> wire.LoanAnswer:
    """Pay from the bound card; the same id pays once, however often it is asked for."""
    part = yuan(body.part) if body.part is not None else ZERO
    take_payment(
        services, borrower_id, application_id, repayment_id, Asked(body.kind, yuan(body.total), part, body.choice)
    )
    with services.database.read() as session:
        return _show(services, session, borrower_id, application_id)


@router.put(_LOAN + "/hardships/{request_id}", responses=problems(401, 404, 409))
def put_hardship(
    application_id: uuid.UUID,
    request_id: uuid.UUID,
    body: wire.HardshipRequest,
    services: ServicesDep,
    borrower_id: BorrowerDep,
) -> wire.LoanAnswer:
    """Ask for more time to pay; the same id asks once. The answer comes by the time named in it."""
    ask_for_time(services, borrower_id, application_id, request_id, (body.reason, body.months))
    with services.database.read() as session:
        return _show(services, session, borrower_id, application_id)


@router.put(_LOAN + "/hardships/{request_id}/schedule", responses=problems(401, 404, 409))
def put_new_schedule(
    application_id: uuid.UUID,
    request_id: uuid.UUID,
    body: wire.NewScheduleRequest,
    services: ServicesDep,
    borrower_id: BorrowerDep,
) -> wire.LoanAnswer:
    """Accept the new schedule that came with granted time, as it was seen; asked again, nothing more happens."""
    accept_schedule(services, borrower_id, application_id, request_id, body.sha256)
    with services.database.read() as session:
        return _show(services, session, borrower_id, application_id)


@router.get(
    _LOAN + "/settlement-certificate",
    response_class=Response,
    responses={**binary("application/pdf"), **problems(401, 404, 409, 503)},
)
def get_settlement(application_id: uuid.UUID, services: ServicesDep, borrower_id: BorrowerDep) -> Response:
    """The lender's signed certificate that nothing is owed any more."""
    return Response(settlement_certificate(services, borrower_id, application_id), media_type="application/pdf")


def _show(services: Services, session: Session, borrower_id: str, application_id: uuid.UUID) -> wire.LoanAnswer:
    application, loan = own_loan(session, borrower_id, application_id)
    account = account_of(session, application, loan)
    following = account.next_row
    taken = dict(zip((one.id for one in accepted(session, loan)), account.changes, strict=True))
    return wire.LoanAnswer.model_validate(
        {
            "contract_number": loan.contract_number,
            "principal": loan.principal,
            "disbursed_at": loan.disbursed_at,
            "reference": loan.reference,
            "card_last4": application.card_last4 or "",
            "bank": bank_words(services, application.card_bank),
            "schedule": loan.schedule,
            "repayments": [_repayment(one) for one in records(session, loan)],
            "outstanding": account.outstanding,
            "next_due": following
            and {
                "no": following.no,
                "due": following.due.isoformat(),
                "amount": following.total,
            },
            "free_return_until": free_until(services, session, application, loan),
            "settled_at": loan.settled_at,
            "simulated": services.policies.profile.simulated,
            "hardships": [
                _hardship(services, one, taken.get(one.id) or open_schedule(services, session, loan, account, one))
                for one in hardships(session, loan)
            ],
            "hardship_offer": {
                "months": services.policies.hardship.months if may_ask(services, session, loan) else (),
                "reply_hours": services.policies.hardship.reply_hours,
            },
        }
    )


def _hardship(services: Services, record: HardshipRecord, new: NewSchedule | None) -> wire.HardshipAnswer:
    return wire.HardshipAnswer(
        id=record.id,
        reason=record.reason,
        months=record.months,
        since=record.since.isoformat(),
        until=record.until.isoformat(),
        state=record.state,
        asked_at=record.asked_at,
        answer_by=record.answer_by,
        answered_at=record.answered_at,
        simulated=services.policies.profile.simulated,
        new_schedule=_new_schedule(record, new) if new is not None else None,
    )


def _new_schedule(record: HardshipRecord, new: NewSchedule) -> wire.NewSchedule:
    return wire.NewSchedule.model_validate(
        {
            "months": new.months,
            "rows": [wire_row(row) for row in new.after],
            "penalty": new.penalty,
            "accepted_at": record.accepted_at,
            "payments_before": record.payments_before,
        }
    )


def _repayment(record: RepaymentRecord) -> wire.RepaymentAnswer:
    return wire.RepaymentAnswer(
        id=record.id,
        kind=record.kind,
        choice=record.choice,
        on=record.on.isoformat(),
        amount=record.amount,
        principal=record.principal,
        interest=record.interest,
        fees=record.fees,
        penalty=record.penalty,
        state=record.state.value,
        paid_at=record.paid_at,
        reference=record.reference,
    )
