"""Who used my data: asked of the lender, and held against every head this computer has seen."""

from dataclasses import dataclass
from datetime import datetime

from loanapp.client.data_uses import DataUse, HistoryPage
from loanapp.client.ledger_memory import LedgerMemory
from loanapp.guard.ledger import check_history
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.core import JourneyCore


@dataclass(frozen=True, slots=True)
class CheckedHistory:
    """Every use of the borrower's data, oldest first, under a head that fits all heads seen before."""

    uses: tuple[DataUse, ...]
    size: int
    root: str
    stamped_at: datetime | None


class HistoryActs(JourneyCore):
    """Looking at one's own history."""

    def data_uses(self) -> CheckedHistory:
        """Every use of the borrower's data, checked.

        Raises :class:`GuardRefusal` with ``GUARD_LEDGER_REWRITTEN`` when the history is not the one seen before; what
        was said is then kept as evidence (:meth:`ledger_evidence`).
        """
        return self._guarded(self._checked_history)

    def ledger_evidence(self) -> bytes:
        """The signed heads this computer has kept, and what contradicts them, as a file to hand to others."""
        return LedgerMemory(self._home).evidence(self._profile().licence)

    def _checked_history(self) -> CheckedHistory:
        profile, memory, borrower = self._profile(), LedgerMemory(self._home), self.draft.borrower_id
        known = memory.known(profile.licence, borrower)
        page = self._first_page(known.size)
        uses = list(page.uses)
        while page.more and page.uses:
            following = self.client.data_uses(seen=known.size, after=page.uses[-1].no)
            if following.head != page.head:  # an act of ours came between: begin anew under the newer head
                following = self._first_page(known.size)
                uses = []
            page = following
            uses.extend(page.uses)
        try:
            checked = check_history(known, page.head, page.growth, uses, profile.message_public_key)
        except GuardRefusal as refusal:
            memory.keep_conflict(profile.licence, refusal.what, {"head": page.head, "growth": list(page.growth)})
            raise
        memory.remember(profile.licence, borrower, checked)
        return CheckedHistory(tuple(uses), checked.size, str(page.head.get("root", "")), page.stamped_at)

    def _first_page(self, seen: int) -> HistoryPage:
        return self.client.data_uses(seen=seen, after=0)
