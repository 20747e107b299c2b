"""What a restored lender has to erase again: it was erased after the copy was made, and must not come back to life.

The list lies in the data folder from before the copy does, and goes when all of it is done.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from loanapp.backend.data_uses.deletion_receipts import receipt_of
from loanapp.backend.data_uses.erasure import erase, finish_erasure
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.refusal import RefusedError
from loanapp.backend.rights.account import close_account
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, Borrower

log = logging.getLogger(__name__)

_FILE: Final = "erase_again.json"


@dataclass(frozen=True, slots=True)
class Gone:
    """Ids of applications of which everything was erased, and of borrowers who closed their accounts."""

    applications: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def __or__(self, other: "Gone") -> "Gone":
        """Both together."""
        return Gone(self.applications | other.applications, self.accounts | other.accounts)

    def __sub__(self, other: "Gone") -> "Gone":
        """Those ``other`` has not."""
        return Gone(self.applications - other.applications, self.accounts - other.accounts)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.applications or self.accounts)

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps({"applications": sorted(self.applications), "accounts": sorted(self.accounts)})

    @classmethod
    def from_text(cls, text: str) -> "Gone":
        """Read what :meth:`to_text` wrote; raises :class:`ValueError`."""
        said = json.loads(text)
        if not isinstance(said, dict):
            raise ValueError("no list of what was erased")  # noqa: TRY004 - as of other bytes that are none
        return cls(_ids(said.get("applications", ())), _ids(said.get("accounts", ())))


def _ids(said: Iterable[object]) -> frozenset[str]:
    return frozenset(str(one) for one in said)


def write_list(folder: LenderFolder, gone: Gone) -> None:
    """Have the next start erase these; no list for none."""
    path = folder.root / _FILE
    if gone:
        folder.write_private(path, gone.to_text().encode())
    else:
        path.unlink(missing_ok=True)


def to_erase_again(folder: LenderFolder) -> Gone:
    """What is still to be erased."""
    path = folder.root / _FILE
    return Gone.from_text(path.read_text("utf-8")) if path.exists() else Gone()


def erase_again(services: Services, folder: LenderFolder) -> None:
    """Work the list off. An account whose loan is open in the restored records stays on it until that is repaid."""
    gone = to_erase_again(folder)
    if not gone:
        return
    for application_id in sorted(gone.applications):
        with services.database.write() as session:
            application = session.get(Application, application_id)
            if application is not None and receipt_of(session, application_id) is None:
                erase(services, session, application, "restored")
        finish_erasure(services, application_id)
    left = frozenset(one for one in gone.accounts if not _closed(services, one))
    write_list(folder, Gone(accounts=left))
    log.info("what had been erased since the restored copy is erased again")


def _closed(services: Services, borrower_id: str) -> bool:
    with services.database.read() as session:
        borrower = session.get(Borrower, borrower_id)
        if borrower is None or borrower.closed_at is not None:
            return True
    try:
        close_account(services, borrower_id)
    except RefusedError:
        log.warning("an account that had been closed has an open loan in the restored records: it is closed later")
        return False
    return True
