"""The heads of lenders' ledgers this computer has seen, and the leaves of the borrower's entries: no personal data.

It outlives a sign-out and the draft, because a lender that rewrites its history would wait for that. It is not secret,
so it is not encrypted: what it holds is what the lender signed, and hashes behind salts.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from loanapp.client.private_files import read_private, write_private
from loanapp.guard.ledger import KnownHistory

FILE_NAME: Final = "ledger_heads.json"
_LARGEST: Final = 16 * 1024 * 1024
_HEADS_KEPT: Final = 50
_PROOFS_KEPT: Final = 300


class LedgerMemory:
    """One file for all lenders; ``lender`` is the lender's licence. Raises ``LoanAppError`` with ``DISK_TROUBLE``."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME

    def known(self, lender: str, borrower_id: str) -> KnownHistory:
        """What is remembered; nothing before the first visit, or of a file nobody can read."""
        one = self._all().get(lender, {})
        try:
            heads, entries = one.get("heads", []), one.get("entries", {}).get(borrower_id, {})
            head = dict(heads[-1]) if heads else None
            return KnownHistory(head, {int(number): str(leaf) for number, leaf in entries.items()})
        except (AttributeError, KeyError, TypeError, ValueError):
            return KnownHistory()

    def remember(self, lender: str, borrower_id: str, history: KnownHistory) -> None:
        """Keep what was checked; the last fifty heads stay, to be shown to whoever doubts them."""
        whole = self._all()
        one = whole.setdefault(lender, {"heads": [], "entries": {}, "conflict": None})
        heads, entries = one.get("heads"), one.get("entries")
        heads = heads if isinstance(heads, list) else []
        if history.head is not None and history.head not in heads:
            heads = [*heads, dict(history.head)][-_HEADS_KEPT:]
        one["heads"], one["entries"] = heads, entries if isinstance(entries, dict) else {}
        one["entries"][borrower_id] = {str(number): leaf for number, leaf in history.leaves.items()}
        self._write(whole)

    def keep_conflict(
        self, lender: str, fault: str, answer: Mapping[str, Any], proofs: Sequence[Mapping[str, object]] = ()
    ) -> None:
        """Keep what a lender said that does not fit what it had said: evidence, beside the heads it contradicts.

        Of ``proofs``, the entries as they were told, only what is signed for stays: entry and path, never what it says.
        """
        whole = self._all()
        one = whole.setdefault(lender, {"heads": [], "entries": {}, "conflict": None})
        told = [{name: proof.get(name) for name in ("entry", "size", "path")} for proof in proofs]
        one["conflict"] = {"fault": fault, "answer": dict(answer), "entries": told[-_PROOFS_KEPT:]}
        self._write(whole)

    def evidence(self, lender: str) -> bytes:
        """Everything kept of a lender's heads and what contradicts them, as JSON to hand to others."""
        one = self._all().get(lender, {})
        shown = {"lender": lender, "heads": one.get("heads", []), "conflict": one.get("conflict")}
        return json.dumps(shown, ensure_ascii=False, indent=1).encode()

    def _all(self) -> dict[str, Any]:
        written = read_private(self._path, _LARGEST)
        if written is None:
            return {}
        try:
            found = json.loads(written)["lenders"]
            return {name: one for name, one in found.items() if isinstance(one, dict)}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}

    def _write(self, whole: dict[str, Any]) -> None:
        write_private(self._path, json.dumps({"lenders": whole}).encode())
