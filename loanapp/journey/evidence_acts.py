"""Papers to keep: the evidence bundle, checked on this machine before it is handed over."""

from loanapp.client.errors import NotAllowedNowError
from loanapp.client.loan_answers import Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.domain.money import ZERO
from loanapp.guard.refusal import GuardRefusal
from loanapp.guard.settlement import Settled, check_settlement
from loanapp.journey.loan_acts import LoanActs


class EvidenceActs(LoanActs):
    """What the borrower takes home."""

    def evidence_bundle(self) -> bytes:
        """Everything about the signed contract in one file that anybody can verify offline.

        Raises :class:`GuardRefusal` with ``CONTRACT_SIGNATURE_INVALID`` when it does not hold, and with
        ``GUARD_CONTRACT_DIFFERS`` when it is about another contract than the one signed here.
        """

        def work() -> bytes:
            from loanapp.proof.bundle_verification import verify_bundle  # noqa: PLC0415  (pyHanko)

            application = self._required()
            contract = application.contract
            if contract is None or not contract.signed:
                raise NotAllowedNowError
            bundle = self.client.evidence(application.id)
            report = verify_bundle(bundle, self.client.endpoint().contract_roots, at=self._now())
            if report.first_problem is not None or report.contract is None:
                problem = report.first_problem.value if report.first_problem is not None else "unknown"
                raise GuardRefusal(ErrorCode.CONTRACT_SIGNATURE_INVALID, problem)
            if report.contract.sha256 != contract.sha256:
                raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "evidence")
            return bundle

        return self._guarded(work)

    def settlement_certificate(self, loan: Loan) -> bytes:
        """The lender's signed certificate that ``loan``, checked before, is settled.

        Raises :class:`GuardRefusal`: ``CONTRACT_SIGNATURE_INVALID`` for the signature, ``GUARD_CONTRACT_DIFFERS`` for
        what it says.
        """

        def work() -> bytes:
            from loanapp.proof.verification import Stage  # noqa: PLC0415  (pyHanko)

            if loan.settled_at is None:
                raise NotAllowedNowError
            pdf = self.client.settlement_certificate(self._required().id)
            self._verify(pdf, Stage.LENDER_STATEMENT)
            day = loan.settled_at.astimezone(CHINA).date()
            paid = sum((one.amount for one in loan.paid()), ZERO)
            check_settlement(pdf, Settled(loan.contract_number, self._profile().licence, loan.principal, paid, day))
            return pdf

        return self._guarded(work)
