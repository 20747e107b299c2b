"""Holds a request against the key of the device it says it comes from, and lets each one count once."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from loanapp.backend.auth.tables import RequestNonce
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import table_of
from loanapp.domain.errors import ErrorCode
from loanapp.proof.keys import UnusableKeyError
from loanapp.proof.request_proof import RequestLine, proof_holds, read_device_key, read_proof

_COUNTING: Final = insert(table_of(RequestNonce))


@dataclass(frozen=True, slots=True)
class SentRequest:
    """What a proof is about. ``body_sha256`` is ``None`` where the body is still to be read, as a stream is."""

    method: str
    path: str
    header: str
    body_sha256: str | None


@dataclass(frozen=True, slots=True)
class Proven:
    """A request that a key's holder has just signed; by these two it is known again."""

    key_sha256: str
    nonce: str


def require_proof(services: Services, session: Session, public_key: str, sent: SentRequest, token: str) -> None:
    """Let a request pass that the key's holder has just signed, once; in the caller's writing transaction.

    Raises ``REQUEST_UNPROVEN`` with ``why``: ``missing``, ``stale``, ``wrong`` or ``replayed``.
    """
    count_proof(services, session, check_proof(services, public_key, sent, token))


def check_proof(services: Services, public_key: str, sent: SentRequest, token: str) -> Proven:
    """That the key's holder has just signed a request, whether it came before or not; raises as above."""
    proof, now = read_proof(sent.header), services.clock.now()
    if proof is None:
        raise RefusedError(ErrorCode.REQUEST_UNPROVEN, why="missing")
    if abs(now - proof.at) > timedelta(seconds=services.policies.sign_in.proof_seconds):
        raise RefusedError(ErrorCode.REQUEST_UNPROVEN, why="stale")
    signed = proof_holds(read_device_key(public_key), sent.header, RequestLine(sent.method, sent.path, token))
    if not signed or sent.body_sha256 not in {None, proof.body_sha256}:
        raise RefusedError(ErrorCode.REQUEST_UNPROVEN, why="wrong")
    return Proven(key_digest(public_key), proof.nonce)


def count_proof(services: Services, session: Session, proven: Proven) -> None:
    """Note that a request came, in the caller's writing transaction; raises ``REQUEST_UNPROVEN`` when it did before."""
    came = {"key_sha256": proven.key_sha256, "nonce": proven.nonce, "at": services.clock.now()}
    try:
        session.connection().execute(_COUNTING, came)
    except IntegrityError:
        raise RefusedError(ErrorCode.REQUEST_UNPROVEN, why="replayed") from None


def check_device_key(public_key: str) -> None:
    """Refuse what is no key of P-256; raises ``INPUT_INVALID`` for the field ``device_key``."""
    try:
        read_device_key(public_key)
    except UnusableKeyError:
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"device_key": ErrorCode.INPUT_INVALID}) from None


def key_digest(public_key: str) -> str:
    """By which a key is found."""
    return sha256(public_key.encode()).hexdigest()


def forget_nonces(services: Services) -> None:
    """Delete the nonces whose requests are refused for their age by now: both clocks' tolerance, twice over."""
    last = services.clock.now() - timedelta(seconds=4 * services.policies.sign_in.proof_seconds)
    with services.database.write() as session:
        session.execute(delete(RequestNonce).where(RequestNonce.at < last))
