"""One question over HTTPS: a deadline for the whole answer, one trusted root, and no answer that cannot be read."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import requests

from loanapp.backend.adapters.ports import SourceDownError

log = logging.getLogger(__name__)

_LONGEST_ANSWER: Final = 1 << 20
_PIECE: Final = 16 * 1024
_RETRY_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class HttpLine:
    """Where a source is and how it is reached; ``timeout`` in seconds is for one whole answer.

    ``root``: the PEM file of the one root that may have issued its certificate. ``secret`` goes out as a bearer token.
    """

    url: str
    secret: str = field(repr=False)
    root: Path
    timeout: float

    def ask(self, path: str, question: Mapping[str, object], *, key: str | None = None) -> dict[str, Any]:
        """The answer's object; with a ``key`` asking again is the same question.

        Raises :class:`SourceDownError` for whatever is no answer: no connection, too slow, too long, an error of the
        source's or of ours, words that mean nothing. None of them says anything about the person asked for.
        """
        return _object(self._post(path, {"Idempotency-Key": key} if key else {}, question=question))

    def send(self, path: str, content: bytes, media_type: str) -> bytes:
        """The answer's bytes to bytes of ``media_type``; raises as :meth:`ask` does."""
        return self._post(path, {"Content-Type": media_type}, content=content)

    def _post(
        self,
        path: str,
        named: Mapping[str, str],
        *,
        question: Mapping[str, object] | None = None,
        content: bytes | None = None,
    ) -> bytes:
        headers = {"Authorization": f"Bearer {self.secret}", **named}
        deadline = time.monotonic() + self.timeout
        try:
            # A session of its own: no proxy, netrc or root of the environment's reaches in, and nothing is kept.
            with requests.Session() as session:
                session.trust_env = False
                with session.post(
                    self.url.rstrip("/") + path,
                    json=None if question is None else dict(question),
                    data=content,
                    headers=headers,
                    timeout=self.timeout,
                    verify=str(self.root),
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    if answer.status_code != HTTPStatus.OK:
                        raise _not_answered(answer)
                    return _body(answer, deadline)
        except (requests.RequestException, OSError) as error:
            log.info("a source cannot be reached: %s", type(error).__name__)
            raise SourceDownError(_RETRY_SECONDS) from None


def _not_answered(answer: requests.Response) -> SourceDownError:
    status = answer.status_code
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS:
        # Ours to mend (secret, address, version); for the borrower it is a source that gives no answer.
        log.warning("a source refuses our question with status %d", status)
    told = answer.headers.get("Retry-After", "")
    return SourceDownError(int(told) if told.isdecimal() and len(told) <= 4 else _RETRY_SECONDS)


def _body(answer: requests.Response, deadline: float) -> bytes:
    content = bytearray()
    # What is there already, never waiting for a whole piece: else a source that drips would outlast the deadline.
    while piece := answer.raw.read1(_PIECE, decode_content=True):
        content += piece
        if time.monotonic() > deadline or len(content) > _LONGEST_ANSWER:
            raise SourceDownError(_RETRY_SECONDS)
    return bytes(content)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise SourceDownError(_RETRY_SECONDS) from None
    if not isinstance(found, dict):
        raise SourceDownError(_RETRY_SECONDS)
    return found
