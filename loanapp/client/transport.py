"""The wire to one lender: TLS 1.3 against the lender's own root and nobody else's, bounded answers, careful retries."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import loanapp
from loanapp.client.device_key import DeviceKey
from loanapp.client.endpoint import Endpoint
from loanapp.client.errors import (
    LenderCertificateWrongError,
    LenderTroubleError,
    LenderUnreachableError,
    ProxyRefusedError,
)
from loanapp.client.network_log import NetworkLog
from loanapp.client.problems import error_from
from loanapp.client.system_proxy import proxy_for
from loanapp.domain.clock import Clock, SystemClock
from loanapp.domain.errors import ErrorCode, LoanAppError

if TYPE_CHECKING:
    import requests
    from requests.exceptions import RequestException

    from loanapp.proof.sealed_stream import SealedStream

_log = logging.getLogger(__name__)

KIBIBYTE: Final = 1024
MEBIBYTE: Final = 1024 * KIBIBYTE
_CHUNK: Final = 64 * KIBIBYTE
# What a gateway or a busy server answers in passing (RFC 9110, 15.6.3 to 15.6.5). The lender behind it may have acted
# all the same, so only a request that may arrive twice is sent again.
_PASSING: Final = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with jitter: pause ``n`` lasts between half and all of ``first * 2**n``.

    No attempt begins later than ``patience_s`` after the first: long enough for an embedded lender to come back.
    """

    attempts: int = 8
    first_pause_s: float = 0.25
    longest_pause_s: float = 2.0
    patience_s: float = 12.0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after failed attempt number ``attempt`` (from 0)."""
        whole = min(self.first_pause_s * 2.0**attempt, self.longest_pause_s)
        return whole * random.uniform(0.5, 1.0)  # noqa: S311  (spreads load, guards nothing)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``repeatable``: the lender gives the same answer to the same request sent twice.

    A body that is not bytes is sealed anew for each attempt. ``proof_token``, where it is given, is what the proof is
    about instead of the session, which is not sent: the refresh token, or empty at a sign-in.
    """

    method: str
    path: str
    body: "bytes | SealedStream | None" = None
    content_type: str = "application/json"
    accept: str = "application/json"
    idempotency_key: str | None = None
    repeatable: bool = True
    read_timeout_s: float = 30.0
    answer_limit: int = 2 * MEBIBYTE
    proof_token: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer."""

    status: int
    body: bytes


class Transport:
    """Sends calls; thread-safe. ``provider`` is asked again after every failure to connect.

    The embedded lender may come back on another port; the provider may block until it has. Where the system names a
    proxy that makes no tunnel, the way without it is tried as well.
    """

    def __init__(
        self,
        provider: Callable[[], Endpoint],
        *,
        retries: RetryPolicy | None = None,
        clock: Clock | None = None,
        connect_timeout_s: float = 5.0,
        deadline_s: float = 120.0,
    ) -> None:
        self._provider = provider
        self._retries = retries or RetryPolicy()
        self._clock = clock or SystemClock()
        self._connect_timeout_s = connect_timeout_s
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._endpoint: Endpoint | None = None
        self._session: requests.Session | None = None
        self._past_proxy = False
        self._closed = threading.Event()
        self.network = NetworkLog(self._clock)
        self.access_token: str | None = None
        self.device_key: DeviceKey | None = None
        self.clock_offset: timedelta | None = None

    def close(self) -> None:
        """Give up waiting calls and close connections."""
        self._closed.set()
        self._forget(self._endpoint)

    def endpoint(self) -> Endpoint:
        """The endpoint in use, or the one that would be."""
        with self._lock:
            if self._endpoint is not None:
                return self._endpoint
        return self._provider()

    def send(self, call: Call) -> Answer:
        """Send, with retries where that is safe.

        Raises one of :mod:`loanapp.client.errors`.
        """
        last: LoanAppError = LenderUnreachableError()
        latest = time.monotonic() + self._retries.patience_s
        for attempt in range(self._retries.attempts):
            pause = self._retries.pause(attempt - 1) if attempt else 0.0
            if time.monotonic() + pause > latest or self._closed.wait(pause):
                break
            try:
                return self._once(call)
            except _PassingFailureError as failure:
                # A proxy that refuses says more than that nobody answers without it.
                if not (isinstance(last, ProxyRefusedError) and isinstance(failure.shown, LenderUnreachableError)):
                    last = failure.shown
                _log.info("call failed in passing: %s %s", call.method, last.code.value)
                if failure.sent and not (call.repeatable or call.idempotency_key):
                    break
        raise last

    def _once(self, call: Call) -> Answer:
        from requests.exceptions import RequestException  # noqa: PLC0415  (90 ms: never before the first paint)

        endpoint, session = self._connection()
        deadline = time.monotonic() + self._deadline_s
        # What is signed must be known before the first byte leaves.
        sending = call.body if call.body is None or isinstance(call.body, bytes) else _Pieces(list(call.body))
        sent = len(sending or b"")
        try:
            with session.request(
                call.method,
                endpoint.base_url.rstrip("/") + call.path,
                data=sending,
                headers=self._headers(call, endpoint, b"".join(sending) if isinstance(sending, _Pieces) else sending),
                timeout=(self._connect_timeout_s, call.read_timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                status, retry_after = response.status_code, response.headers.get("Retry-After")
                self._measure_clock(response.headers.get("Date"))
                body = _read(response, call.answer_limit, deadline)
        except LenderTroubleError:
            self.network.note(endpoint.base_url, sent=sent, failed=True)
            raise
        except RequestException as error:
            failure = self._failure(error, endpoint)
            left = sent if isinstance(failure, _PassingFailureError) and failure.sent else 0
            self.network.note(endpoint.base_url, sent=left, failed=True)
            self._forget(endpoint)
            raise failure from None
        self.network.note(endpoint.base_url, sent=sent, received=len(body))
        if 200 <= status < 300:
            return Answer(status, body)
        problem = error_from(status, body, retry_after)
        if problem.code is ErrorCode.INSTANCE_TOKEN_REQUIRED and self._moved(endpoint):
            raise _PassingFailureError(problem, sent=False)
        if status in _PASSING and problem.code is ErrorCode.LENDER_TROUBLE:
            raise _PassingFailureError(problem, sent=True)
        raise problem

    def _measure_clock(self, date: str | None) -> None:
        """Note how far the lender's clock is ahead of this computer's: to a second, plus the time of the answer."""
        from email.utils import parsedate_to_datetime  # noqa: PLC0415  (requests has it loaded)

        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self.clock_offset = theirs - self._clock.now()

    def _headers(self, call: Call, endpoint: Endpoint, body: bytes | None) -> dict[str, str]:
        headers = {"Accept": call.accept, "User-Agent": f"LoanApp/{loanapp.__version__}"}
        if call.body is not None:
            headers["Content-Type"] = call.content_type
        if call.idempotency_key:
            headers["Idempotency-Key"] = call.idempotency_key
        token = self.access_token or "" if call.proof_token is None else call.proof_token
        if token and call.proof_token is None:
            headers["Authorization"] = f"Bearer {token}"
        if self.device_key is not None and call.method != "GET":
            at = self._clock.now() + (self.clock_offset or timedelta())
            headers["LoanApp-Proof"] = self.device_key.prove(call.method, call.path, body or b"", token, at)
        if endpoint.instance_token:
            headers["X-LoanApp-Instance"] = endpoint.instance_token
        return headers

    def _connection(self) -> "tuple[Endpoint, requests.Session]":
        from loanapp.client.tls import pinned_session  # noqa: PLC0415  (imports requests)

        with self._lock:
            if self._endpoint is not None and self._session is not None:
                return self._endpoint, self._session
        try:
            endpoint = self._provider()
        except LenderUnreachableError as error:
            raise _PassingFailureError(error, sent=False) from None
        session = pinned_session(endpoint, None if self._past_proxy else proxy_for(endpoint.base_url))
        with self._lock:
            self._endpoint, self._session = endpoint, session
        return endpoint, session

    def _forget(self, endpoint: Endpoint | None) -> None:
        """Let the next call ask the provider; connections in use by other threads end by themselves."""
        with self._lock:
            if self._endpoint is endpoint:
                session, self._session, self._endpoint = self._session, None, None
            else:
                session = None
        if session is not None:
            session.close()

    def _failure(self, error: "RequestException", used: Endpoint) -> Exception:
        from loanapp.client.tls import (  # noqa: PLC0415  (imports requests)
            by_the_proxy,
            is_foreign,
            never_connected,
            of_the_future,
        )

        if by_the_proxy(error):
            self._past_proxy = True
            return _PassingFailureError(ProxyRefusedError(), sent=False)
        self._past_proxy = False
        if of_the_future(error):
            return LoanAppError(ErrorCode.CLOCK_WRONG)
        if not is_foreign(error):
            return _PassingFailureError(LenderUnreachableError(), sent=not never_connected(error))
        # Another program may have taken the port of an embedded lender that has moved: look once more.
        if self._moved(used):
            return _PassingFailureError(LenderUnreachableError(), sent=False)
        return LenderCertificateWrongError()

    def _moved(self, used: Endpoint) -> bool:
        self._forget(used)
        try:
            return self._provider() != used
        except LenderUnreachableError:
            return True


class _Pieces:
    """A body sent piece by piece: each may take as long as the line needs, and the lender begins with the first."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


class _PassingFailureError(Exception):
    """A failure that may pass; ``sent``: the lender may have acted on the request."""

    def __init__(self, shown: LoanAppError, *, sent: bool) -> None:
        super().__init__()
        self.shown = shown
        self.sent = sent


def _read(response: "requests.Response", limit: int, deadline: float) -> bytes:
    """The body, up to ``limit`` bytes and until ``deadline``: an answer without end is a fault of the lender's."""
    parts: list[bytes] = []
    length = 0
    for chunk in response.iter_content(_CHUNK):
        length += len(chunk)
        if length > limit or time.monotonic() > deadline:
            raise LenderTroubleError
        parts.append(chunk)
    return b"".join(parts)
