"""What a borrower may ask of whoever holds their data (PIPL 44 to 50), and how far each request is."""

from enum import StrEnum


class RightKind(StrEnum):
    """What is asked, in the borrower's own words."""

    CORRECTION = "correction"
    EXPLANATION = "explanation"
    HUMAN_REVIEW = "human_review"
    LEAK_REPORT = "leak_report"
    COMPLAINT = "complaint"


class RightState(StrEnum):
    """How far a request is."""

    RECEIVED = "received"
    ANSWERED = "answered"
