"""Encryption at rest: AES-256-GCM with a data key that lives in an owner-only file beside the database."""

import hmac
import json
import secrets
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32


class CipherError(ValueError):
    """A stored value was changed, or belongs to another place or key."""


class FieldCipher:
    """Encrypts values bound to the place they are stored in, and makes blind indexes to find them by."""

    def __init__(self, key: bytes) -> None:
        """``key`` is 32 random bytes; one subkey each for encrypting and for indexing."""
        self._cipher = AESGCM(hmac.digest(key, b"loanapp/fields/v1", "sha256"))
        self._index_key = hmac.digest(key, b"loanapp/index/v1", "sha256")

    def encrypt(self, value: bytes, place: str) -> bytes:
        """Ciphertext that opens at ``place`` (table, row, field) only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, place.encode())

    def decrypt(self, stored: bytes, place: str) -> bytes:
        """The value; raises :class:`CipherError`."""
        try:
            return self._cipher.decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], place.encode())
        except InvalidTag as error:
            raise CipherError("a stored value does not open here") from error

    def encrypt_json(self, value: object, place: str) -> bytes:
        """As :meth:`encrypt`, for what JSON can hold."""
        return self.encrypt(json.dumps(value, ensure_ascii=False).encode(), place)

    def decrypt_json(self, stored: bytes, place: str) -> Any:  # noqa: ANN401 - as JSON is
        """As :meth:`decrypt`."""
        return json.loads(self.decrypt(stored, place))

    def index(self, value: str, purpose: str) -> str:
        """A keyed digest that finds an equal value without storing it."""
        return hmac.new(self._index_key, f"{purpose}|{value}".encode(), sha256).hexdigest()
