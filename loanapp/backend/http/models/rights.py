"""The part of the contract for what borrowers ask about their data."""

from typing import Annotated, Any

from pydantic import AwareDatetime, StringConstraints

from loanapp.backend.http.models.common import Answer, Request
from loanapp.domain.rights import RightKind, RightState


class RightRequest(Request):
    """What is asked, in the borrower's words."""

    kind: RightKind
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class RightAnswer(Answer):
    """One request: its number, its day and a person's answer; ``simulated`` says that nobody wrote one."""

    id: str
    number: str
    kind: str
    state: RightState
    asked_at: AwareDatetime
    answer_by: AwareDatetime
    answered_at: AwareDatetime | None
    answer: str | None
    simulated: bool


class RightAnswers(Answer):
    """Every request of the borrower, the newest first."""

    requests: tuple[RightAnswer, ...]


class AccountClosed(Answer):
    """The account is gone; the signed receipts of what was deleted."""

    deletion_receipts: tuple[dict[str, Any], ...]
