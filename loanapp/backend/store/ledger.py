"""The append-only ledger: who did what and when, each entry chained to the one before and committed with the act."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.store.tables import LedgerRow
from loanapp.proof.canonical_json import canonical_sha256

LedgerKind = Literal["consent", "check", "access", "decision", "signature", "payout", "repayment", "deletion", "status"]
Actor = Literal["borrower", "lender", "simulated_reviewer", "simulated_clerk"]

GENESIS: Final = "0" * 64


def append(
    session: Session,
    at: datetime,
    kind: LedgerKind,
    application_id: str | None,
    detail: Mapping[str, object],
    *,
    actor: Actor = "lender",
) -> str:
    """Add an entry in the caller's transaction and return its SHA-256.

    ``detail`` holds facts and digests, never personal data: entries outlive every deletion.
    """
    last = session.scalars(select(LedgerRow).order_by(LedgerRow.no.desc()).limit(1)).first()
    no = last.no + 1 if last else 1
    previous = last.entry_sha256 if last else GENESIS
    row = LedgerRow(
        no=no,
        at=at,
        kind=kind,
        application_id=application_id,
        actor=actor,
        detail=dict(detail),
        previous_sha256=previous,
        entry_sha256="",
    )
    row.entry_sha256 = entry_digest(row)
    session.add(row)
    session.flush()
    return row.entry_sha256


def entry_digest(row: LedgerRow) -> str:
    """What ``entry_sha256`` must be: SHA-256 of the canonical JSON of every other column."""
    return canonical_sha256(
        {
            "no": row.no,
            "at": row.at.isoformat(),
            "kind": row.kind,
            "application_id": row.application_id,
            "actor": row.actor,
            "detail": row.detail,
            "previous": row.previous_sha256,
        }
    )


def first_broken(session: Session) -> int | None:
    """The number of the first entry that was changed, removed or reordered; ``None`` when the chain holds."""
    previous, expected = GENESIS, 1
    for row in session.scalars(select(LedgerRow).order_by(LedgerRow.no)):
        if row.no != expected or row.previous_sha256 != previous or row.entry_sha256 != entry_digest(row):
            return expected
        previous, expected = row.entry_sha256, expected + 1
    return None


def head(session: Session) -> str:
    """The SHA-256 of the newest entry: who holds it can prove that nothing before it was changed."""
    newest = session.scalars(select(LedgerRow.entry_sha256).order_by(LedgerRow.no.desc()).limit(1)).first()
    return newest or GENESIS
