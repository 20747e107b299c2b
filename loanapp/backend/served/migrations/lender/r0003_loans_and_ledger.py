"""Loans, the ledger, and what members of staff did with a case."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT: Final = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    """Make these tables."""
    for make in (
        _ledger_entry,
        _ledger_head,
        _ledger_node,
        _deletion_receipt,
        _correction,
        _loan,
        _payout_approval,
        _staff_face_look,
        _staff_note,
        _hardship,
        _repayment,
    ):
        make()


def _ledger_entry() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("no", LONG, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("previous_sha256", sa.String(), nullable=False),
        sa.Column("leaf_sha256", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("application_id", sa.String()),
        sa.Column("borrower_id", sa.String()),
        sa.Column("actor", sa.String()),
        sa.Column("act", sa.String()),
        sa.Column("data", sa.JSON()),
        sa.Column("recipient", sa.String()),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    op.create_index("ix_ledger_entry_application_id", "ledger_entry", ["application_id"])
    op.create_index("ix_ledger_entry_borrower_id", "ledger_entry", ["borrower_id"])


def _ledger_head() -> None:
    op.create_table(
        "ledger_head",
        sa.Column("size", LONG, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("signed", sa.JSON(), nullable=False),
        sa.Column("stamp", sa.LargeBinary()),
        sa.Column("stamped_at", MOMENT),
    )


def _ledger_node() -> None:
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), primary_key=True),
        sa.Column("position", LONG, primary_key=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )


def _deletion_receipt() -> None:
    op.create_table(
        "deletion_receipt",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("finished_at", MOMENT),
    )
    op.create_index("ix_deletion_receipt_application_id", "deletion_receipt", ["application_id"])
    op.create_index("ix_deletion_receipt_borrower_id", "deletion_receipt", ["borrower_id"])


def _correction() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("after_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_correction_application_id", "correction", ["application_id"])


def _loan() -> None:
    op.create_table(
        "loan",
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("contract_number", sa.String(), nullable=False, unique=True),
        sa.Column("borrower_id", sa.String(), sa.ForeignKey("borrower.id"), nullable=False),
        sa.Column("principal", sa.String(20), nullable=False),
        sa.Column("disbursed_at", MOMENT, nullable=False),
        sa.Column("reference", sa.String(), nullable=False, unique=True),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("settlement_sealed", sa.LargeBinary()),
    )
    op.create_index("ix_loan_borrower_id", "loan", ["borrower_id"])


def _payout_approval() -> None:
    op.create_table(
        "payout_approval",
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("member_id", sa.String(), sa.ForeignKey("staff_member.id"), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )


def _staff_face_look() -> None:
    op.create_table(
        "staff_face_look",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("image", sa.String(20), nullable=False),
        sa.Column("asked_by", sa.String(), sa.ForeignKey("staff_member.id"), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.String(), sa.ForeignKey("staff_member.id")),
        sa.Column("answered_at", MOMENT),
        sa.Column("agreed", sa.Boolean()),
    )
    op.create_index("ix_staff_face_look_application_id", "staff_face_look", ["application_id"])


def _staff_note() -> None:
    op.create_table(
        "staff_note",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("application.id"), nullable=False),
        sa.Column("member_id", sa.String(), sa.ForeignKey("staff_member.id"), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_staff_note_application_id", "staff_note", ["application_id"])


def _hardship() -> None:
    op.create_table(
        "hardship",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("loan.application_id"), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("accepted_at", MOMENT),
        sa.Column("payments_before", sa.Integer()),
    )
    op.create_index("ix_hardship_application_id", "hardship", ["application_id"])


def _repayment() -> None:
    op.create_table(
        "repayment",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("application_id", sa.String(), sa.ForeignKey("loan.application_id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("choice", sa.String(40)),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("principal", sa.String(20), nullable=False),
        sa.Column("interest", sa.String(20), nullable=False),
        sa.Column("fees", sa.String(20), nullable=False),
        sa.Column("penalty", sa.String(20), nullable=False),
        sa.Column("amount", sa.String(20), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("paid_at", MOMENT),
        sa.Column("reference", sa.String(), unique=True),
    )
    op.create_index("ix_repayment_application_id", "repayment", ["application_id"])
