"""The signed word that something was deleted, of an application or a part of it; its row is the timer of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from loanapp.backend.data_uses.heads import sign_head, written_head
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.ledger import Actor
from loanapp.backend.store.tables import Application, DeletionReceipt
from loanapp.proof.signed_message import sign_message


def note_deletion(
    services: Services,
    session: Session,
    application: Application,
    *,
    part: str | None,
    reason: str,
    items: Sequence[str],
    now: datetime,
    actor: Actor = "lender",
) -> dict[str, Any]:
    """Write the ledger's entry and the signed receipt of a deletion, in the caller's transaction; the receipt.

    ``part``: what of the application goes, ``None`` for all of it. ``items``: ids of ``data_items.toml``. The receipt
    stays unfinished until no byte is left on the disk (:func:`loanapp.backend.data_uses.erasure.finish_erasure`).
    """
    detail = {"what": part or "application", "reason": reason}
    ledger.append(session, now, "deletion", application.id, detail, actor=actor)
    receipt = sign_message(
        services.keys.message,
        {
            "type": "deletion_receipt",
            "receipt_id": str(uuid.uuid4()),
            "application_id": application.id,
            "number": application.number,
            "reason": reason,
            "items": list(items),
            "at": now.isoformat(),
            "ledger_head": written_head(sign_head(services, session)),
        },
    )
    session.add(
        DeletionReceipt(
            id=str(receipt["receipt_id"]),
            borrower_id=application.borrower_id,
            application_id=application.id,
            at=now,
            receipt=receipt,
            part=part,
        )
    )
    session.flush()
    return receipt


def erased_applications() -> Select[str]:
    """The ids of applications of which everything was deleted."""
    return select(DeletionReceipt.application_id).where(DeletionReceipt.part.is_(None))


def receipts_of(session: Session, borrower_id: str) -> list[dict[str, Any]]:
    """Every deletion receipt of a borrower, oldest first."""
    query = select(DeletionReceipt).where(DeletionReceipt.borrower_id == borrower_id)
    return [row.receipt for row in session.scalars(query.order_by(DeletionReceipt.at))]


def receipt_of(session: Session, application_id: str) -> dict[str, Any] | None:
    """The receipt of an application's whole deletion, once there is one."""
    query = select(DeletionReceipt).where(
        DeletionReceipt.application_id == application_id, DeletionReceipt.part.is_(None)
    )
    row = session.scalars(query).first()
    return row.receipt if row is not None else None
