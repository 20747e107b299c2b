"""What every call to a lender goes through: the basis it is held against, the session, the shape of the answer."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from loanapp.client.answers import Application, Tokens
from loanapp.client.device_key import DeviceKey
from loanapp.client.endpoint import Endpoint
from loanapp.client.errors import InputRejectedError, LenderRefusedError
from loanapp.client.network_log import Contact
from loanapp.client.reading import JsonObject
from loanapp.client.renewing import Renewing
from loanapp.client.transport import Answer, Call, RetryPolicy, Transport
from loanapp.domain.clock import Clock, SystemClock
from loanapp.domain.errors import ErrorCode
from loanapp.guard.permissions import check_outgoing
from loanapp.guard.wire import Standing, check_request

if TYPE_CHECKING:
    from loanapp.proof.sealed_stream import SealedStream

_T = TypeVar("_T")

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
# Reading a card and judging a face are the lender's heaviest work.
HEAVY_READ_TIMEOUT_S: Final = 60.0


class LenderWire:
    """One lender's address, the session there, and the four shapes of call."""

    def __init__(
        self, provider: Callable[[], Endpoint], *, retries: RetryPolicy | None = None, clock: Clock | None = None
    ) -> None:
        clock = clock or SystemClock()
        self._transport = Transport(provider, retries=retries, clock=clock)
        self._wire = Renewing(self._transport, clock)
        # What a request is held against; before the journey says more, nothing about the borrower may leave.
        self.standing: Callable[[], Standing] = lambda: Standing((), frozenset(), None)

    @property
    def access_token(self) -> str | None:
        """The session's token, sent with every call while it is set."""
        return self._transport.access_token

    @access_token.setter
    def access_token(self, token: str | None) -> None:
        self._transport.access_token = token

    @property
    def device_key(self) -> DeviceKey | None:
        """The key of this computer; while there is one, whatever may change something is signed with it."""
        return self._transport.device_key

    @device_key.setter
    def device_key(self, key: DeviceKey | None) -> None:
        self._transport.device_key = key

    def use_session(self, tokens: Tokens) -> None:
        """Send with these tokens, and renew them when they run out."""
        self._wire.use(tokens)

    def renew_with(self, refresh_token: str | None, keep: Callable[[Tokens], None]) -> None:
        """Renew the session with this token; ``keep`` is given each new pair."""
        self._wire.refresh_token, self._wire.keep = refresh_token, keep

    def forget_session(self) -> None:
        """Nobody is signed in any more."""
        self._wire.forget()

    @property
    def clock_offset(self) -> timedelta | None:
        """How far the lender's clock is ahead of this computer's, by its latest answer."""
        return self._transport.clock_offset

    def endpoint(self) -> Endpoint:
        """Where the lender answers now, with its roots."""
        return self._transport.endpoint()

    def contacts(self) -> tuple[Contact, ...]:
        """Every address spoken to since the program was opened."""
        return self._transport.network.contacts()

    def close(self) -> None:
        """Give up waiting calls and close connections."""
        self._transport.close()

    # The four shapes of call

    def _get(self, path: str, read: Callable[[JsonObject], _T]) -> _T:
        return read(JsonObject.parse(self._wire.send(Call("GET", path)).body))

    def _send(
        self,
        method: Literal["POST", "PUT"],
        path: str,
        body: Mapping[str, object],
        read: Callable[[JsonObject], _T],
        key: str | None = None,
        *,
        proof_token: str | None = None,
    ) -> _T:
        check_outgoing(body)
        call = Call(
            method,
            path,
            body=written(body),
            idempotency_key=key,
            repeatable=method == "PUT",
            proof_token=proof_token,
        )
        return read(JsonObject.parse(self._out(call, body).body))

    def _out(self, call: Call, fields: Mapping[str, object] | None = None) -> Answer:
        """Send what has a basis; the one way out for every request with a body."""
        check_request(call.method, call.path, fields, self.standing())
        return self._wire.send(call)

    def _act(self, application_id: str, name: str, key: str) -> Application:
        return self._send("POST", path_of(application_id, name), {}, Application.read, key)

    def _upload(self, path: str, plaintext: bytes, vault_public_key: bytes, info: str) -> JsonObject:
        from loanapp.proof.envelope import seal  # noqa: PLC0415  (cryptography: never before the first paint)

        return self._put_raw(path, seal(vault_public_key, plaintext, info.encode()))

    def _put_raw(self, path: str, body: "bytes | SealedStream") -> JsonObject:
        call = Call(
            "PUT",
            path,
            body=body,
            content_type="application/octet-stream",
            read_timeout_s=HEAVY_READ_TIMEOUT_S,
        )
        return JsonObject.parse(self._out(call).body)


def written(body: Mapping[str, object]) -> bytes:
    """The body as JSON; half a character, which UTF-8 cannot hold, is a fault of the field it was typed in."""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        broken = {name: ErrorCode.INPUT_INVALID for name, value in body.items() if _SURROGATE.search(str(value))}
    # Raised out here: that exception holds the whole body, and would travel along as the context of this one.
    raise InputRejectedError(ErrorCode.INPUT_INVALID, broken)


def path_of(application_id: str, *rest: str) -> str:
    """The path of something of an application."""
    return "/".join(("/v1/applications", segment(application_id), *rest))


def segment(identifier: str) -> str:
    """An identifier the lender gave, fit for a path: it cannot lead anywhere else."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise LenderRefusedError(ErrorCode.LENDER_ANSWER_UNREADABLE, field="id")
    return identifier
