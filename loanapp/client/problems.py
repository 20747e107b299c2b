"""From an answer that is not a success to the error the borrower can act on."""

from typing import Final

from loanapp.client.errors import (
    InputRejectedError,
    LenderRefusedError,
    LenderTroubleError,
    NotAllowedNowError,
    ProgramOutdatedError,
    SignedOutError,
    TooManyAttemptsError,
)
from loanapp.client.reading import AnswerUnreadableError, JsonObject
from loanapp.domain.errors import ErrorCode, LoanAppError

# Details that sentences use; nothing else of an answer is ever carried into an error.
_DETAILS: Final = (
    "application_id",
    "attempts_left",
    "key_challenge",
    "limit_mb",
    "limit_mp",
    "maximum",
    "minimum",
    "needed_seconds",
    "recovery_number",
    "retry_after",
    "retry_after_seconds",
    "retry_at",
    "step",
    "why",
)
_LONGEST_DETAIL: Final = 40

_Kind = type[TooManyAttemptsError] | type[NotAllowedNowError]
_KINDS: Final[dict[ErrorCode, _Kind]] = {
    ErrorCode.TOO_MANY_ATTEMPTS: TooManyAttemptsError,
    ErrorCode.FACE_ATTEMPTS_LOCKED: TooManyAttemptsError,
    ErrorCode.CODES_LOCKED: TooManyAttemptsError,
    ErrorCode.NOT_ALLOWED_NOW: NotAllowedNowError,
    ErrorCode.OFFER_EXPIRED: NotAllowedNowError,
    ErrorCode.CONSENT_MISSING: NotAllowedNowError,
    ErrorCode.STEP_UP_NEEDED: NotAllowedNowError,
    ErrorCode.RECOVERY_NEEDED: NotAllowedNowError,
    ErrorCode.RECOVERY_WAITS: NotAllowedNowError,
}


def error_from(status: int, body: bytes, retry_after: str | None) -> LoanAppError:
    """The typed error of a problem+json answer; an answer without a known code is judged by its status alone."""
    try:
        problem = JsonObject.parse(body)
    except AnswerUnreadableError:
        problem = JsonObject({})
    code = _code(problem)
    details = _details(problem)
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        details.setdefault("retry_after_seconds", min(int(retry_after), 86_400))
    if code is None:
        return _by_status(status, details)
    return _by_code(code, status, problem, details)


def _by_code(code: ErrorCode, status: int, problem: JsonObject, details: dict[str, str | int]) -> LoanAppError:
    if code in {ErrorCode.SIGNED_OUT, ErrorCode.SESSION_REUSED}:
        return SignedOutError(code)
    if code is ErrorCode.PROGRAM_OUTDATED:
        return ProgramOutdatedError(str(details.get("minimum", "")))
    if kind := _KINDS.get(code):
        return kind(code, **details)
    if status >= 500:
        # A fault of one of the lender's own sources keeps its code, so that the sentence can name the source.
        return LenderTroubleError(code, **details)
    if status in {400, 401, 413, 422}:
        return InputRejectedError(code, _fields(problem), **details)
    return LenderRefusedError(code, **details)


def _by_status(status: int, details: dict[str, str | int]) -> LoanAppError:
    if status == 401:
        return SignedOutError()
    if status == 429:
        return TooManyAttemptsError(ErrorCode.TOO_MANY_ATTEMPTS, **details)
    if status == 426:
        return ProgramOutdatedError()
    return LenderTroubleError(ErrorCode.LENDER_TROUBLE, **details)


def _code(problem: JsonObject) -> ErrorCode | None:
    try:
        return problem.member("code", ErrorCode)
    except AnswerUnreadableError:
        return None


def _fields(problem: JsonObject) -> dict[str, ErrorCode]:
    """The named fields; one with a code this program does not know is simply invalid."""
    if not problem.has("fields"):
        return {}
    found: dict[str, ErrorCode] = {}
    try:
        fields = problem.inner("fields")
        for name in problem.names("fields"):
            try:
                found[name] = fields.member(name, ErrorCode)
            except AnswerUnreadableError:
                found[name] = ErrorCode.INPUT_INVALID
    except AnswerUnreadableError:
        return {}
    return found


def _details(problem: JsonObject) -> dict[str, str | int]:
    found: dict[str, str | int] = {}
    for name in _DETAILS:
        value = problem.raw().get(name)
        if isinstance(value, bool):
            continue
        if isinstance(value, int) or (isinstance(value, str) and len(value) <= _LONGEST_DETAIL):
            found[name] = value
    return found
