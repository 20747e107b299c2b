"""The computers a borrower has signed in on, what keeps a request from being sent twice, and what one signs in with."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from loanapp.backend.store.tables import Base
from loanapp.backend.store.types import LONG


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
    by_code: Mapped[bool | None]


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


class BorrowerPassword(Base):
    """A password as argon2id keeps it; beside the phone code, never in its place."""

    __tablename__ = "borrower_password"
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    password_hash: Mapped[str]
    set_at: Mapped[datetime]


class BorrowerSecondFactor(Base):
    """An authenticator's secret; it counts once the borrower has shown a code of it."""

    __tablename__ = "borrower_second_factor"
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    secret_sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)  # a code counts once, however long it is valid
    confirmed_at: Mapped[datetime | None]
    recovery: Mapped[list[Any]] = mapped_column(default=list)  # keyed digests of the codes that are left


class AccountRecovery(Base):
    """Somebody on one computer cannot show a password or second factor: a person at a branch, or time, may answer."""

    __tablename__ = "account_recovery"
    id: Mapped[str] = mapped_column(primary_key=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)
    act: Mapped[str]
    key_sha256: Mapped[str]
    number: Mapped[str]  # told on that computer alone, and said at the branch
    asked_at: Mapped[datetime]
    granted_at: Mapped[datetime | None]  # by a person at a branch
    ended_at: Mapped[datetime | None]  # stopped from another computer, refused at the branch, or used
    member_id: Mapped[str | None]
    why_sealed: Mapped[bytes | None]


class FailedTry(Base):
    """One try that counts, under a keyed digest of the account, the device or the network it came from."""

    __tablename__ = "failed_try"
    id: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=True)
    scope: Mapped[str]
    key_index: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
