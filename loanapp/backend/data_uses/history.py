"""A borrower's own entries of the ledger, each with the proof that it stands under the head."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from loanapp.backend.data_uses.heads import current_head
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.ledger_tree import LedgerTree
from loanapp.backend.store.tables import Application, LedgerHead, LedgerRow

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class History:
    """A head, the proof that it only added to the head of ``seen`` entries, and own entries under it."""

    head: LedgerHead
    growth: list[str]
    entries: list[dict[str, Any]]
    more: bool


def own_history(services: Services, borrower_id: str, *, seen: int, after: int, size: int = 0) -> History:
    """Own entries with numbers above ``after``, at most :data:`PAGE`.

    ``seen`` is the size of a head the borrower holds; a size this ledger never had earns no proof. ``size`` is that of
    the head to prove them under; of a size no head was signed over, it is the newest.
    """
    newest = current_head(services)
    with services.database.read() as session:
        head = session.get(LedgerHead, size) or newest
        own = select(Application.id).where(Application.borrower_id == borrower_id)
        query = (
            select(LedgerRow)
            .where(
                or_(LedgerRow.application_id.in_(own), LedgerRow.borrower_id == borrower_id),
                LedgerRow.no > after,
                LedgerRow.no <= head.size,
            )
            .order_by(LedgerRow.no)
            .limit(PAGE + 1)
        )
        rows = list(session.scalars(query))
        tree = LedgerTree(session)
        growth = tree.consistency(seen, head.size) if 0 < seen <= head.size else []
        return History(head, growth, _proofs(tree, rows[:PAGE], head.size), len(rows) > PAGE)


def proofs_of(session: Session, application_id: str, head: LedgerHead) -> list[dict[str, Any]]:
    """Every entry of an application under ``head``, as :mod:`loanapp.proof.ledger_proof` describes proofs."""
    query = select(LedgerRow).where(LedgerRow.application_id == application_id, LedgerRow.no <= head.size)
    return _proofs(LedgerTree(session), list(session.scalars(query.order_by(LedgerRow.no))), head.size)


def _proofs(tree: LedgerTree, rows: list[LedgerRow], size: int) -> list[dict[str, Any]]:
    return [
        {
            "entry": ledger.public_entry(row),
            "content": ledger.content(row),
            "salt": row.salt.hex() if row.salt is not None else None,
            "size": size,
            "path": tree.inclusion(row.no - 1, size),
        }
        for row in rows
    ]
