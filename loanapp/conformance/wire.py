"""Raw calls to a lender over its one trusted root, each answer kept as it came."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import requests
from cryptography.hazmat.primitives.asymmetric import ec

from loanapp.client.endpoint import Endpoint
from loanapp.client.tls import pinned_session
from loanapp.proof.keys import new_signing_key
from loanapp.proof.request_proof import PROOF_HEADER, RequestLine, prove_request

_LIMIT: Final = 8 << 20
_SECONDS: Final = 30.0
INSTANCE_HEADER: Final = "X-LoanApp-Instance"


class LenderUnreachableError(RuntimeError):
    """No answer came at all."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``call`` says which request it answers, without anything that was sent."""

    call: str
    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def media(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the lender said
        """The body as JSON, ``None`` where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


@dataclass(slots=True)
class Asked:
    """One request; ``content`` takes the place of ``body``, ``proof`` of the signature made here."""

    method: str
    path: str
    body: object = None
    content: bytes | None = None
    media: str = "application/json"
    key: str | None = None
    token: str | None = None
    proof: str | None = None
    template: str = ""
    signed: bool = True


class Wire:
    """One computer's calls to a lender; requests are signed with this computer's key, as the program does."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._base = endpoint.base_url.rstrip("/")
        self._session = pinned_session(endpoint)
        if endpoint.instance_token:
            self._session.headers[INSTANCE_HEADER] = endpoint.instance_token
        self.key: Final[ec.EllipticCurvePrivateKey] = new_signing_key()
        self.last_proof = ""

    def call(self, asked: Asked) -> Reply:
        """The answer; raises :class:`LenderUnreachableError`."""
        data = asked.content
        if data is None and asked.body is not None:
            data = json.dumps(asked.body).encode()
        headers = {} if data is None else {"Content-Type": asked.media}
        if asked.key is not None:
            headers["Idempotency-Key"] = asked.key
        if asked.token is not None:
            headers["Authorization"] = f"Bearer {asked.token}"
        if asked.signed:
            line = RequestLine(asked.method, asked.path, asked.token or "")
            self.last_proof = asked.proof or prove_request(self.key, line, data or b"", datetime.now(UTC))
            headers[PROOF_HEADER] = self.last_proof
        try:
            with self._session.request(
                asked.method,
                self._base + asked.path,
                data=data,
                headers=headers,
                timeout=_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = answer.raw.read(_LIMIT, decode_content=True)
                found = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(f"{asked.method} {asked.template or asked.path}", answer.status_code, found, content)
        except (requests.RequestException, OSError) as error:
            raise LenderUnreachableError(type(error).__name__) from None

    def close(self) -> None:
        """Give back the connections."""
        self._session.close()
