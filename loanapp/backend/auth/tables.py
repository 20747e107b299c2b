"""The computers a borrower has signed in on, and what keeps a request from being sent twice."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from loanapp.backend.store.tables import Base


class Device(Base):
    """One sign-in on one computer, with the key that was made there; its refresh tokens are one family."""

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(primary_key=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)
    public_key: Mapped[str]
    key_sha256: Mapped[str] = mapped_column(index=True)
    system: Mapped[str]
    signed_in_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]


class RefreshToken(Base):
    """A token that renews a session once, found by its digest."""

    __tablename__ = "refresh_token"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RequestNonce(Base):
    """A signed request that has been acted on; kept as long as its time would still count."""

    __tablename__ = "request_nonce"
    key_sha256: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
