"""The simulated certificate authority: an outside party with a book of its own, called a test in all it issues."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from loanapp.backend.adapters.ports import CertificateRefusedError, IssuedCertificate, RevocationProofs
from loanapp.backend.adapters.simulated_line import UP, SimulatedLine
from loanapp.backend.store.database import Database
from loanapp.backend.store.types import Moment
from loanapp.domain.clock import Clock
from loanapp.proof import authorities
from loanapp.proof.authorities import Credential


class _Base(DeclarativeBase):
    """The authority's tables."""


class Issued(_Base):
    """One certificate it vouches for; whose it is stands in the certificate alone."""

    __tablename__ = "issued"
    key: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)  # in hexadecimal: it has twenty bytes
    at: Mapped[datetime] = mapped_column(Moment())
    revoked_at: Mapped[datetime | None] = mapped_column(Moment())


class SimulatedCertificateAuthority:
    """Certifies keys for the demonstration; each certificate says 模拟 TEST beside the name.

    ``root`` and ``issuer`` give root and issuing authority, asked for when they are first needed. The same key gives
    the same certificate because it is made anew of the same facts. ``marks`` say for a name how the line is when its
    owner's key is to be certified.
    """

    own: Final = True

    def __init__(
        self,
        path: Path,
        root: Callable[[], Credential],
        issuer: Callable[[], Credential],
        line: SimulatedLine,
        clock: Clock,
        *,
        marks: dict[str, str] | None = None,
    ) -> None:
        self._path, self._root, self._issuer = path, root, issuer
        self._line, self._clock, self._marks = line, clock, dict(marks or {})
        self._lock = threading.Lock()
        self._opened: Database | None = None

    @property
    def roots_pem(self) -> str:
        """See the port."""
        return self._root().certificate_pem

    def certify(self, key: str, request_pem: str, name: str, reference: str) -> IssuedCertificate:
        """See the port."""
        self._line.reach(reference, self._marks.get(name, UP))
        with self._book().write() as session:
            known = session.get(Issued, key)
            if known is None:
                serial = x509.random_serial_number()
                known = Issued(key=key, serial=f"{serial:x}", at=self._clock.now(), revoked_at=None)
                session.add(known)
            issuer = self._issuer()
            try:
                certificate = authorities.issue_borrower_certificate(
                    issuer, request_pem, name, reference, known.at, serial=int(known.serial, 16)
                )
            except (authorities.CertificateRequestError, UnicodeError):
                raise CertificateRefusedError from None
        return IssuedCertificate(authorities.pem(certificate), issuer.certificate_pem + self._root().certificate_pem)

    def revocation(self, issued: IssuedCertificate) -> RevocationProofs:
        """Fresh lists of both authorities; they hold every certificate, whichever is asked about."""
        del issued
        self._line.reach("revocation")
        now = self._clock.now()
        with self._book().read() as session:
            revoked = [
                (int(one.serial, 16), one.revoked_at) for one in session.scalars(select(Issued)) if one.revoked_at
            ]
        lists = (
            authorities.make_revocation_list(self._root(), now),
            authorities.make_revocation_list(self._issuer(), now, revoked),
        )
        return RevocationProofs(lists)

    def revoke(self, certificate_pem: str) -> None:
        """Vouch no longer for a certificate, from now on; one it never issued is left alone."""
        serial = authorities.load_certificates(certificate_pem)[0].serial_number
        with self._book().write() as session:
            found = session.scalars(select(Issued).where(Issued.serial == f"{serial:x}")).first()
            if found is not None and found.revoked_at is None:
                found.revoked_at = self._clock.now()

    def close(self) -> None:
        """Give back the database."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    def _book(self) -> Database:
        with self._lock:
            if self._opened is None:  # with the first key: most starts of the lender certify none
                self._opened = Database(self._path)
                _Base.metadata.create_all(self._opened.write_engine)
            return self._opened
