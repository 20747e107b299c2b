"""The publisher's signature on the files that borrowers download, for whoever installs them to hold them against.

The common tools are enough for that: OpenSSL for the signature (Ed25519, RFC 8032), ``sha256sum`` for the files.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.sig"
PUBLIC_KEY: Final = "publisher-key.pem"


def write_sums(files: Iterable[Path], folder: Path, key: Ed25519PrivateKey) -> tuple[Path, Path, Path]:
    """Write sums, their signature (64 bytes) and the public key into ``folder``, where the files lie themselves."""
    lines = []
    for path in sorted(files, key=lambda one: one.name):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    sums, signature, public = folder / SUMS, folder / SIGNATURE, folder / PUBLIC_KEY
    sums.write_text("".join(lines), encoding="utf-8")
    signature.write_bytes(key.sign(sums.read_bytes()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return sums, signature, public
