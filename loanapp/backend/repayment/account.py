"""The account of a loan: what its contract leads to, with every payment made since."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import of_person
from loanapp.backend.services import Services
from loanapp.backend.store.tables import (
    Application,
    ContractRecord,
    HardshipRecord,
    Loan,
    RepaymentRecord,
    RepaymentState,
)
from loanapp.domain.clock import CHINA
from loanapp.domain.hardship import HardshipState, Respite
from loanapp.domain.loan_account import Deferral, LoanAccount, Repayment, RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.schedule import RepaymentMethod, product_plan


def account_of(session: Session, application: Application, loan: Loan) -> LoanAccount:
    """The loan as the payments made so far leave it."""
    offer = application.offer
    if offer is None:
        raise LookupError("a loan has an offer")
    terms = offer["terms"]
    plan = product_plan(
        Decimal(terms["amount"]),
        Decimal(offer["annual_rate_pct"]),
        terms["months"],
        RepaymentMethod(terms["method"]),
        loan.disbursed_at.astimezone(CHINA).date(),
        fee_per_instalment=Decimal(offer["fee_per_instalment"]),
    )
    begun = replace(LoanAccount.begin(plan, Decimal(offer["penalty_annual_pct"])), respites=_respites(session, loan))
    paid = (repayment_of(one) for one in records(session, loan) if one.state is RepaymentState.PAID)
    return begun.after_all(paid, [_deferral(one) for one in accepted(session, loan)])


def has_overdue(session: Session, borrower_id: str, identity_index: str | None, today: date) -> bool:
    """Whether something of this person's is late, granted time counted, whatever phone it was borrowed with."""
    query = (
        select(Application, Loan)
        .join(Loan, Loan.application_id == Application.id)
        .where(of_person(borrower_id, identity_index), Loan.settled_at.is_(None))
    )
    return any(account_of(session, application, loan).in_arrears(today) for application, loan in session.execute(query))


def _respites(session: Session, loan: Loan) -> tuple[Respite, ...]:
    return tuple(
        Respite(one.since, one.until) for one in hardships(session, loan) if one.state is HardshipState.GRANTED
    )


def hardships(session: Session, loan: Loan) -> list[HardshipRecord]:
    """Every request for more time, oldest first."""
    query = select(HardshipRecord).where(HardshipRecord.application_id == loan.application_id)
    return list(session.scalars(query.order_by(HardshipRecord.asked_at, HardshipRecord.id)))


def accepted(session: Session, loan: Loan) -> list[HardshipRecord]:
    """The requests whose new schedule the borrower accepted, in that order: one for each change of the account."""
    taken = [one for one in hardships(session, loan) if one.accepted_at is not None]
    return sorted(taken, key=lambda one: (one.payments_before or 0, one.accepted_at))


def _deferral(record: HardshipRecord) -> Deferral:
    if record.accepted_at is None or record.payments_before is None:
        raise LookupError("the new schedule was not accepted")
    day = record.accepted_at.astimezone(CHINA).date()
    return Deferral(Respite(record.since, record.until), day, record.payments_before)


def records(session: Session, loan: Loan) -> list[RepaymentRecord]:
    """Every payment asked for, oldest first."""
    query = select(RepaymentRecord).where(RepaymentRecord.application_id == loan.application_id)
    return list(session.scalars(query.order_by(RepaymentRecord.asked_at, RepaymentRecord.id)))


def repayment_of(record: RepaymentRecord) -> Repayment:
    """A stored payment as the domain speaks of it."""
    return Repayment(
        record.kind, record.on, record.principal, record.interest, record.fees, record.penalty, record.choice
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the borrower asks to pay: the ``total`` they saw, and of a ``part`` its principal."""

    kind: RepaymentKind
    total: Decimal
    part: Decimal = ZERO
    choice: PrepaymentChoice | None = None


def owed_now(services: Services, session: Session, application: Application, loan: Loan, what: Asked) -> Repayment:
    """What such a payment is at this moment; raises what :meth:`LoanAccount.owed_at` raises."""
    until = free_until(services, session, application, loan)
    account = account_of(session, application, loan)
    return account.owed_at(services.clock.now(), what.kind, what.part, what.choice, free_until=until)


def free_until(services: Services, session: Session, application: Application, loan: Loan) -> datetime:
    """Until when the whole loan may be given back at no cost, as the contract promises.

    A contract made before that was kept beside it promises what its product does.
    """
    hours = session.get_one(ContractRecord, loan.contract_number).free_return_hours
    if hours is None:
        product = services.policies.product(application.product_id)
        hours = product.free_return_hours if product is not None else 0
    return loan.disbursed_at + timedelta(hours=hours)
