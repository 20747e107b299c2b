"""A request signed with the key of a device: a token that was stolen, or a request sent once more, opens nothing.

The header ``LoanApp-Proof`` holds ``v1;TIME;NONCE;BODY;SIGNATURE``: milliseconds since 1970, 128 random bits in hex,
the SHA-256 of the body in hex, and an ECDSA signature (P-256, SHA-256, DER in URL-safe base64) over these with the
method, the path with its query and the SHA-256 of the token. The idea is that of RFC 9449 (DPoP), with the body added.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from loanapp.proof.keys import UnusableKeyError

PROOF_HEADER: Final = "LoanApp-Proof"
_VERSION: Final = "v1"
_SHAPE: Final = re.compile(r"v1;([0-9]{13});([0-9a-f]{32});([0-9a-f]{64});([A-Za-z0-9_=-]{88,100})")
_KEY_BYTES: Final = 91  # an uncompressed point of P-256 as SubjectPublicKeyInfo
_HASH: Final = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True, slots=True)
class RequestLine:
    """What is asked; ``token`` is the access or refresh token sent along, empty before there is one."""

    method: str
    path: str
    token: str

    def __repr__(self) -> str:
        return f"RequestLine({self.method})"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a header says; nothing of it is checked yet but its shape."""

    at: datetime
    nonce: str
    body_sha256: str
    signature: bytes


def prove_request(key: ec.EllipticCurvePrivateKey, line: RequestLine, body: bytes, at: datetime) -> str:
    """The header of one request."""
    nonce, digest = secrets.token_hex(16), sha256(body).hexdigest()
    milliseconds = f"{int(at.timestamp() * 1000):013d}"
    signature = key.sign(_signed(line, milliseconds, nonce, digest), _HASH)
    return ";".join((_VERSION, milliseconds, nonce, digest, base64.urlsafe_b64encode(signature).decode("ascii")))


def read_proof(header: str) -> Proof | None:
    """The header's content, or ``None`` where it has another shape."""
    found = _SHAPE.fullmatch(header)
    if found is None:
        return None
    milliseconds, nonce, digest, signature = found.groups()
    try:
        signed = base64.urlsafe_b64decode(signature)
    except binascii.Error:
        return None
    return Proof(datetime.fromtimestamp(int(milliseconds) / 1000, UTC), nonce, digest, signed)


def proof_holds(public: ec.EllipticCurvePublicKey, header: str, line: RequestLine) -> bool:
    """Whether the holder of the key signed exactly this request with the time, nonce and digest in the header."""
    found = _SHAPE.fullmatch(header)
    proof = read_proof(header)
    if found is None or proof is None:
        return False
    try:
        public.verify(proof.signature, _signed(line, found[1], found[2], found[3]), _HASH)
    except InvalidSignature:
        return False
    return True


def written_device_key(key: ec.EllipticCurvePublicKey) -> str:
    """The public key for the lender: SubjectPublicKeyInfo, DER, in base64."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode("ascii")


def read_device_key(written: str) -> ec.EllipticCurvePublicKey:
    """The key in such a text; raises :class:`UnusableKeyError` for anything but a point of P-256."""
    try:
        der = base64.b64decode(written, validate=True)
        key = serialization.load_der_public_key(der) if len(der) == _KEY_BYTES else None
    except (ValueError, binascii.Error):
        raise UnusableKeyError("not a public key") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UnusableKeyError("not a key of P-256")
    return key


def _signed(line: RequestLine, milliseconds: str, nonce: str, body_sha256: str) -> bytes:
    token_sha256 = sha256(line.token.encode("utf-8", "surrogatepass")).hexdigest()
    parts = ("loanapp/request/v1", line.method, line.path, token_sha256, milliseconds, nonce, body_sha256)
    return "\n".join(parts).encode("utf-8", "surrogatepass")
