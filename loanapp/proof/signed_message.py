"""Small signed statements (challenges, consent receipts, profiles): Ed25519 over canonical JSON."""

import base64
import binascii
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from loanapp.proof.canonical_json import canonical

SIGNATURE_FIELD: Final = "signature"


class SignedMessageError(ValueError):
    """The statement is not exactly what the holder of the key signed."""


def sign_message(private: Ed25519PrivateKey, message: Mapping[str, object]) -> dict[str, object]:
    """Return ``message`` with a ``signature`` field: base64 of Ed25519 over the canonical JSON of all other fields.

    Raises :class:`ValueError` when the message has no canonical form or already carries a signature.
    """
    if SIGNATURE_FIELD in message:
        raise ValueError("the message is signed already")
    signature = private.sign(canonical(message))
    return {**message, SIGNATURE_FIELD: base64.b64encode(signature).decode("ascii")}


def verify_message(public: bytes, message: Mapping[str, object]) -> dict[str, object]:
    """Check a statement made by :func:`sign_message` against a raw Ed25519 public key (32 bytes).

    Returns the fields without the signature. Raises :class:`SignedMessageError` when key, signature or any field
    is not as signed.
    """
    rest = {key: value for key, value in message.items() if key != SIGNATURE_FIELD}
    written = message.get(SIGNATURE_FIELD)
    if not isinstance(written, str):
        raise SignedMessageError("there is no signature")
    try:
        signature = base64.b64decode(written, validate=True)
        if base64.b64encode(signature).decode("ascii") != written:
            raise SignedMessageError("the signature is not in its one base64 form")
        Ed25519PublicKey.from_public_bytes(public).verify(signature, canonical(rest))
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise SignedMessageError("the signature does not fit the message") from error
    return rest
