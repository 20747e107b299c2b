"""Who used my data: asked of the lender, and held against every head this computer has seen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from loanapp.client.corrections import Corrections
from loanapp.client.data_uses import DataUse
from loanapp.client.ledger_memory import LedgerMemory
from loanapp.client.rights import RightRequest
from loanapp.domain.rights import RightKind
from loanapp.domain.status import CLOSABLE, ERASABLE, ApplicationStatus
from loanapp.guard.ledger import check_history
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.core import JourneyCore
from loanapp.journey.data_copy import packed_copy


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

    def copy_of_my_data(self, readme: str) -> bytes:
        """A zip of everything the lender holds about the borrower, with the receipts kept here.

        ``data.json`` is documented JSON; pictures and contracts are files beside it; ``readme`` says what is what.
        """

        def work() -> bytes:
            held = self.client.my_data()
            with self._lock:
                own = {**self.draft.receipts, **self.draft.deletions}
            return packed_copy(held, list(own.values()), readme)

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

    def my_requests(self) -> tuple[RightRequest, ...]:
        """What the borrower has asked the lender about their data, the newest first."""
        return self._guarded(self.client.rights_requests)

    def ask_about_my_data(self, request_id: str, kind: RightKind, text: str) -> tuple[RightRequest, ...]:
        """Ask; under the same id it is asked once. Raises :class:`LoanAppError` with ``TOO_MANY_ATTEMPTS``."""
        return self._guarded(lambda: self.client.ask_right(request_id, kind, text))

    def my_corrections(self) -> Corrections | None:
        """What of the application at hand can be corrected at once; ``None`` in a draft, or without one."""
        with self._lock:
            application = self.application
        if application is None or application.status is ApplicationStatus.DRAFT:
            return None
        return self._guarded(lambda: self.client.corrections(application.id))

    def correct_my_data(self, changed: Mapping[str, str]) -> Corrections:
        """Correct these fields at once; nothing else is sent.

        Raises :class:`LoanAppError` with ``NOT_ALLOWED_NOW`` where a check has come to depend on one meanwhile.
        """

        def work() -> Corrections:
            application_id = self._application_id()
            corrections = self.client.correct(application_id, changed)
            self._looked(self.client.application(application_id))
            return corrections

        return self._guarded(work)

    def may_close_account(self) -> bool:
        """Whether the account can be closed now: nothing is owed, and nobody works on an application."""
        with self._lock:
            return self.application is None or self.application.status in CLOSABLE

    def _closed_at_the_lender(self) -> None:
        """Have the account closed; the signed receipts are kept."""

        def work() -> None:
            receipts = self.client.close_account(self._profile().message_public_key)
            with self._lock:
                for receipt in receipts:
                    self.draft.deletions[str(receipt["receipt_id"])] = json.dumps(dict(receipt), ensure_ascii=False)

        self._guarded(work)

    def ledger_evidence(self) -> bytes:
        """The signed heads this computer has kept, and what contradicts them, as a file to hand to others."""
        return LedgerMemory(self._home).evidence(self._profile().licence)

    def _checked_history(self) -> CheckedHistory:
        profile, memory, borrower = self._profile(), LedgerMemory(self._home), self.draft.borrower_id
        known = memory.known(profile.licence, borrower)
        first = page = self.client.data_uses(seen=known.size, after=0)
        uses = list(page.uses)
        while page.more and page.uses:
            page = self.client.data_uses(seen=known.size, after=page.uses[-1].no, size=first.size)
            uses.extend(page.uses)
        try:
            checked = check_history(known, first.head, first.growth, uses, profile.message_public_key)
        except GuardRefusal as refusal:
            said = {"head": first.head, "growth": list(first.growth), "known": known.leaves}
            memory.keep_conflict(profile.licence, refusal.what, said, [use.proof for use in uses])
            raise
        memory.remember(profile.licence, borrower, checked)
        return CheckedHistory(tuple(uses), checked.size, str(first.head.get("root", "")), first.stamped_at)
