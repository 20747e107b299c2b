"""A small file of secrets that only a passphrase opens: argon2id makes the key, AES-256-GCM seals the content."""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loanapp.client.private_files import read_private, write_private
from loanapp.domain.errors import ErrorCode, LoanAppError

_VERSION: Final = 1
_LARGEST: Final = 64 * 1024
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 16
# RFC 9106, 4: the second recommended choice (64 MiB, three passes, four lanes), for machines short of memory.
_PASSES: Final = 3
_MEMORY_KIB: Final = 64 * 1024
_LANES: Final = 4


class PassphraseWrongError(LoanAppError):
    """The passphrase does not open the file, or the file was changed: these look the same."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.PASSPHRASE_WRONG)


@dataclass
class Vault:
    """An open vault; the passphrase itself is not kept."""

    path: Path
    entries: dict[str, str]
    _key: bytes
    _salt: bytes

    def __repr__(self) -> str:
        return "Vault(...)"

    @classmethod
    def create(cls, path: Path, passphrase: str) -> "Vault":
        """Make an empty vault; raises :class:`LoanAppError` with ``DISK_TROUBLE``."""
        salt = secrets.token_bytes(_SALT_BYTES)
        vault = cls(path, {}, _derive(passphrase, salt), salt)
        vault.save({})
        return vault

    @classmethod
    def open(cls, path: Path, passphrase: str) -> "Vault":
        """Open a vault; raises :class:`PassphraseWrongError`, or :class:`LoanAppError` with ``DISK_TROUBLE``."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  (never before the first paint)
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        try:
            whole = json.loads(read_private(path, _LARGEST) or b"")
            version, parts = whole["version"], [base64.b64decode(whole[name], validate=True) for name in _PARTS]
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
            raise PassphraseWrongError from None
        salt, nonce, sealed = parts
        if version != _VERSION or len(salt) != _SALT_BYTES or len(nonce) != _NONCE_BYTES:
            raise PassphraseWrongError
        key = _derive(passphrase, salt)
        try:
            entries = json.loads(AESGCM(key).decrypt(nonce, sealed, _bound(salt)))
        except (InvalidTag, ValueError):
            raise PassphraseWrongError from None
        return cls(path, entries, key, salt)

    def save(self, entries: dict[str, str]) -> None:
        """Replace the content; raises :class:`LoanAppError` with ``DISK_TROUBLE``, then the old content stands."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  (never before first paint)

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, json.dumps(entries).encode(), _bound(self._salt))
        parts = zip(_PARTS, (self._salt, nonce, sealed), strict=True)
        whole = {"version": _VERSION, **{name: base64.b64encode(part).decode() for name, part in parts}}
        write_private(self.path, json.dumps(whole).encode())
        self.entries = entries


_PARTS: Final = ("salt", "nonce", "sealed")


def _bound(salt: bytes) -> bytes:
    return b"loanapp/vault/v1|" + salt


def _derive(passphrase: str, salt: bytes) -> bytes:
    """The key; 150 ms and 64 MiB on purpose."""
    from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415  (only where there is no credential store)

    return hash_secret_raw(
        passphrase.encode("utf-8", "surrogatepass"),
        salt,
        time_cost=_PASSES,
        memory_cost=_MEMORY_KIB,
        parallelism=_LANES,
        hash_len=_KEY_BYTES,
        type=Type.ID,
    )
