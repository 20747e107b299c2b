"""One borrower on the road with a lender that may be killed under them, and a program that may be started again."""

import sqlite3
import threading
from pathlib import Path

from loanapp.client.drafts import FILE_NAME
from loanapp.client.endpoint import EmbeddedEndpoint
from loanapp.client.errors import LenderTroubleError, LenderUnreachableError
from loanapp.client.secrets import MemorySecrets
from loanapp.client.transport import RetryPolicy
from loanapp.demonstration.identities import find_identity
from loanapp.journey.journey import Journey
from loanapp.journey.pages import Page
from tests.end_to_end.lender_process import LenderProcess
from tests.end_to_end.scripted_borrower import ScriptedBorrower

AT_ONCE = RetryPolicy(attempts=1)


class LastingSecrets(MemorySecrets):
    """What a credential store is to two starts of the program."""

    durable = True


def payments(lender: LenderProcess) -> list[tuple[str, str]]:
    """Every payment of the simulated bank: amount and last four digits of the card."""
    bank = sqlite3.connect(f"file:{lender.data / 'simulated_bank.sqlite'}?mode=ro", uri=True)
    try:
        return [(str(amount), last4) for amount, last4 in bank.execute("SELECT amount, card_last4 FROM payment")]
    finally:
        bank.close()


class Road:
    """Where one borrower stands; every start of the program is a new journey over the same folder and secrets."""

    def __init__(
        self,
        folder: Path,
        identity: str = "approved",
        *,
        manual: bool = False,
        lender: LenderProcess | None = None,
    ) -> None:
        self.home = folder
        self.shared = lender is not None
        self.lender = lender or LenderProcess(folder / "lender")
        if not self.shared:
            self.lender.start()
        self.secrets = LastingSecrets()
        self.identity = find_identity(identity)
        self.manual = manual
        self.journey: Journey | None = None
        self.borrower: ScriptedBorrower | None = None
        self.start_program()

    def start_program(self, *, retries: RetryPolicy | None = None) -> Page:
        """Start the program (again); returns the page it comes back to."""
        if self.journey is not None:
            self.journey.close()
        self.journey = Journey(EmbeddedEndpoint(self.lender.data), self.home, lambda: self.secrets, retries=retries)
        opened_at = self.borrower.disclosure_opened_at if self.borrower else None
        self.borrower = ScriptedBorrower(self.journey, self.identity, manual=self.manual)
        self.borrower.disclosure_opened_at = opened_at
        return self.journey.resume()

    def act_while_the_lender_dies(self, page: Page, after_s: float, *, patient: bool) -> Page:
        """Do what ``page`` asks for while the lender is killed and started again; returns where that leads.

        A patient program waits for the lender to come back by itself; an impatient one fails, is started again, and
        must come back either to the page or to the one after it.
        """
        self.start_program(retries=None if patient else AT_ONCE)
        accident = threading.Timer(after_s, self._accident)
        accident.start()
        try:
            self.borrower.act(page)
        except (LenderUnreachableError, LenderTroubleError):
            assert not patient, "a patient program outlasts a restart of the lender"
        finally:
            accident.join()
        following = self.start_program()
        return self.borrower.act(page) if following is page else following

    def payments(self) -> list[tuple[str, str]]:
        """What the simulated bank has paid."""
        return payments(self.lender)

    def close(self) -> None:
        """End the program, and the lender where it is this road's own."""
        self.journey.close()
        if not self.shared:
            self.lender.stop()

    def _accident(self) -> None:
        self.lender.kill()
        self.lender.start()

    @property
    def draft_file(self) -> Path:
        """The encrypted draft."""
        return self.home / FILE_NAME
