"""What law keeps of a loan: until which day, because of which law; and what goes earlier, as the authorisations say."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.policy.models import KeptByLaw
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Check, DeletionReceipt, Loan
from loanapp.backend.verification.documents import forget_card
from loanapp.domain.clock import CHINA


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
    """Applications whose loan was repaid so long ago that the law keeps nothing of them any more."""
    today, rule = now.astimezone(CHINA).date(), services.policies.kept_by_law
    gone = select(DeletionReceipt.application_id)
    settled = select(Loan).where(Loan.settled_at.is_not(None), Loan.application_id.not_in(gone))
    return [
        loan.application_id
        for loan in session.scalars(settled)
        if loan.settled_at is not None and years_after(loan.settled_at.astimezone(CHINA).date(), rule.years) < today
    ]


def forget_cards_and_credit(services: Services) -> int:
    """Delete card number and credit record of loans repaid as long ago as their authorisations say; of how many."""
    now = services.clock.now()
    last = now - timedelta(days=services.policies.retention_days("card_and_credit"))
    old = select(Application).join(Loan, Loan.application_id == Application.id).where(Loan.settled_at < last)
    with services.database.write() as session:
        due = list(session.scalars(old.where(Application.card_sealed.is_not(None))))
        for application in due:
            forget_card(application)
            credit = session.get(Check, (application.id, "credit"))
            if credit is not None:
                credit.answer_sealed = None
            ledger.append(session, now, "deletion", application.id, {"what": "card_and_credit"})
    return len(due)
