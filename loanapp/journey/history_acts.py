"""Who used my data: asked of the lender, and held against every head this computer has seen."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from loanapp.client.data_uses import DataUse, HistoryPage
from loanapp.client.ledger_memory import LedgerMemory
from loanapp.domain.status import ERASABLE
from loanapp.guard.ledger import check_history
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.core import JourneyCore

_README: Final = """data.json      放款机构保存的关于您的全部信息 / everything the lender holds about you
receipts.json  您的授权凭证和删除凭证，由放款机构签名 / your consent and deletion receipts, signed by the lender

JSON, UTF-8. 金额为元，时间带时区。Amounts in yuan, times with their zone.
"""


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

    def copy_of_my_data(self) -> bytes:
        """A zip of everything the lender holds about the borrower, as documented JSON, with the receipts kept here."""

        def work() -> bytes:
            held = self.client.my_data()
            with self._lock:
                own = {**self.draft.receipts, **self.draft.deletions}
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("data.json", json.dumps(held, ensure_ascii=False, indent=1))
                archive.writestr("receipts.json", f"[{','.join(own.values())}]")
                archive.writestr("README.txt", _README)
            return packed.getvalue()

        return self._guarded(work)

    def may_erase(self) -> bool:
        """Whether the application at hand may be deleted: nothing was lent, and nobody works on it."""
        with self._lock:
            return self.application is not None and self.application.status in ERASABLE

    def erase_application(self) -> None:
        """Have the application's data deleted; the signed receipt is checked and kept.

        Raises :class:`LoanAppError` with ``NOT_ALLOWED_NOW`` where it is being worked on, or law keeps it.
        """

        def work() -> None:
            application_id = self._application_id()
            receipt = self.client.erase(application_id, self._profile().message_public_key)
            with self._lock:
                self.draft.deletions[str(receipt["receipt_id"])] = json.dumps(dict(receipt), ensure_ascii=False)
                self.draft.values, self.draft.readings = {}, {}
            self._looked(self.client.application(application_id))
            self._save()

        self._guarded(work)

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
