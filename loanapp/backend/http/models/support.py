"""The part of the contract for who needs help: a question to support, and a try of the connection."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from loanapp.backend.http.models.common import Answer, Request


class TicketRequest(Request):
    """What is told to support: facts of the program and words of the borrower, without persons."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=24000)]


class TicketAnswer(Answer):
    """The number to name on the telephone, and when there will be an answer."""

    number: str
    received_at: AwareDatetime
    answer_by: AwareDatetime


class TrialAnswer(Answer):
    """How many bytes arrived; none is kept."""

    bytes: int
