"""Every refusal is ``application/problem+json`` with a code from the domain; no traceback ever leaves."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from loanapp.backend.auth.callers import Caller
from loanapp.backend.refusal import RefusedError
from loanapp.domain.errors import ErrorCode, LoanAppError

log = logging.getLogger(__name__)

PROBLEM_TYPE: Final = "application/problem+json"

_E = ErrorCode
STATUS_OF: Final[Mapping[ErrorCode, int]] = {
    _E.CODE_WRONG: 401,
    _E.CODE_EXPIRED: 401,
    _E.SIGNED_OUT: 401,
    _E.SESSION_REUSED: 401,
    _E.SIGN_IN_WRONG: 401,
    _E.SECOND_FACTOR_NEEDED: 401,
    _E.SECOND_FACTOR_WRONG: 401,
    _E.SECURITY_KEY_WRONG: 401,
    _E.SECURITY_KEY_COPIED: 401,
    _E.SECURITY_KEY_TIMEOUT: 401,
    _E.PHONE_CODE_NEEDED: 401,
    _E.CONSENT_MISSING: 403,
    _E.REQUEST_UNPROVEN: 403,
    _E.INSTANCE_TOKEN_REQUIRED: 403,
    _E.SOURCE_NOT_ACCEPTED: 403,
    _E.NOT_FOUND: 404,
    _E.LENDER_UNREACHABLE: 408,
    _E.NOT_ALLOWED_NOW: 409,
    _E.SECURITY_KEY_KNOWN: 409,
    _E.CHALLENGE_EXPIRED: 409,
    _E.OFFER_EXPIRED: 409,
    _E.SIGNING_CODE_NEEDED: 409,
    _E.STEP_UP_NEEDED: 409,
    _E.RECOVERY_NEEDED: 409,
    _E.RECOVERY_WAITS: 409,
    _E.APPLICATION_TOO_SOON: 409,
    _E.REPAYMENT_AMOUNT_CHANGED: 409,
    _E.REPAYMENT_NOT_OPEN: 409,
    _E.DEBIT_REFUSED: 409,
    _E.HARDSHIP_NOT_OPEN: 409,
    _E.NEW_SCHEDULE_NOT_OPEN: 409,
    _E.PHOTO_TOO_LARGE: 413,
    _E.PHOTO_TOO_MANY_PIXELS: 413,
    _E.TOO_MANY_ATTEMPTS: 429,
    _E.CODES_LOCKED: 429,
    _E.FACE_ATTEMPTS_LOCKED: 429,
    _E.CARD_GATEWAY_DOWN: 503,
    _E.NETWORK_IDENTITY_DOWN: 503,
    _E.CERTIFICATE_AUTHORITY_DOWN: 503,
    _E.TIME_AUTHORITY_DOWN: 503,
    _E.MESSAGE_NOT_SENT: 503,
    _E.LENDER_TROUBLE: 503,
    _E.UNEXPECTED: 500,
}

# Which code a malformed field gets; any other field is ``input_invalid``.
_CODE_OF_FIELD: Final[Mapping[str, ErrorCode]] = {
    "phone": _E.PHONE_INVALID,
    "amount": _E.AMOUNT_OUT_OF_RANGE,
    "months": _E.TERM_NOT_OFFERED,
    "purpose": _E.PURPOSE_NOT_ALLOWED,
    "identity_number": _E.IDENTITY_NUMBER_LENGTH,
    "name": _E.NAME_INVALID,
    "number": _E.CARD_NUMBER_INVALID,
}


class Problem(BaseModel):
    """RFC 9457, with a code that picks sentence, fix and help article; limits and counts stand beside it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:loanapp:problem:amount_out_of_range"])
    title: str
    status: int
    code: str = Field(description="A stable word; new ones may appear, and mean what the status says")
    detail: str
    fields: dict[str, str] | None = Field(None, description="Which field of the request has which code")
    retry_after_seconds: int | None = None


def problem_response(
    status: int,
    code: ErrorCode,
    detail: str,
    *,
    fields: Mapping[str, ErrorCode] | None = None,
    retry_after_seconds: int | None = None,
    details: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """One problem as an answer."""
    content: dict[str, Any] = {
        **(details or {}),
        "type": f"urn:loanapp:problem:{code.value}",
        "title": code.value.replace("_", " ").capitalize(),
        "status": status,
        "code": code.value,
        "detail": detail,
        "fields": {name: value.value for name, value in fields.items()} if fields else None,
        "retry_after_seconds": retry_after_seconds,
    }
    sent = dict(headers or {})
    if retry_after_seconds is not None:
        sent["Retry-After"] = str(retry_after_seconds)
    if status == HTTPStatus.UNAUTHORIZED:
        sent["WWW-Authenticate"] = "Bearer"
    return JSONResponse(content, status, media_type=PROBLEM_TYPE, headers=sent)


def refusal_response(error: LoanAppError) -> JSONResponse:
    """A domain error as an answer; only its code, limits and counts leave."""
    status = STATUS_OF.get(error.code, 422)
    fields = error.fields if isinstance(error, RefusedError) else None
    retry = error.retry_after_seconds if isinstance(error, RefusedError) else None
    return problem_response(
        status,
        error.code,
        f"refused: {error.code.value}",
        fields=fields,
        retry_after_seconds=retry,
        details=error.details,
    )


def install(app: FastAPI) -> None:
    """Let every way an endpoint can fail answer with a problem."""

    @app.exception_handler(LoanAppError)
    def _refused(_request: Request, error: LoanAppError) -> JSONResponse:
        return refusal_response(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        caller: Caller | None = getattr(request.state, "caller", None)
        if caller is not None:
            try:  # whoever is not signed in is told so first, whatever they sent; a signature is good once
                await run_in_threadpool(caller.count)
            except LoanAppError as refused:
                return refusal_response(refused)
        return invalid_response(error.errors())

    @app.exception_handler(HTTPException)
    def _http(_request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            code = ErrorCode.SIGNED_OUT
        else:
            code = ErrorCode.NOT_FOUND if error.status_code == HTTPStatus.NOT_FOUND else ErrorCode.INPUT_INVALID
        # A body that is no JSON at all is one more way not to fit the contract.
        status = 422 if error.status_code == HTTPStatus.BAD_REQUEST else error.status_code
        return problem_response(status, code, HTTPStatus(status).phrase, headers=error.headers)


def invalid_response(errors: Sequence[Any]) -> JSONResponse:
    """What a request that does not fit the schema gets; what was sent is not repeated."""
    fields: dict[str, ErrorCode] = {}
    for error in errors:
        place = [str(part) for part in error["loc"]]
        name = ".".join(place[1:]) or place[0]
        fields[name] = _CODE_OF_FIELD.get(place[-1], ErrorCode.INPUT_INVALID)
    codes = set(fields.values())
    code = codes.pop() if len(codes) == 1 else ErrorCode.INPUT_INVALID
    return problem_response(422, code, "the request does not fit the contract", fields=fields)


def unexpected_response() -> JSONResponse:
    """What leaves when the lender itself failed."""
    return problem_response(500, ErrorCode.LENDER_TROUBLE, "the lender failed; nothing was changed")
