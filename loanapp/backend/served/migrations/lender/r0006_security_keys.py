"""FIDO2 security keys beside the authenticator."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"

MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")
LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make these tables."""
    op.create_table(
        "security_key",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("counter", LONG, nullable=False),
        sa.Column("label_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_index("ix_security_key_borrower_id", "security_key", ["borrower_id"])
    op.create_table(
        "security_key_challenge",
        sa.Column("id_sha256", sa.String(), primary_key=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_index("ix_security_key_challenge_borrower_id", "security_key_challenge", ["borrower_id"])
    op.create_index("ix_security_key_challenge_expires_at", "security_key_challenge", ["expires_at"])
