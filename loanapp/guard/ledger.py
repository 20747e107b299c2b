"""Whether the lender's ledger is still the one this computer has seen: nothing dropped, edited, reordered or forked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from loanapp.domain.errors import ErrorCode
from loanapp.guard.refusal import GuardRefusal


@dataclass
class KnownHistory:
    """What this computer remembers of one lender's ledger: the newest signed head, and own entries by their number."""

    head: Mapping[str, object] | None = None
    leaves: dict[int, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many entries the head covers; 0 before the first visit."""
        size = self.head.get("size") if self.head is not None else 0
        return size if isinstance(size, int) else 0


class ToldEntry(Protocol):
    """An entry as the lender tells it, with its proof."""

    @property
    def no(self) -> int:
        """Its number, from 1."""
        ...

    @property
    def proof(self) -> Mapping[str, object]:
        """As :mod:`loanapp.proof.ledger_proof` describes it."""
        ...


def check_history(
    known: KnownHistory,
    head: Mapping[str, object],
    growth: Sequence[str],
    entries: Iterable[ToldEntry],
    public_key: bytes,
) -> KnownHistory:
    """Hold what the lender tells now against what is known; what is known from now on.

    ``entries`` are all of the borrower's. Raises :class:`GuardRefusal` with ``GUARD_LEDGER_REWRITTEN``; its ``what`` is
    a :class:`~loanapp.proof.ledger_proof.LedgerFault`.
    """
    from loanapp.proof.ledger_proof import LedgerProofError  # noqa: PLC0415  (cryptography)

    try:
        return _held_against(known, head, growth, entries, public_key)
    except LedgerProofError as error:
        raise GuardRefusal(ErrorCode.GUARD_LEDGER_REWRITTEN, error.fault.value) from None


def _held_against(
    known: KnownHistory,
    head: Mapping[str, object],
    growth: Sequence[str],
    entries: Iterable[ToldEntry],
    public_key: bytes,
) -> KnownHistory:
    from loanapp.proof.ledger_proof import (  # noqa: PLC0415
        LedgerFault,
        LedgerProofError,
        check_entry,
        check_growth,
        check_head,
    )

    newer = check_head(head, public_key)
    if known.head is not None:
        check_growth(check_head(known.head, public_key), newer, growth)
    leaves: dict[int, str] = {}
    for entry in entries:
        if entry.no <= max(leaves, default=0):
            raise LedgerProofError(LedgerFault.REORDERED)
        leaves[entry.no] = check_entry(entry.proof, newer)
    told = set(leaves.values())
    for number, leaf in known.leaves.items():
        if leaves.get(number) == leaf:
            continue
        if leaf in told:
            raise LedgerProofError(LedgerFault.REORDERED)
        raise LedgerProofError(LedgerFault.EDITED if number in leaves else LedgerFault.DROPPED)
    return KnownHistory(head, leaves)
