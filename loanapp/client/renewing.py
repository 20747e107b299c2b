"""Sends calls and renews the session without a word: access tokens live for minutes, the borrower's evening longer."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from loanapp.client.answers import Tokens
from loanapp.client.errors import LenderRefusedError, SignedOutError
from loanapp.client.reading import JsonObject
from loanapp.client.transport import Answer, Call, Transport
from loanapp.domain.clock import Clock
from loanapp.domain.errors import ErrorCode
from loanapp.guard.wire import Standing, check_request

# A token that would run out on the way is renewed before.
_MARGIN: Final = timedelta(seconds=30)


class Renewing:
    """Thread-safe. ``keep`` is given the tokens of every renewed session, before anything is sent with them."""

    def __init__(self, wire: Transport, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._lock = threading.Lock()
        self._expires_at: datetime | None = None
        self.refresh_token: str | None = None
        self.keep: Callable[[Tokens], None] = lambda _tokens: None

    def use(self, tokens: Tokens) -> None:
        """Send with these from now on."""
        self._wire.access_token, self.refresh_token = tokens.access_token, tokens.refresh_token
        self._expires_at = tokens.expires_at

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self._wire.access_token = self.refresh_token = self._expires_at = None

    def send(self, call: Call) -> Answer:
        """Send; a session that has run out is renewed and the call sent again: it was refused, so nothing was done.

        Raises :class:`SignedOutError` where it cannot be renewed, with ``SESSION_REUSED`` where the lender ended it
        because a token had come twice, and whatever the wire raises.
        """
        token = self._wire.access_token
        if call.proof_token is None and self._about_to_end():
            self._renew(token)
        try:
            return self._twice_if_stale(call)
        except SignedOutError:
            if call.proof_token is not None or not self._renew(token):
                raise
        return self._twice_if_stale(call)

    def _about_to_end(self) -> bool:
        now = self._clock.now() + (self._wire.clock_offset or timedelta())
        return self._expires_at is not None and now > self._expires_at - _MARGIN

    def _twice_if_stale(self, call: Call) -> Answer:
        """Once more where the clock was set since the lender's was seen: the refusal itself tells the right time."""
        try:
            return self._wire.send(call)
        except LenderRefusedError as error:
            if error.code is not ErrorCode.REQUEST_UNPROVEN or error.details.get("why") != "stale":
                raise
        return self._wire.send(call)

    def _renew(self, used: str | None) -> bool:
        """Whether there is another token now than the one that was ``used``."""
        with self._lock:
            if self._wire.access_token != used:
                return self._wire.access_token is not None
            if self.refresh_token is None:
                return False
            body = json.dumps({"refresh_token": self.refresh_token}).encode()
            path = "/v1/auth/refresh"
            check_request("POST", path, ("refresh_token",), Standing((), frozenset(), None))
            call = Call("POST", path, body=body, proof_token=self.refresh_token)
            try:
                answer = self._twice_if_stale(call)
            except SignedOutError as error:
                if error.code is ErrorCode.SESSION_REUSED:
                    raise
                return False
            tokens = Tokens.read(JsonObject.parse(answer.body))
            self.use(tokens)
            self.keep(tokens)
            return True
