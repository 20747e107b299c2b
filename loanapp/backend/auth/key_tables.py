"""Security keys of borrowers, and the challenges they answer."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from loanapp.backend.auth.webauthn_credentials import WebAuthnCredential
from loanapp.backend.store.tables import Base


class SecurityKey(WebAuthnCredential, Base):
    """A FIDO2 security key of a borrower."""

    __tablename__ = "security_key"
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)


class KeyChallenge(Base):
    """What a security key is to sign: for one account, one computer and one purpose, once; found by its digest."""

    __tablename__ = "security_key_challenge"
    id_sha256: Mapped[str] = mapped_column(primary_key=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)
    key_sha256: Mapped[str]  # of the computer's key
    purpose: Mapped[str]
    challenge: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
