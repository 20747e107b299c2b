"""What endpoints ask for: the lender's services, who is calling, the raw body, the idempotency key."""

import uuid
from collections.abc import AsyncIterator, Callable
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from loanapp.backend.auth.callers import Caller
from loanapp.backend.auth.proofs import SentRequest
from loanapp.backend.auth.sessions import borrower_of, caller_of, key_of
from loanapp.backend.http.client_address import FORWARDED, client_address
from loanapp.backend.http.middleware import takes_raw_body
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signals.origin import Origin
from loanapp.backend.store.tables import IdempotencyRecord, table_of
from loanapp.domain.errors import ErrorCode
from loanapp.proof.request_proof import PROOF_HEADER, read_proof

KEY_HEADER: Final = "Idempotency-Key"
_PDF_LIMIT: Final = 8 * 1024 * 1024
_TIMESTAMP_LIMIT: Final = 4096

_bearer = HTTPBearer(auto_error=False, scheme_name="session", description="The access token of a sign-in")


# What needs neither disk nor time is a coroutine: a function would be sent to a thread of the pool, each by itself.
async def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(_services)]


async def _token(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    if credentials is None:
        raise RefusedError(ErrorCode.SIGNED_OUT)
    return credentials.credentials


TokenDep = Annotated[str, Depends(_token)]


async def _sent(request: Request) -> SentRequest:
    """What a proof is held against; a raw body is read later, and held against what was signed then."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
    raw = takes_raw_body(request.url.path)
    return SentRequest(
        request.method,
        f"{path}?{query}" if query else path,
        request.headers.get(PROOF_HEADER, ""),
        None if raw else sha256(await request.body()).hexdigest(),
    )


SentDep = Annotated[SentRequest, Depends(_sent)]


async def _address(request: Request, services: ServicesDep) -> str:
    peer = request.client.host if request.client is not None else ""
    return client_address(peer, request.headers.getlist(FORWARDED), services.proxies)


AddressDep = Annotated[str, Depends(_address)]
"""The address a request comes from, by which tries are counted; kept as a keyed digest of its network alone."""


def _origin(services: ServicesDep, token: TokenDep, address: AddressDep) -> Origin:
    return Origin(key_of(services, token), address)


OriginDep = Annotated[Origin, Depends(_origin)]
"""The computer, by the digest of its key, and the address that a signed-in borrower's request comes from."""


async def _caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        token = credentials.credentials if credentials is not None else None
        known = request.state.caller = caller_of(request.app.state.services, token, await _sent(request))
    return known


_CallerDep = Annotated[Caller, Depends(_caller)]


async def _borrower(caller: _CallerDep) -> str:
    await run_in_threadpool(caller.count)
    return caller.borrower_id


BorrowerDep = Annotated[str, Depends(_borrower)]
"""The id of the signed-in borrower, whose request has been counted."""


def _borrower_if_any(
    services: ServicesDep,
    sent: SentDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str | None:
    try:
        return borrower_of(services, credentials.credentials, sent) if credentials is not None else None
    except RefusedError:
        return None


MaybeBorrowerDep = Annotated[str | None, Depends(_borrower_if_any)]
"""The id of the borrower, where somebody is signed in: who needs help may not be."""


async def read_limited(request: Request, limit: int) -> bytes:
    """The body; raises ``PHOTO_TOO_LARGE`` as soon as it passes ``limit`` bytes, ``INPUT_INVALID`` when it is empty."""
    too_large = RefusedError(ErrorCode.PHOTO_TOO_LARGE, limit_mb=limit >> 20)
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > limit:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise too_large
    except ClientDisconnect:
        raise RefusedError(ErrorCode.INPUT_INVALID) from None
    if not body:
        raise RefusedError(ErrorCode.INPUT_INVALID)
    return bytes(body)


async def _proven(request: Request, limit: int) -> bytes:
    body = await read_limited(request, limit)
    _require_signed(request, sha256(body).hexdigest())
    return body


def _require_signed(request: Request, body_sha256: str) -> None:
    proof = read_proof(request.headers.get(PROOF_HEADER, ""))
    if proof is None or proof.body_sha256 != body_sha256:
        raise RefusedError(ErrorCode.REQUEST_UNPROVEN, why="wrong")


async def _document_body(request: Request, services: ServicesDep, _borrower_id: BorrowerDep) -> bytes:
    return await _proven(request, services.policies.face.document_limit_bytes)


async def _proven_stream(request: Request) -> AsyncIterator[bytes]:
    digest = sha256()
    async for piece in request.stream():
        digest.update(piece)
        yield piece
    _require_signed(request, digest.hexdigest())


async def _evidence_stream(request: Request, _borrower_id: BorrowerDep) -> AsyncIterator[bytes]:
    return _proven_stream(request)


async def _pdf_body(request: Request, _borrower_id: BorrowerDep) -> bytes:
    return await _proven(request, _PDF_LIMIT)


async def _timestamp_body(request: Request, _borrower_id: BorrowerDep) -> bytes:
    return await _proven(request, _TIMESTAMP_LIMIT)


DocumentBody = Annotated[bytes, Depends(_document_body)]
EvidenceStream = Annotated[AsyncIterator[bytes], Depends(_evidence_stream)]
"""The body as it arrives, unlimited: whoever reads it sets the limits, and reads to the end, where it is held against
what was signed."""
PdfBody = Annotated[bytes, Depends(_pdf_body)]
TimestampBody = Annotated[bytes, Depends(_timestamp_body)]


_ANSWERS: Final = table_of(IdempotencyRecord)
# Made once and run below the object mapper, with every act.
_ANSWERED: Final = select(_ANSWERS.c.fingerprint, _ANSWERS.c.status, _ANSWERS.c.body_sealed).where(
    _ANSWERS.c.borrower_id == bindparam("borrower"), _ANSWERS.c.key == bindparam("repeated")
)
_ANSWERING: Final = insert(_ANSWERS)


class Idempotency:
    """Gives an act's first answer to whoever repeats it; the request, the act and its answer commit together."""

    def __init__(self, services: Services, caller: Caller, key: str, fingerprint: str) -> None:
        self._services = services
        self._caller = caller
        self._sent_key = key
        self._fingerprint = fingerprint

    @property
    def borrower_id(self) -> str:
        """The signed-in borrower; raises ``SIGNED_OUT`` or ``REQUEST_UNPROVEN``."""
        return self._caller.borrower_id

    @cached_property
    def _key(self) -> str:
        # Read here and not from the signature: a declared header would be checked before the sign-in is.
        try:
            return str(uuid.UUID(self._sent_key))
        except ValueError:
            raise RefusedError(ErrorCode.INPUT_INVALID, fields={KEY_HEADER: ErrorCode.INPUT_INVALID}) from None

    def replay(self) -> Response | None:
        """The answer given before, or ``None``; raises ``IDEMPOTENCY_KEY_REUSED`` when the request was another."""
        with self._services.database.read() as session:
            return self._replay(session)

    def run(self, status: int, act: Callable[[Session], BaseModel]) -> Response:
        """Do ``act`` once; its answer, or the one it gave before."""
        with self._caller.counting() as session:
            if (before := self._replay(session)) is not None:
                return before
            body = act(session).model_dump_json().encode()
            answer = {
                "borrower_id": self.borrower_id,
                "key": self._key,
                "fingerprint": self._fingerprint,
                "status": status,
                "body_sealed": self._services.cipher.encrypt(body, self._place),
                "created_at": self._services.clock.now(),
            }
            session.flush()
            session.connection().execute(_ANSWERING, answer)
        return Response(body, status, media_type="application/json")

    @property
    def _place(self) -> str:
        return f"idempotency|{self.borrower_id}|{self._key}"

    def _replay(self, session: Session) -> Response | None:
        same = {"borrower": self.borrower_id, "repeated": self._key}
        found = session.connection().execute(_ANSWERED, same).one_or_none()
        if found is None:
            return None
        if found.fingerprint != self._fingerprint:
            raise RefusedError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
        body = self._services.cipher.decrypt(found.body_sealed, self._place)
        return Response(body, found.status, media_type="application/json")


async def _idempotency(request: Request, services: ServicesDep, caller: _CallerDep) -> Idempotency:
    act = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return Idempotency(services, caller, request.headers.get(KEY_HEADER, ""), sha256(act).hexdigest())


IdempotencyDep = Annotated[Idempotency, Depends(_idempotency)]

KEY_PARAMETER: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": KEY_HEADER,
            "in": "header",
            "required": True,
            "description": "A UUID of the caller's choice; repeating the request with it repeats the answer",
            "schema": {"type": "string", "format": "uuid"},
        }
    ]
}


def octet_body(description: str, media_type: str = "application/octet-stream") -> dict[str, Any]:
    """The OpenAPI request body of raw bytes."""
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "description": description, "content": {media_type: {"schema": schema}}}}
