"""Pure ASGI layers round every request: the instance token, and the net under everything."""

import hmac
import logging
import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loanapp.backend.http.problems import problem_response, refusal_response, unexpected_response
from loanapp.backend.refusal import RefusedError
from loanapp.domain.errors import ErrorCode

log = logging.getLogger(__name__)

INSTANCE_HEADER: Final = "X-LoanApp-Instance"
_JSON_LIMIT: Final = 256 * 1024
# The routes that take raw bytes, and read them with a limit each; what a caller says of its body decides nothing.
_RAW_BODY: Final = re.compile(
    r"/v1/(?:applications/[^/]+/(?:document/[^/]+|changed-face-certificate|contract/signed)|liveness-sessions/[^/]+/evidence|timestamps|upload-trial)"
)
_INSTANCE_HEADER_BYTES: Final = INSTANCE_HEADER.lower().encode()


class InstanceToken:
    """Answers only callers who could read the owner-only token file: other users of this computer cannot."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its token is right."""
        # A browser has no such file: the console lets nobody in without a password and a code.
        if scope["type"] == "http" and not scope["path"].startswith("/console"):
            sent = next((value for name, value in scope["headers"] if name == _INSTANCE_HEADER_BYTES), b"")
            if not hmac.compare_digest(sent, self._token):
                answer = problem_response(
                    403, ErrorCode.INSTANCE_TOKEN_REQUIRED, f"{INSTANCE_HEADER} is missing or wrong"
                )
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses a body that is larger than any the contract knows for this path before it is read into memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what arrives; the routes that take raw bytes have limits of their own."""
        if scope["type"] != "http" or takes_raw_body(scope["path"]):
            await self._app(scope, receive, send)
            return
        count = 0

        async def counted() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > _JSON_LIMIT:
                raise RefusedError(ErrorCode.INPUT_INVALID, maximum_bytes=_JSON_LIMIT)
            return message

        try:
            await self._app(scope, counted, send)
        except RefusedError as error:
            await refusal_response(error)(scope, receive, send)


def takes_raw_body(path: str) -> bool:
    """Whether the route at ``path`` limits its body itself."""
    return _RAW_BODY.fullmatch(path) is not None


class Net:
    """Catches what nothing else did, logs where it happened without what was sent, and sets the safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request; a failure becomes one plain problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [
                    *message["headers"],
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                    (b"strict-transport-security", b"max-age=31536000"),  # a year, as ASVS 3.4.1 asks
                ]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the last net: the traceback stays here
            log.error("request failed: %s", failure_place(error))  # noqa: TRY400 - a traceback may hold what was sent
            if not started:
                await unexpected_response()(scope, receive, watched)


def failure_place(error: BaseException) -> str:
    """The kind of an error and the line it came from; never its text, which may hold personal data."""
    place = "unknown"
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('loanapp')[2] or code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
