"""Authorisations (授权项): one purpose and one recipient each."""

from enum import StrEnum


class ConsentScope(StrEnum):
    """What the borrower is asked to allow; sensitive data each have a consent of their own (PIPL 28-30)."""

    FACE_VERIFICATION = "face_verification"
    BUREAU_QUERY = "bureau_query"
    BANK_ACCOUNT_CHECK = "bank_account_check"


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
