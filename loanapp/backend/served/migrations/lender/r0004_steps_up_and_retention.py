"""Who is asked once more, what a code for signing went to, and what keeping by class writes down."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"

MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Make these tables and columns."""
    op.create_table(
        "retry_wait",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("until", sa.Date(), nullable=False),
    )
    op.create_table(
        "step_up",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("member_id", sa.String()),
        sa.Column("device_id", sa.String()),
    )
    op.create_index("ix_step_up_application_id", "step_up", ["application_id"])
    op.add_column("borrower", sa.Column("closed_at", MOMENT))
    op.add_column("contract", sa.Column("authorised_phone_sealed", sa.LargeBinary()))
    op.add_column("deletion_receipt", sa.Column("part", sa.String()))
