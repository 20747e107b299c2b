"""Where applications came from, as keyed digests, and photographs by what they look like."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"

MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Make these tables."""
    op.create_table(
        "application_origin",
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("computer_index", sa.String(), nullable=False),
        sa.Column("network_index", sa.String()),
    )
    for name in ("at", "computer_index", "network_index"):
        op.create_index(f"ix_application_origin_{name}", "application_origin", [name])
    op.create_table(
        "photo_band",
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("bits", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_photo_band_bits", "photo_band", ["bits"])
