"""What protects an account beside the phone code, and what may happen to it."""

from enum import StrEnum


class ProtectionAct(StrEnum):
    """What somebody asked for by the phone alone, as the lender names it."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 - a name, not a secret
    FACTOR_REMOVAL = "factor_removal"
    FACTOR_ENROLMENT = "factor_enrolment"
