"""The one sequencer takes committed entries into the tree and signs the head; the stamper has time certified for it.

A head is signed within a second of an entry (design decision 5) or as soon as somebody asks for one; time is certified
each minute and before each contract is signed.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from loanapp.backend.repeating import Repeating
from loanapp.backend.services import Services
from loanapp.backend.signing.time import time_authority
from loanapp.backend.store import ledger
from loanapp.backend.store.ledger_tree import LedgerTree
from loanapp.backend.store.tables import LedgerHead, LedgerRow, table_of
from loanapp.proof.canonical_json import canonical
from loanapp.proof.ledger_proof import GENESIS, head_message
from loanapp.proof.signed_message import sign_message

_LOOK_EVERY_S: Final = 0.5
# Made once and run below the object mapper: each entry comes through here.
_NEW_ENTRIES: Final = select(table_of(LedgerRow)).where(LedgerRow.no > bindparam("covered")).order_by(LedgerRow.no)
_STAMP_EVERY: Final = timedelta(minutes=1)


class LedgerBrokenError(RuntimeError):
    """The lender's own ledger was changed behind its back: no head is signed over it."""


def newest_head(session: Session) -> LedgerHead | None:
    """The newest head that was signed."""
    return session.scalars(select(LedgerHead).order_by(LedgerHead.size.desc()).limit(1)).first()


def sign_head(services: Services, session: Session) -> LedgerHead:
    """Take new entries into the tree and sign the head over them, in the caller's writing transaction.

    Raises :class:`LedgerBrokenError` when a new entry does not hold or does not follow the last.
    """
    before = newest_head(session)
    size, previous = (before.size, str(before.signed["leaf"])) if before else (0, GENESIS)
    leaves: list[str] = []
    for row in session.connection().execute(_NEW_ENTRIES, {"covered": size}):
        if not ledger.holds(row, size + len(leaves) + 1, previous):
            raise LedgerBrokenError(f"entry {size + len(leaves) + 1} does not hold")
        previous = row.leaf_sha256
        leaves.append(previous)
    if before is not None and not leaves:
        return before
    tree, now = LedgerTree(session), services.clock.now()
    size = tree.grow(size, leaves)
    said = head_message(size, tree.root(size), previous, ledger.written(now))
    head = LedgerHead(size=size, at=now, signed=sign_message(services.keys.message, said))
    session.add(head)
    session.flush()
    return head


def written_head(head: LedgerHead) -> str:
    """How contracts and receipts name a head: how many entries, and the root over them."""
    return f"{head.size}:{head.signed['root']}"


def current_head(services: Services) -> LedgerHead:
    """The head over everything committed so far."""
    with services.database.read() as session:
        head, newest = newest_head(session), session.scalar(select(func.max(LedgerRow.no))) or 0
    if head is not None and head.size == newest:
        return head
    with services.database.write() as session:
        return sign_head(services, session)


def stamp_head(services: Services) -> LedgerHead:
    """The head over everything so far, with its time certified (RFC 3161)."""
    head = current_head(services)
    if head.stamp is None:
        now = services.clock.now()
        token = _token(services, head.signed)
        with services.database.write() as session:
            head = session.get_one(LedgerHead, head.size)
            head.stamp, head.stamped_at = token, now
    return head


def stamp_is_due(services: Services) -> bool:
    """Whether entries have come since time was last certified, and that is a minute ago."""
    with services.database.read() as session:
        head = newest_head(session)
        last = session.scalar(select(func.max(LedgerHead.stamped_at)))
    return head is not None and head.stamp is None and (last is None or services.clock.now() - last >= _STAMP_EVERY)


def _token(services: Services, signed: Mapping[str, object]) -> bytes:
    return time_authority(services).token_over(sha256(canonical(signed)).digest())


def sequencer(services: Services) -> Repeating:
    """Looks twice a second for entries that no head covers yet; over a broken ledger no head is signed any more."""
    return Repeating("ledger-sequencer", _LOOK_EVERY_S, lambda: current_head(services), fatal=LedgerBrokenError)


def stamper(services: Services) -> Repeating:
    """Has time certified when it is due, beside the sequencer: a slow authority keeps no entry from being covered."""

    def stamp() -> None:
        if stamp_is_due(services):
            stamp_head(services)

    return Repeating("ledger-stamper", _LOOK_EVERY_S, stamp, fatal=LedgerBrokenError)
