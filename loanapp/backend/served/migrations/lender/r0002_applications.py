"""Applications with what belongs to each, up to the contract."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Make these tables."""
    for make in (
        _application,
        _application_event,
        _branch_appointment,
        _consent,
        _contract,
        _liveness_session,
        _verification_check,
    ):
        make()


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("amount", sa.String(20), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("profile_sealed", sa.LargeBinary()),
        sa.Column("reading_sealed", sa.LargeBinary()),
        sa.Column("has_front", sa.Boolean(), nullable=False),
        sa.Column("has_back", sa.Boolean(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary()),
        sa.Column("identity_index", sa.String()),
        sa.Column("identity_corrections", sa.JSON(), nullable=False),
        sa.Column("face_state", sa.String(40), nullable=False),
        sa.Column("face_by_person", sa.Boolean(), nullable=False),
        sa.Column("card_sealed", sa.LargeBinary()),
        sa.Column("card_bank", sa.String()),
        sa.Column("card_last4", sa.String(4)),
        sa.Column("decision_sealed", sa.LargeBinary()),
        sa.Column("offer", sa.JSON()),
        sa.Column("offer_valid_until", MOMENT),
        sa.Column("disclosure_shown_at", MOMENT),
        sa.Column("disclosure_confirmed_at", MOMENT),
        sa.Column("disclosure_seconds", sa.Integer()),
        sa.Column("disclosure_table", sa.JSON()),
        sa.Column("changed_face", sa.Boolean()),
        sa.Column("certificate_at", MOMENT),
    )
    op.create_index("ix_application_borrower_id", "application", ["borrower_id"])
    op.create_index("ix_application_identity_index", "application", ["identity_index"])
    op.create_index("ix_application_status", "application", ["status"])


def _application_event() -> None:
    op.create_table(
        "application_event",
        sa.Column("id", LONG, primary_key=True, autoincrement=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_application_event_application_id", "application_event", ["application_id"])


def _branch_appointment() -> None:
    op.create_table(
        "branch_appointment",
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("branch_id", sa.String(), nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_index("ix_branch_appointment_slot", "branch_appointment", ["slot"])


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("receipt_id", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
    )
    op.create_index("consent_newest", "consent", ["application_id", "recorded_at"])
    op.create_index("ix_consent_application_id", "consent", ["application_id"])


def _contract() -> None:
    op.create_table(
        "contract",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False, unique=True),
        sa.Column("prepared_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("prepared_sha256", sa.String(), nullable=False),
        sa.Column("certificate_pem", sa.String()),
        sa.Column("chain_pem", sa.String()),
        sa.Column("borrower_sha256", sa.String()),
        sa.Column("final_sealed", sa.LargeBinary()),
        sa.Column("final_sha256", sa.String()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("authorised_at", MOMENT),
        sa.Column("authorised_sha256", sa.String()),
        sa.Column("authorised_device_id", sa.String()),
        sa.Column("signed_at", MOMENT),
        sa.Column("free_return_hours", sa.Integer()),
    )


def _liveness_session() -> None:
    op.create_table(
        "liveness_session",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("challenge", sa.JSON(), nullable=False),
        sa.Column("source_kind", sa.String(40), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.String(40)),
        sa.Column("reasons", sa.JSON()),
        sa.Column("measures", sa.JSON()),
        sa.Column("verdict", sa.JSON()),
        sa.Column("evidence_sha256", sa.String()),
        sa.Column("attempts_left", sa.Integer()),
    )
    op.create_index("ix_liveness_session_application_id", "liveness_session", ["application_id"])


def _verification_check() -> None:
    op.create_table(
        "verification_check",
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("step", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary()),
        sa.Column("at", MOMENT, nullable=False),
    )
