"""The name of a new schedule: which one the borrower has seen and accepted."""

from loanapp.domain.loan_account import NewSchedule
from loanapp.domain.money import wire
from loanapp.proof.canonical_json import canonical_sha256


def new_schedule_sha256(new: NewSchedule) -> str:
    """SHA-256, in lower-case hex, of the canonical JSON of what is to pay, when, and of the penalty interest kept."""
    rows = [
        {
            "no": row.no,
            "due": row.due.isoformat(),
            "principal": wire(row.principal),
            "interest": wire(row.interest),
            "fees": wire(row.fees),
        }
        for row in new.after
    ]
    return canonical_sha256({"rows": rows, "penalty": wire(new.penalty)})
