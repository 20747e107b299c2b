"""Why an application was decided as it was."""

from enum import StrEnum
from typing import Final


class DecisionOutcome(StrEnum):
    """What the assessment came to."""

    APPROVED = "approved"
    DECLINED = "declined"
    REVIEW = "review"


class DecisionReason(StrEnum):
    """A reason the borrower is told, each with what would change it."""

    REPAYMENT_BURDEN_TOO_HIGH = "repayment_burden_too_high"
    CREDIT_RECORD_OVERDUE = "credit_record_overdue"
    SCORE_BELOW_THRESHOLD = "score_below_threshold"
    INCOME_TOO_LOW = "income_too_low"
    IDENTITY_NOT_CONFIRMED = "identity_not_confirmed"
    AGE_OUTSIDE_POLICY = "age_outside_policy"
    FACE_CHECK_BY_PERSON = "face_check_by_person"
    SCREENING_BY_PERSON = "screening_by_person"
    INTERVIEW_BY_POLICY = "interview_by_policy"
    SIGNS_BY_PERSON = "signs_by_person"
    ASKED_BY_PERSON = "asked_by_person"
    INCOME_DIFFERS = "income_differs"
    INCOME_BY_PERSON = "income_by_person"
    SOURCE_UNAVAILABLE = "source_unavailable"
    LIMIT_REACHED = "limit_reached"
    OWN_LOAN_OVERDUE = "own_loan_overdue"
    START_SMALL = "start_small"


# What asks for a person and never declines anybody: a source that was silent, a check that a machine could not
# end, a sign that may mean nothing.
NEVER_DECLINES: Final = frozenset(
    {
        DecisionReason.FACE_CHECK_BY_PERSON,
        DecisionReason.SCREENING_BY_PERSON,
        DecisionReason.INTERVIEW_BY_POLICY,
        DecisionReason.SIGNS_BY_PERSON,
        DecisionReason.ASKED_BY_PERSON,
        DecisionReason.INCOME_DIFFERS,
        DecisionReason.INCOME_BY_PERSON,
        DecisionReason.SOURCE_UNAVAILABLE,
    }
)
