"""Authorisations (授权项): one purpose and one recipient each."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from loanapp.domain.status import ApplicationStatus


class ConsentScope(StrEnum):
    """What the borrower is asked to allow; sensitive data each have a consent of their own (PIPL 28-30)."""

    FACE_VERIFICATION = "face_verification"
    BUREAU_QUERY = "bureau_query"
    BANK_ACCOUNT_CHECK = "bank_account_check"
    CHANGED_FACE_CERTIFICATE = "changed_face_certificate"
    SOCIAL_INSURANCE_QUERY = "social_insurance_query"


ASKED_BESIDE: Final = frozenset({ConsentScope.CHANGED_FACE_CERTIFICATE})
"""Asked for only beside what they allow, of whoever chooses that; nobody else is asked, and nothing waits for them."""

ASKED_FOR_CHECK: Final[Mapping[ConsentScope, str]] = {ConsentScope.SOCIAL_INSURANCE_QUERY: "income"}
"""Asked for only where the loan needs this check (``demands`` of an application); nobody else is asked."""


def is_asked(scope: ConsentScope, checks: Collection[str]) -> bool:
    """Whether a borrower is asked for ``scope`` on the page of authorisations, by the ``checks`` their loan needs."""
    return scope not in ASKED_BESIDE and (scope not in ASKED_FOR_CHECK or ASKED_FOR_CHECK[scope] in checks)


class ApplicationPhase(StrEnum):
    """How far an application is, as far as it matters for what may still be taken back or corrected."""

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
    """What was held under it goes; nothing else changes."""


_S = ApplicationStatus
_PHASES: Final[Mapping[ApplicationStatus, ApplicationPhase]] = {
    _S.DRAFT: ApplicationPhase.FILLING,
    _S.SUBMITTED: ApplicationPhase.DECIDING,
    _S.VERIFYING: ApplicationPhase.DECIDING,
    _S.NEEDS_MORE: ApplicationPhase.DECIDING,
    _S.IN_REVIEW: ApplicationPhase.DECIDING,
    _S.INTERVIEW: ApplicationPhase.DECIDING,
    _S.OFFERED: ApplicationPhase.OFFERED,
    _S.SIGNING: ApplicationPhase.OFFERED,
    _S.SIGNED: ApplicationPhase.LENT,
    _S.DISBURSING: ApplicationPhase.LENT,
    _S.ACTIVE: ApplicationPhase.LENT,
    _S.SETTLED: ApplicationPhase.LENT,
    _S.DECLINED: ApplicationPhase.ENDED,
    _S.WITHDRAWN: ApplicationPhase.ENDED,
    _S.EXPIRED: ApplicationPhase.ENDED,
}


def phase_of(status: ApplicationStatus) -> ApplicationPhase:
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
