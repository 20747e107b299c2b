"""Taking a payment from the bound card: asked for once, debited once, and only what the borrower saw."""

import logging
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import DebitRefusedError, SourceDownError
from loanapp.backend.applications.store import Sealed, own_application, set_status
from loanapp.backend.refusal import RefusedError
from loanapp.backend.repayment.account import Asked, account_of, owed_now, records, repayment_of
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Loan, RepaymentRecord, RepaymentState
from loanapp.domain.errors import ErrorCode
from loanapp.domain.loan_account import NothingToPayError
from loanapp.domain.status import ApplicationStatus

log = logging.getLogger(__name__)


def own_loan(session: Session, borrower_id: str, application_id: uuid.UUID) -> tuple[Application, Loan]:
    """The borrower's own loan; raises ``NOT_FOUND``, or ``NOT_ALLOWED_NOW`` before it was paid out."""
    application = own_application(session, borrower_id, application_id)
    loan = session.get(Loan, application.id)
    if loan is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    return application, loan


def take_payment(
    services: Services, borrower_id: str, application_id: uuid.UUID, repayment_id: uuid.UUID, what: Asked
) -> None:
    """Debit what is asked; repeating the same ``repayment_id`` asks for nothing more.

    Raises ``REPAYMENT_AMOUNT_CHANGED`` where another amount is owed by now, ``REPAYMENT_NOT_OPEN`` where this kind of
    payment is not possible, ``PART_OUT_OF_RANGE``, ``IDEMPOTENCY_KEY_REUSED``, ``DEBIT_REFUSED``.
    """
    with services.database.write() as session:
        _ask(services, session, own_loan(session, borrower_id, application_id), str(repayment_id), what)
    _collect(services, str(repayment_id))


def collect_pending(services: Services) -> None:
    """Finish what the last process was cut off from: every payment asked for and not yet answered."""
    with services.database.read() as session:
        query = select(RepaymentRecord.id).where(RepaymentRecord.state == RepaymentState.ASKED)
        waiting = list(session.scalars(query))
    for one in waiting:
        try:
            _collect(services, one)
        except RefusedError:
            log.info("a payment asked for before was refused by the bank")


def _ask(
    services: Services,
    session: Session,
    own: tuple[Application, Loan],
    repayment_id: str,
    what: Asked,
) -> None:
    application, loan = own
    known = session.get(RepaymentRecord, repayment_id)
    if known is not None:
        if (known.application_id, known.kind, known.amount) != (application.id, what.kind, what.total):
            raise RefusedError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
        return
    if any(one.state is RepaymentState.ASKED for one in records(session, loan)):
        raise RefusedError(ErrorCode.REPAYMENT_NOT_OPEN)  # one after the other: each changes what is owed
    try:
        asked = owed_now(services, session, application, loan, what)
    except NothingToPayError:
        raise RefusedError(ErrorCode.REPAYMENT_NOT_OPEN) from None
    except ValueError:
        raise RefusedError(ErrorCode.PART_OUT_OF_RANGE) from None
    if asked.amount != what.total:
        raise RefusedError(ErrorCode.REPAYMENT_AMOUNT_CHANGED)
    session.add(
        RepaymentRecord(
            id=repayment_id,
            application_id=application.id,
            kind=asked.kind,
            choice=asked.choice,
            on=asked.on,
            principal=asked.principal,
            interest=asked.interest,
            fees=asked.fees,
            penalty=asked.penalty,
            amount=asked.amount,
            state=RepaymentState.ASKED,
            asked_at=services.clock.now(),
        )
    )


def _collect(services: Services, repayment_id: str) -> None:
    with services.database.read() as session:
        record = session.get_one(RepaymentRecord, repayment_id)
        sealed = Sealed(services, session.get_one(Application, record.application_id))
        state, amount, card, identity = record.state, record.amount, sealed.card, sealed.identity
    if state is RepaymentState.PAID:
        return
    if state is RepaymentState.REFUSED:
        raise RefusedError(ErrorCode.DEBIT_REFUSED)
    if card is None or identity is None:
        raise LookupError("a loan has a card and an identity")
    try:
        receipt = services.sources.bank.debit(f"repayment:{repayment_id}", card.number, identity.name, amount)
    except SourceDownError:
        return  # it stays asked for: whoever asks again, or the next start, learns what became of it
    except DebitRefusedError:
        with services.database.write() as session:
            session.get_one(RepaymentRecord, repayment_id).state = RepaymentState.REFUSED
        raise RefusedError(ErrorCode.DEBIT_REFUSED) from None
    with services.database.write() as session:
        _book(services, session, repayment_id, receipt.reference)


def _book(services: Services, session: Session, repayment_id: str, reference: str) -> None:
    record = session.get_one(RepaymentRecord, repayment_id)
    if record.state is not RepaymentState.ASKED:
        return
    application = session.get_one(Application, record.application_id)
    loan = session.get_one(Loan, record.application_id)
    after = account_of(session, application, loan).after(repayment_of(record))
    now = services.clock.now()
    record.state, record.reference, record.paid_at = RepaymentState.PAID, reference, now
    ledger.append(
        session,
        now,
        "repayment",
        application.id,
        {"repayment": record.id, "kind": record.kind.value, "amount": f"{record.amount:f}", "reference": reference},
        actor="borrower",
    )
    if after.settled:
        loan.settled_at = now
        set_status(session, application, ApplicationStatus.SETTLED, now)
