"""Passkeys of the lender's people, visits they booked, and what the timer of deletion looks things up by."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0008"
down_revision: Final = "0007"

MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")
LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make these tables, the column and the indexes."""
    op.create_table(
        "staff_passkey",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("member_id", sa.String(), sa.ForeignKey("staff_member.id"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("counter", LONG, nullable=False),
        sa.Column("label_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_index("ix_staff_passkey_member_id", "staff_passkey", ["member_id"])
    op.create_table(
        "staff_challenge_used",
        sa.Column("challenge_sha256", sa.String(), primary_key=True),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("ix_staff_challenge_used_expires_at", "staff_challenge_used", ["expires_at"])
    op.add_column("branch_appointment", sa.Column("by_staff", sa.Boolean()))
    op.create_index("ix_borrower_closed_at", "borrower", ["closed_at"])
    op.create_index("ix_application_status_updated_at", "application", ["status", "updated_at"])
