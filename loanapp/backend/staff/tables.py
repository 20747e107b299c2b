"""Members of staff, their sessions, what they did with a case, and who approved a payout."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from loanapp.backend.auth.webauthn_credentials import WebAuthnCredential
from loanapp.backend.store.tables import Base

__all__ = [
    "Base",
    "FaceLook",
    "PayoutApproval",
    "StaffChallengeUsed",
    "StaffMember",
    "StaffNote",
    "StaffPasskey",
    "StaffRole",
    "StaffSession",
]


class StaffRole(StrEnum):
    """What a member may do."""

    REVIEWER = "reviewer"
    """Sees cases that wait for a person, and decides them."""
    PAYOUT = "payout"
    """Approves payouts above the limit of four eyes."""


class StaffMember(Base):
    """One person who works for the lender."""

    __tablename__ = "staff_member"
    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    roles: Mapped[list[Any]]
    password_hash: Mapped[str]
    totp_sealed: Mapped[bytes]
    totp_last_step: Mapped[int] = mapped_column(default=0)  # a code opens one session, however long it is valid
    failures: Mapped[int] = mapped_column(default=0)  # since the last success
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffSession(Base):
    """A member at work, found by the digest of the cookie."""

    __tablename__ = "staff_session"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), index=True)
    form_token: Mapped[str]
    begun_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffPasskey(WebAuthnCredential, Base):
    """A passkey of a member."""

    __tablename__ = "staff_passkey"
    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), index=True)


class StaffChallengeUsed(Base):
    """A challenge that a passkey has answered: it is worth nothing any more."""

    __tablename__ = "staff_challenge_used"
    challenge_sha256: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class StaffNote(Base):
    """Why a member decided as they did, in their words."""

    __tablename__ = "staff_note"
    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"))
    act: Mapped[str]
    text_sealed: Mapped[bytes]
    at: Mapped[datetime]


class FaceLook(Base):
    """One member's wish to be shown a face, and another's answer; ``expires_at`` is of the wish, then of the yes."""

    __tablename__ = "staff_face_look"
    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    image: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[str] = mapped_column(ForeignKey("staff_member.id"))
    why_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("staff_member.id"))
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]


class PayoutApproval(Base):
    """One member's yes to one payout."""

    __tablename__ = "payout_approval"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"), primary_key=True)
    at: Mapped[datetime]
