"""Authorisations (授权项): one purpose and one recipient each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from loanapp.domain.status import ApplicationStatus


class ConsentScope(StrEnum):
    """What the borrower is asked to allow; sensitive data each have a consent of their own (PIPL 28-30)."""

    FACE_VERIFICATION = "face_verification"
    BUREAU_QUERY = "bureau_query"
    BANK_ACCOUNT_CHECK = "bank_account_check"


class WithdrawalPhase(StrEnum):
    """How far the application is when an authorisation is taken back: what that ends follows from it."""

    FILLING = "filling"
    DECIDING = "deciding"
    OFFERED = "offered"
    LENT = "lent"
    ENDED = "ended"


class WithdrawalEffect(StrEnum):
    """What taking an authorisation back does; it never undoes what was done under it before (PIPL 15)."""

    RESULT_VOID = "result_void"
    """What was found under it no longer counts; the borrower chooses anew."""
    ANOTHER_WAY = "another_way"
    """The application goes on by another way, at the same price."""
    APPLICATION_ENDS = "application_ends"
    """Without it the application cannot go on, and ends at no cost."""
    FINISHED_STAYS = "finished_stays"
    """What was finished under it stays valid; nothing more is done under it."""
    CONTRACT_GOES_ON = "contract_goes_on"
    """The contract, or a legal duty, is the basis of what still happens."""
    ERASED = "erased"
    """What was held under it goes; nothing is under way."""


_S = ApplicationStatus
_PHASES: Final[Mapping[ApplicationStatus, WithdrawalPhase]] = {
    _S.DRAFT: WithdrawalPhase.FILLING,
    _S.SUBMITTED: WithdrawalPhase.DECIDING,
    _S.VERIFYING: WithdrawalPhase.DECIDING,
    _S.NEEDS_MORE: WithdrawalPhase.DECIDING,
    _S.IN_REVIEW: WithdrawalPhase.DECIDING,
    _S.INTERVIEW: WithdrawalPhase.DECIDING,
    _S.OFFERED: WithdrawalPhase.OFFERED,
    _S.SIGNING: WithdrawalPhase.OFFERED,
    _S.SIGNED: WithdrawalPhase.LENT,
    _S.DISBURSING: WithdrawalPhase.LENT,
    _S.ACTIVE: WithdrawalPhase.LENT,
    _S.SETTLED: WithdrawalPhase.LENT,
    _S.DECLINED: WithdrawalPhase.ENDED,
    _S.WITHDRAWN: WithdrawalPhase.ENDED,
    _S.EXPIRED: WithdrawalPhase.ENDED,
}


def withdrawal_phase(status: ApplicationStatus) -> WithdrawalPhase:
    """The phase an application of that status is in."""
    return _PHASES[status]


class LegalBasis(StrEnum):
    """Why a data item may be used at all (PIPL 13)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"


class LoanPurpose(StrEnum):
    """A closed list; houses, shares and the like are not on it."""

    DAILY_CONSUMPTION = "daily_consumption"
    EDUCATION = "education"
    MEDICAL = "medical"
    HOME_IMPROVEMENT = "home_improvement"
    TRAVEL = "travel"
    APPLIANCES = "appliances"
