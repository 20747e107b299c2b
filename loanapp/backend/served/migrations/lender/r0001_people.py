"""Who signs in, borrowers and members of staff, and what is counted of nobody in particular."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Make these tables."""
    for make in (
        _borrower,
        _counter,
        _face_count,
        _failed_try,
        _idempotency,
        _one_time_code,
        _request_nonce,
        _staff_member,
        _access_session,
        _borrower_password,
        _borrower_second_factor,
        _device,
        _right_request,
        _staff_session,
        _support_ticket,
        _refresh_token,
    ):
        make()


def _borrower() -> None:
    op.create_table(
        "borrower",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("phone_index", sa.String(), nullable=False, unique=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("face_failures", sa.Integer(), nullable=False),
        sa.Column("face_locked_until", MOMENT),
    )


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("value", sa.Integer(), nullable=False),
    )


def _face_count() -> None:
    op.create_table(
        "face_count",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("what", sa.String(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def _failed_try() -> None:
    op.create_table(
        "failed_try",
        sa.Column("id", LONG, primary_key=True, autoincrement=True),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key_index", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_failed_try_at", "failed_try", ["at"])
    op.create_index("ix_failed_try_key_index", "failed_try", ["key_index"])


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("borrower_id", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def _one_time_code() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("phone_index", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.String(), nullable=False),
        sa.Column("attempts_left", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_index("ix_one_time_code_phone_index", "one_time_code", ["phone_index"])


def _request_nonce() -> None:
    op.create_table(
        "request_nonce",
        sa.Column("key_sha256", sa.String(), primary_key=True),
        sa.Column("nonce", sa.String(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_request_nonce_at", "request_nonce", ["at"])


def _staff_member() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("login", sa.String(40), nullable=False, unique=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
    )


def _access_session() -> None:
    op.create_table(
        "access_session",
        sa.Column("token_sha256", sa.String(), primary_key=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("device_id", sa.String()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
    )
    op.create_index("ix_access_session_device_id", "access_session", ["device_id"])


def _borrower_password() -> None:
    op.create_table(
        "borrower_password",
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), primary_key=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
    )


def _borrower_second_factor() -> None:
    op.create_table(
        "borrower_second_factor",
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), primary_key=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("recovery", sa.JSON(), nullable=False),
    )


def _device() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("signed_in_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_why", sa.String()),
        sa.Column("by_code", sa.Boolean()),
    )
    op.create_index("ix_device_borrower_id", "device", ["borrower_id"])
    op.create_index("ix_device_key_sha256", "device", ["key_sha256"])


def _right_request() -> None:
    op.create_table(
        "right_request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary()),
        sa.Column("answered_at", MOMENT),
    )
    op.create_index("ix_right_request_borrower_id", "right_request", ["borrower_id"])


def _staff_session() -> None:
    op.create_table(
        "staff_session",
        sa.Column("token_sha256", sa.String(), primary_key=True),
        sa.Column("member_id", sa.String(), sa.ForeignKey("staff_member.id"), nullable=False),
        sa.Column("form_token", sa.String(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
    )
    op.create_index("ix_staff_session_member_id", "staff_session", ["member_id"])


def _support_ticket() -> None:
    op.create_table(
        "support_ticket",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id")),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
    )
    op.create_index("ix_support_ticket_borrower_id", "support_ticket", ["borrower_id"])
    op.create_index("ix_support_ticket_received_at", "support_ticket", ["received_at"])


def _refresh_token() -> None:
    op.create_table(
        "refresh_token",
        sa.Column("token_sha256", sa.String(), primary_key=True),
        sa.Column("device_id", sa.String(), sa.ForeignKey("device.id"), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_index("ix_refresh_token_device_id", "refresh_token", ["device_id"])
    op.create_index("ix_refresh_token_expires_at", "refresh_token", ["expires_at"])
