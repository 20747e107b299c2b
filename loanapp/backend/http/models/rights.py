"""The part of the contract for what borrowers ask about their data."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, StringConstraints

from loanapp.backend.http.models.application import Employment, ShortText
from loanapp.backend.http.models.common import Answer, MoneyText, Request, Words
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


class CorrectionRequest(Request):
    """What is to be put in; a field that is left out stays as it is."""

    address: ShortText | None = None
    employment: Employment | None = None
    monthly_income: MoneyText | None = None
    monthly_debt: MoneyText | None = None


class CorrectableAnswer(Answer):
    """One field; ``value`` as it is held (money in yuan), empty where the lender does not show it here.

    ``at_once``: it can be corrected now; else ``why_not`` says what depends on it.
    """

    field: str
    value: str | None
    at_once: bool
    why_not: Words


class CorrectedAnswer(Answer):
    """One correction, as it was made."""

    field: str
    at: AwareDatetime
    before: str
    after: str


class CorrectionsAnswer(Answer):
    """What of an application can be corrected, and what was, the oldest first."""

    fields: tuple[CorrectableAnswer, ...]
    history: tuple[CorrectedAnswer, ...]


class KeptRecords(Answer):
    """Records of a repaid loan that law keeps: of which application, until when, by which law."""

    number: str
    until: date
    law: Words


class AccountClosed(Answer):
    """The account is gone; the signed receipts of what was deleted, and what is kept of repaid loans, and only kept."""

    deletion_receipts: tuple[dict[str, Any], ...]
    kept: tuple[KeptRecords, ...]
