"""Who asks to replace a password or a second factor that cannot be shown."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"

MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Make this table."""
    op.create_table(
        "account_recovery",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("granted_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("member_id", sa.String()),
        sa.Column("why_sealed", sa.LargeBinary()),
    )
    op.create_index("ix_account_recovery_borrower_id", "account_recovery", ["borrower_id"])
