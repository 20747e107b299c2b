"""What the borrower has asked the lender about their data, as the lender tells it."""

from dataclasses import dataclass, field
from datetime import datetime

from loanapp.client.reading import JsonObject
from loanapp.domain.rights import RightKind, RightState


@dataclass(frozen=True, slots=True)
class RightRequest:
    """One request; ``simulated``: it was answered, and nobody wrote the answer."""

    number: str
    kind: RightKind
    state: RightState
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    answer: str = field(repr=False)
    simulated: bool

    @classmethod
    def read(cls, answer: JsonObject) -> "RightRequest":
        """From the answer's shape."""
        return cls(
            number=answer.text("number"),
            kind=answer.member("kind", RightKind),
            state=answer.member("state", RightState),
            asked_at=answer.moment("asked_at"),
            answer_by=answer.moment("answer_by"),
            answered_at=answer.moment("answered_at") if answer.has("answered_at") else None,
            answer=answer.text("answer") if answer.has("answer") else "",
            simulated=answer.flag("simulated"),
        )
