"""The Merkle tree over the ledger, one row for each complete subtree; proofs read some forty of them."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from loanapp.backend.store.tables import LedgerNode, table_of
from loanapp.proof import merkle

_NODES: Final = table_of(LedgerNode)
_NODE: Final = select(_NODES.c.hash).where(
    _NODES.c.level == bindparam("at_level"), _NODES.c.position == bindparam("at_position")
)
_ADDING: Final = insert(_NODES)


class LedgerTree:
    """The tree as one session sees it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[tuple[int, int], bytes] = {}

    def grow(self, size: int, leaves: Iterable[str]) -> int:
        """Add leaves (hexadecimal) to a tree of ``size``; the new size."""
        rows = []
        for leaf in leaves:
            for level, position, value in merkle.grow(size, bytes.fromhex(leaf), self._node):
                self._read[level, position] = value
                rows.append({"level": level, "position": position, "hash": value})
            size += 1
        if rows:
            self._session.connection().execute(_ADDING, rows)
        return size

    def root(self, size: int) -> str:
        """The root over the first ``size`` leaves, in hexadecimal digits."""
        return merkle.root(size, self._node).hex()

    def inclusion(self, index: int, size: int) -> list[str]:
        """The proof that leaf ``index`` (from 0) is one of ``size``."""
        return [value.hex() for value in merkle.inclusion(index, size, self._node)]

    def consistency(self, first: int, second: int) -> list[str]:
        """The proof that a tree of ``second`` began with one of ``first``."""
        return [value.hex() for value in merkle.consistency(first, second, self._node)]

    def _node(self, level: int, position: int) -> bytes:
        found = self._read.get((level, position))
        if found is None:
            place = {"at_level": level, "at_position": position}
            found = self._read[level, position] = self._session.connection().execute(_NODE, place).scalar_one()
        return found
