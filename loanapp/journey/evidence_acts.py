"""Papers to keep: the evidence bundle, checked on this machine before it is handed over."""

from loanapp.client.errors import NotAllowedNowError
from loanapp.domain.errors import ErrorCode
from loanapp.guard.refusal import GuardRefusal
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
