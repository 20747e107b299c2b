"""The lender's keys and certificates, made at the first start and kept in owner-only files.

Transport, document and time roots are separate and vouch for nothing of each other (design decision 10).
"""

import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.vault.sealing_keys import SealingKeys
from loanapp.domain.clock import Clock
from loanapp.proof import authorities, keys
from loanapp.proof.authorities import Credential

_RENEW_BEFORE: Final = timedelta(days=30)


class LenderKeys:
    """Every private key of the lender; each is read, or made, when it is first needed."""

    def __init__(self, folder: LenderFolder, lender_name: str, clock: Clock) -> None:
        self._folder = folder
        self._lender_name = lender_name
        self._clock = clock
        self._lock = threading.RLock()

    @cached_property
    def transport_root(self) -> Credential:
        """Root of TLS on loopback."""
        return self._credential("transport_root", authorities.make_transport_root)

    @cached_property
    def server(self) -> Credential:
        """The TLS certificate; with a new key, before the old one ends, and where its root is another one by now."""
        return self._renewed("server", self._new_server, self.transport_root)

    @cached_property
    def document_root(self) -> Credential:
        """Root of everything that signs contracts."""
        return self._credential("document_root", authorities.make_document_root)

    @cached_property
    def borrower_authority(self) -> Credential:
        """Certifies borrowers' keys."""
        return self._credential(
            "borrower_authority", lambda now: authorities.make_borrower_authority(self.document_root, now)
        )

    @cached_property
    def document_signer(self) -> Credential:
        """Signs contracts for the lender; a new key before its certificate ends, what was signed stays so."""
        return self._renewed(
            "document_signer",
            lambda now: authorities.make_document_signer(self.document_root, self._lender_name, now),
            self.document_root,
        )

    @cached_property
    def time_root(self) -> Credential:
        """Root of time-stamping."""
        return self._credential("time_root", authorities.make_time_root)

    @cached_property
    def timestamp(self) -> Credential:
        """Signs time-stamps; an RSA key, the slowest to make."""
        with self._lock:
            return self._credential("timestamp", lambda now: authorities.make_timestamp_authority(self.time_root, now))

    @cached_property
    def sealing(self) -> SealingKeys:
        """What borrowers seal photos and evidence to."""
        return SealingKeys(self._folder)

    @property
    def vault(self) -> tuple[X25519PrivateKey, ...]:
        """Open what borrowers seal: the published key first, then those before that still count."""
        return self.sealing.all()

    @cached_property
    def message(self) -> Ed25519PrivateKey:
        """Signs challenges and receipts."""
        with self._lock:
            path = self._folder.root / "keys" / "message.pem"
            if not path.exists():
                with self._folder.making():
                    if not path.exists():
                        self._folder.write_private(path, keys.private_key_pem(keys.new_message_key()))
            return keys.load_message_key(path.read_bytes())

    def server_context(self) -> ssl.SSLContext:
        """TLS 1.3 and nothing older (OWASP ASVS 12.1.1, 12.2.1)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        _ = self.server
        context.load_cert_chain(self._folder.root / "keys" / "server.pem")
        return context

    def publish(self, roots: Mapping[str, str]) -> None:
        """Write roots to ``public/``, each PEM under its name."""
        for name, pem in roots.items():
            path = self._folder.root / "public" / f"{name}.pem"
            if not path.exists() or path.read_text() != pem:
                self._folder.write_private(path, pem.encode("ascii"))

    def change_transport_root(self) -> None:
        """Replace the root of TLS, whose old key is then nowhere any more; it counts from the lender's next start.

        For the embedded lender: its program learns the root from an owner-only file at each start.
        """
        made = authorities.make_transport_root(self._clock.now()).to_pem()
        with self._lock, self._folder.making():
            self._folder.write_private(self._folder.root / "keys" / "transport_root.pem", made)

    def _renewed(self, name: str, make: Callable[[datetime], Credential], root: Credential) -> Credential:
        found = self._credential(name, make)
        ends = found.certificate.not_valid_after_utc - _RENEW_BEFORE < self._clock.now()
        if ends or not _issued_by(found, root):
            (self._folder.root / "keys" / f"{name}.pem").unlink(missing_ok=True)
            found = self._credential(name, make)
        return found

    def _new_server(self, now: datetime) -> Credential:
        return authorities.make_server_certificate(self.transport_root, now)

    def _credential(self, name: str, make: Callable[[datetime], Credential]) -> Credential:
        with self._lock:
            path = self._folder.root / "keys" / f"{name}.pem"
            if not path.exists():
                made = make(self._clock.now()).to_pem()  # outside: it may need another key first
                with self._folder.making():
                    if not path.exists():
                        self._folder.write_private(path, made)
            return Credential.from_pem(path.read_bytes())


def _issued_by(found: Credential, root: Credential) -> bool:
    try:
        found.certificate.verify_directly_issued_by(root.certificate)
    except (InvalidSignature, ValueError):
        return False
    return True
