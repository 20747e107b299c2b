"""The append-only ledger: who did what with which data and when, each entry chained and committed with the act.

What everybody may see of an entry, and what hides behind its salt, is told in :mod:`loanapp.proof.ledger_proof`.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.orm import Session

from loanapp.backend.store.tables import LedgerRow, table_of
from loanapp.proof.ledger_proof import GENESIS, SALT_BYTES, commitment, entry_of, leaf_of
from loanapp.resource_files import read_toml

LedgerKind = Literal[
    "consent",
    "check",
    "access",
    "share",
    "decision",
    "signature",
    "payout",
    "repayment",
    "deletion",
    "status",
    "right",
]
Actor = Literal["borrower", "lender", "simulated_reviewer", "simulated_clerk", "staff"]

# What the detail of each kind calls the thing that was done.
_NAMES: Final = ("check", "scope", "status", "what")

# Made once and run below the object mapper: an entry is added with nearly every act, and must cost next to nothing.
_TABLE: Final = table_of(LedgerRow)
_NEWEST: Final = select(_TABLE.c.no, _TABLE.c.leaf_sha256).order_by(_TABLE.c.no.desc()).limit(1)
_ADDING: Final = insert(_TABLE)


def append(
    session: Session,
    at: datetime,
    kind: LedgerKind,
    application_id: str | None,
    detail: Mapping[str, object],
    *,
    actor: Actor = "lender",
    borrower_id: str | None = None,
) -> str:
    """Add an entry in the caller's transaction and return its leaf (SHA-256).

    ``detail`` holds facts and digests, never personal data. Which data were used and who received them follows from the
    act (``resources/policy/data_uses.toml``). ``borrower_id`` is for acts that belong to no application.
    """
    connection = session.connection()
    last = connection.execute(_NEWEST).one_or_none()
    no, previous = (last.no + 1, last.leaf_sha256) if last else (1, GENESIS)
    act = act_of(kind, detail)
    use = uses().get(act, {})
    private = {
        "application_id": application_id,
        "borrower_id": borrower_id,
        "actor": actor,
        "act": act,
        "data": list(use.get("data", ())),
        "recipient": str(use.get("recipient", "lender")),
        "detail": dict(detail),
    }
    salt = secrets.token_bytes(SALT_BYTES)
    committed = commitment(salt, private)
    leaf = leaf_of(entry_of(no, written(at), kind, committed, previous))
    public = {"no": no, "at": at, "kind": kind, "commitment": committed}
    chain = {"previous_sha256": previous, "leaf_sha256": leaf}
    connection.execute(_ADDING, {**public, **chain, "salt": salt, **private})
    return leaf


def stands(session: Session, kind: LedgerKind, application_id: str, detail: Mapping[str, object]) -> bool:
    """Whether this application has an entry of exactly this kind and ``detail``."""
    query = select(_TABLE.c.detail).where(
        _TABLE.c.application_id == application_id, _TABLE.c.act == act_of(kind, detail)
    )
    return dict(detail) in session.connection().execute(query).scalars().all()


def uses() -> Mapping[str, Mapping[str, Any]]:
    """For each act the data it uses and who receives them."""
    acts: Mapping[str, Mapping[str, Any]] = read_toml("policy", "data_uses.toml")["acts"]
    return acts


def act_of(kind: str, detail: Mapping[str, object]) -> str:
    """The act's name, such as ``check.card_four_elements``."""
    return ".".join([kind, *(str(detail[name]) for name in _NAMES if name in detail)][:2])


def written(at: datetime) -> str:
    """A moment as entries write it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def public_entry(row: Row[Any] | LedgerRow) -> dict[str, Any]:
    """What everybody may see of an entry."""
    return entry_of(row.no, written(row.at), row.kind, row.commitment, row.previous_sha256)


def content(row: Row[Any] | LedgerRow) -> dict[str, Any] | None:
    """What an entry commits to; ``None`` once it was made anonymous."""
    if row.salt is None:
        return None
    return {
        "application_id": row.application_id,
        "borrower_id": row.borrower_id,
        "actor": row.actor,
        "act": row.act,
        "data": row.data,
        "recipient": row.recipient,
        "detail": row.detail,
    }


def holds(row: Row[Any] | LedgerRow, no: int, previous: str) -> bool:
    """Whether an entry is number ``no``, follows ``previous`` and says what it committed to."""
    inside = content(row)
    return (
        row.no == no
        and row.previous_sha256 == previous
        and row.leaf_sha256 == leaf_of(public_entry(row))
        and (inside is None or row.salt is None or commitment(row.salt, inside) == row.commitment)
    )


def first_broken(session: Session) -> int | None:
    """The number of the first entry that was changed, removed or reordered; ``None`` when the chain holds."""
    previous, expected = GENESIS, 1
    for row in session.scalars(select(LedgerRow).order_by(LedgerRow.no)):
        if not holds(row, expected, previous):
            return expected
        previous, expected = row.leaf_sha256, expected + 1
    return None


def make_anonymous(session: Session, borrower_id: str, applications: Collection[str]) -> None:
    """Destroy what a person's entries say, with their salts: the history stays whole, the person does not (decision 5).

    Only for whoever leaves: their program would miss its own entries.
    """
    theirs = or_(LedgerRow.borrower_id == borrower_id, LedgerRow.application_id.in_(applications))
    session.execute(
        update(LedgerRow)
        .where(theirs)
        .values(
            salt=None, application_id=None, borrower_id=None, actor=None, act=None, data=None, recipient=None, detail={}
        )
    )
