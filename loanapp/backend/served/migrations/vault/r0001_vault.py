"""The vault's items and keys."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Make these tables."""
    for make in (_vault_discarded_key, _vault_item, _vault_key):
        make()


def _vault_discarded_key() -> None:
    op.create_table(
        "vault_discarded_key",
        sa.Column("id", sa.String(40), primary_key=True),
    )


def _vault_item() -> None:
    op.create_table(
        "vault_item",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("key_id", sa.String(40)),
    )
    op.create_index("ix_vault_item_owner", "vault_item", ["owner"])


def _vault_key() -> None:
    op.create_table(
        "vault_key",
        sa.Column("no", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(40), nullable=False, unique=True),
        sa.Column("made_at", MOMENT),
        sa.Column("proof", sa.LargeBinary()),
    )
