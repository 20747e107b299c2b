"""What a security key has signed, held against what it was asked: W3C WebAuthn level 3, 7.1 and 7.2.

No attestation is asked for or looked at: any key of any maker will do, and none tells which one it is.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature

if TYPE_CHECKING:
    from fido2.webauthn import AuthenticatorData

ALGORITHMS: Final = (-7, -8, -257)
"""COSE: ECDSA on P-256 with SHA-256, EdDSA, RSASSA-PKCS1-v1_5 with SHA-256."""
_LONGEST_CREDENTIAL_ID: Final = 1023
# All that the reading of bytes from outside can end in.
_UNREADABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


class NotSignedError(ValueError):
    """What was shown does not answer what was asked; the text names the step of the standard that fails."""


class CopiedKeyError(NotSignedError):
    """The signature is right, but its counter did not go on: there are two keys with the same secret."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, and for whom: ``host`` is the relying party's identifier.

    ``origins`` are the pages that may ask; without any, the host's own at the usual port. ``verified``: the key must
    have checked who touches it, by a PIN or a finger.
    """

    challenge: bytes
    host: str
    origins: tuple[str, ...] = ()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made; ``public_key`` is COSE, in CBOR."""

    credential_id: bytes
    public_key: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key that is known, as :class:`NewKey` told it."""

    public_key: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Signed:
    """What a key has signed: the authenticator's data and the hash of the client's; never in ``repr``."""

    client_data: bytes
    authenticator_data: bytes
    signature: bytes

    def __repr__(self) -> str:
        return "Signed(...)"


def read_new_key(asked: Asked, client_data: bytes, attestation: bytes) -> NewKey:
    """The key that was made for what was asked (7.1). Raises :class:`NotSignedError`."""
    from fido2 import cbor  # noqa: PLC0415 - asked for by few, and not while the lender starts
    from fido2.webauthn import AttestationObject  # noqa: PLC0415

    _check_client_data(asked, client_data, "webauthn.create")
    try:
        data = AttestationObject(attestation).auth_data
        made = data.credential_data
    except _UNREADABLE:
        raise NotSignedError("attestation object") from None
    _check_authenticator(asked, data)
    if made is None or not 0 < len(made.credential_id) <= _LONGEST_CREDENTIAL_ID:
        raise NotSignedError("credential")
    if made.public_key.ALGORITHM not in ALGORITHMS:
        raise NotSignedError("algorithm")
    return NewKey(made.credential_id, cbor.encode(made.public_key), data.counter)


def check_signed(asked: Asked, held: HeldKey, shown: Signed) -> int:
    """The counter of a signature that is right (7.2). Raises :class:`NotSignedError`, :class:`CopiedKeyError`."""
    from fido2 import cbor  # noqa: PLC0415
    from fido2.cose import CoseKey  # noqa: PLC0415
    from fido2.webauthn import AuthenticatorData  # noqa: PLC0415

    _check_client_data(asked, shown.client_data, "webauthn.get")
    message = shown.authenticator_data + sha256(shown.client_data).digest()
    try:
        data = AuthenticatorData(shown.authenticator_data)
        _check_authenticator(asked, data)
        CoseKey.parse(cbor.decode(held.public_key)).verify(message, shown.signature)  # type: ignore[arg-type]
    except NotSignedError:
        raise
    except InvalidSignature:
        raise NotSignedError("signature") from None
    except _UNREADABLE:
        raise NotSignedError("authenticator data") from None
    if (data.counter or held.counter) and data.counter <= held.counter:
        raise CopiedKeyError("counter")
    return int(data.counter)


def _check_client_data(asked: Asked, client_data: bytes, kind: str) -> None:
    from fido2.webauthn import CollectedClientData  # noqa: PLC0415

    try:
        told = CollectedClientData(client_data)
        here = told.origin in (asked.origins or (f"https://{asked.host}",))
        right = told.type == kind and here and told.cross_origin is False
        same = compare_digest(told.challenge, asked.challenge)
    except _UNREADABLE:
        raise NotSignedError("client data") from None
    if not (right and same):
        raise NotSignedError("client data")


def _check_authenticator(asked: Asked, data: "AuthenticatorData") -> None:
    if not compare_digest(data.rp_id_hash, sha256(asked.host.encode()).digest()):
        raise NotSignedError("relying party")
    if not data.is_user_present():
        raise NotSignedError("user presence")
    if asked.verified and not data.is_user_verified():
        raise NotSignedError("user verification")
