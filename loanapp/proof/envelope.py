"""Sealed envelopes: only the holder of the recipient's private key can open them, and only for the stated purpose.

HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The sender is not authenticated
by the envelope itself; the session it travels in does that.
"""

from collections.abc import Sequence
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

PrivateKeys: TypeAlias = X25519PrivateKey | Sequence[X25519PrivateKey]
"""One key, or those that count while one is being changed."""

OVERHEAD_BYTES = 48
"""The encapsulated key (32) and the tag (16) that sealing adds."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class EnvelopeError(ValueError):
    """The envelope was changed, cut short, sealed to another key or for another purpose: these look the same."""


def seal(recipient_public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal ``plaintext`` to a raw X25519 public key (32 bytes), bound to ``info``.

    ``info`` names type, version, upload and application; opening needs the same bytes. The answer is
    :data:`OVERHEAD_BYTES` longer than ``plaintext``. Raises :class:`EnvelopeError` when the key is not one.
    """
    try:
        key = X25519PublicKey.from_public_bytes(recipient_public)
        return _SUITE.encrypt(plaintext, key, info)
    except ValueError as error:
        raise EnvelopeError("not an X25519 public key") from error


def open_sealed(private: PrivateKeys, sealed: bytes, info: bytes) -> bytes:
    """Open an envelope made by :func:`seal` with the same ``info``, sealed to the key or to any of several.

    Raises :class:`EnvelopeError` for every envelope that is not exactly that; nothing of the content is given out.
    """
    failed: Exception | None = None
    for key in (private,) if isinstance(private, X25519PrivateKey) else private:
        try:
            return _SUITE.decrypt(sealed, key, info)
        except (InvalidTag, ValueError) as error:
            failed = error
    raise EnvelopeError("the envelope cannot be opened") from failed
