"""How the lender refuses: a code from the domain, with what the answer needs to say it."""

from collections.abc import Mapping
from typing import Final

from loanapp.domain.errors import ErrorCode, LoanAppError


class RefusedError(LoanAppError):
    """A refusal with the fields it concerns and when to try again.

    ``fields`` maps a request field to the code that concerns it; ``details`` (limits, counts) go into the answer.
    """

    def __init__(
        self,
        code: ErrorCode,
        *,
        fields: Mapping[str, ErrorCode] | None = None,
        retry_after_seconds: int | None = None,
        **details: str | int,
    ) -> None:
        super().__init__(code, **details)
        self.fields: Final = dict(fields) if fields else None
        self.retry_after_seconds: Final = retry_after_seconds


def refuse_fields(fields: Mapping[str, ErrorCode]) -> None:
    """Raise when ``fields`` is not empty: with the one code when there is one, else ``INPUT_INVALID``."""
    if fields:
        codes = set(fields.values())
        raise RefusedError(codes.pop() if len(codes) == 1 else ErrorCode.INPUT_INVALID, fields=fields)
