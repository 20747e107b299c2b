"""After the payout: the loan as this machine works it out, and paying it back."""

from dataclasses import replace

from loanapp.client.answers import Application, Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.hardship import HardshipReason
from loanapp.domain.loan_account import LoanAccount, Repayment, RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.guard.loans import check_account, check_free_return, check_loan
from loanapp.guard.new_schedules import check_new_schedule
from loanapp.guard.payments import check_payment_request
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.signing_acts import SigningActs


class LoanActs(SigningActs):
    """Loan and repayments."""

    def loan(self) -> Loan:
        """The loan, held against the contract both have signed and worked out anew with every payment since.

        Raises :class:`GuardRefusal`.
        """

        def work() -> Loan:
            application = self._required()
            return self._checked_loan(application, self.client.loan(application.id))

        return self._guarded(work)

    def repay(self, loan: Loan, what: Repayment) -> Loan:
        """Let the bound card be debited for ``what``, once; the loan as it is afterwards.

        Raises :class:`GuardRefusal` before the payout and for more than is owed, and :class:`LoanAppError` with
        ``REPAYMENT_AMOUNT_CHANGED``, ``REPAYMENT_NOT_OPEN``, ``PART_OUT_OF_RANGE`` or
        ``DEBIT_REFUSED``; whatever the wire raises may be answered by calling again.
        """

        def work() -> Loan:
            application = self._required()
            part = what.principal if what.kind is RepaymentKind.PART else ZERO
            check_payment_request(
                application.status, what.amount, loan.owed(self._now(), what.kind, part, what.choice).amount
            )
            made = len(loan.paid())  # two instalments of one amount are two payments
            after = self._keyed(
                "repayment",
                [application.id, made, what.kind.value, str(what.amount), what.choice],
                lambda key: self.client.pay(application.id, key, what),
            )
            if after.settled_at is not None:
                self._arrived(self.client.application(application.id))
            return self._checked_loan(application, after)

        return self._guarded(work)

    def ask_for_time(self, loan: Loan, reason: HardshipReason, months: int) -> Loan:
        """Ask for ``months`` more to pay what falls due; the loan with the request, answered by the day named in it.

        Raises :class:`LoanAppError` with ``HARDSHIP_NOT_OPEN``.
        """

        def work() -> Loan:
            application = self._required()
            after = self._keyed(
                "hardship",
                [application.id, len(loan.hardships), reason.value, months],
                lambda key: self.client.ask_for_time(application.id, key, reason, months),
            )
            return self._checked_loan(application, after)

        return self._guarded(work)

    def accept_schedule(self, loan: Loan) -> Loan:
        """Accept the new schedule of granted time, as this machine has worked it out; the loan as it is with it.

        Raises :class:`LoanAppError` with ``NEW_SCHEDULE_NOT_OPEN`` where it is another one by now.
        """
        from loanapp.proof.new_schedule import new_schedule_sha256  # noqa: PLC0415  (keeps proof out of the start)

        def work() -> Loan:
            application, asked = self._required(), loan.to_accept()
            if asked is None or asked.new_schedule is None or loan.account is None:
                raise LoanAppError(ErrorCode.NEW_SCHEDULE_NOT_OPEN)
            own = check_new_schedule(asked.new_schedule, loan.account, asked.time)
            after = self.client.accept_schedule(application.id, asked.id, new_schedule_sha256(own))
            return self._checked_loan(application, after)

        return self._guarded(work)

    def _checked_loan(self, application: Application, loan: Loan) -> Loan:
        terms = self._signed_terms(application)
        check_loan(loan.contract_number, loan.principal, loan.schedule, loan.card_last4, terms)
        check_free_return(loan.free_return_until, loan.disbursed_at, terms)
        if loan.card_last4 != self._own(application).get("card_last4", loan.card_last4):
            raise GuardRefusal(ErrorCode.GUARD_ACCOUNT_NOT_OWN, "card")
        asked = loan.next_due.amount if loan.next_due is not None else None
        day = loan.disbursed_at.astimezone(CHINA).date()
        # Time that was granted only lowers what is owed: it needs no proof against the lender who states it.
        granted = loan.granted()
        account = check_account(
            terms, day, loan.paid(), loan.outstanding, asked, granted=granted, accepted=loan.accepted()
        )
        return replace(loan, account=account, schedule_refused=_offers_another_schedule(loan, account))


def _offers_another_schedule(loan: Loan, account: LoanAccount) -> bool:
    """Whether a new schedule to accept is not what this machine works out: the old one stays, and the loan is shown."""
    offered = loan.to_accept()
    if offered is None or offered.new_schedule is None:
        return False
    try:
        check_new_schedule(offered.new_schedule, account, offered.time)
    except GuardRefusal:
        return True
    return False
