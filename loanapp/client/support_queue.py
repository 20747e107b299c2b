"""Questions to support on this computer: those that wait for the lender to be reachable, and the numbers of those sent.

What is kept of a question is what the borrower was shown, persons taken out; once it was sent only its number is.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from loanapp.client.private_files import read_private, remove, write_private
from loanapp.client.reading import JsonObject
from loanapp.domain.errors import ErrorCode, LoanAppError

if TYPE_CHECKING:
    from loanapp.client.lender_client import LenderClient

FOR_GOOD: Final = frozenset({ErrorCode.INPUT_INVALID, ErrorCode.NOT_FOUND})
"""Refusals that no waiting mends: the text, or a lender that takes no questions this way."""
_FILE: Final = "support.json"
_LIMIT: Final = 1024 * 1024
# More are not read by anybody; the oldest number goes first.
_MOST_SENT: Final = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """A question the lender has: its number, and when it will be answered."""

    number: str
    received_at: datetime
    answer_by: datetime

    @classmethod
    def read(cls, answer: JsonObject) -> "Ticket":
        """From the answer's shape."""
        return cls(answer.text("number"), answer.moment("received_at"), answer.moment("answer_by"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that was not sent yet."""

    id: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of sending: numbers in the order of the questions, and by question why it is never taken."""

    sent: tuple[Ticket, ...]
    refused: Mapping[str, LoanAppError]


class SupportQueue:
    """One file of the data folder, its owner's alone. A file that cannot be understood is taken for none."""

    def __init__(self, folder: Path) -> None:
        self._path: Final = folder / _FILE

    def waiting(self) -> list[Waiting]:
        """What waits, oldest first."""
        return self._load()[0]

    def sent(self) -> list[Ticket]:
        """What the lender has, newest first."""
        return self._load()[1]

    def add(self, text: str, now: datetime) -> Waiting:
        """Let a question wait. Raises :class:`LoanAppError` with ``DISK_TROUBLE``."""
        waiting, sent = self._load()
        one = Waiting(str(uuid.uuid4()), text, now)
        self._save([*waiting, one], sent)
        return one

    def deliver(self, client: "LenderClient") -> Delivery:
        """Send what waits. Raises what the client raises where waiting may mend it; then the rest still waits.

        A question is sent under its own id: one whose answer was lost gets the same number again. One that a lender
        will never take (see ``FOR_GOOD``) waits no longer, and holds none of the others up.
        """
        sent_now: list[Ticket] = []
        refused: dict[str, LoanAppError] = {}
        for one in self.waiting():
            try:
                ticket = client.put_support_ticket(one.id, one.text)
            except LoanAppError as error:
                if error.code not in FOR_GOOD:
                    raise
                refused[one.id] = error
                self._settle(one, [])
            else:
                sent_now.append(ticket)
                self._settle(one, [ticket])
        return Delivery(tuple(sent_now), refused)

    def _settle(self, one: Waiting, tickets: list[Ticket]) -> None:
        waiting, sent = self._load()
        self._save([other for other in waiting if other.id != one.id], [*tickets, *sent][:_MOST_SENT])

    def forget(self) -> None:
        """Whoever asked has signed out: nothing of theirs stays. Raises :class:`LoanAppError` with ``DISK_TROUBLE``."""
        remove(self._path)

    def _load(self) -> tuple[list[Waiting], list[Ticket]]:
        data = read_private(self._path, _LIMIT)
        try:
            kept: dict[str, Any] = json.loads(data) if data else {"waiting": [], "sent": []}
            waiting = [Waiting(one["id"], one["text"], datetime.fromisoformat(one["at"])) for one in kept["waiting"]]
            sent = [
                Ticket(one["number"], *(datetime.fromisoformat(one[name]) for name in ("received_at", "answer_by")))
                for one in kept["sent"]
            ]
        except (ValueError, KeyError, TypeError, RecursionError):
            return [], []
        return waiting, sent

    def _save(self, waiting: list[Waiting], sent: list[Ticket]) -> None:
        kept = {
            "waiting": [{"id": one.id, "text": one.text, "at": one.written_at.isoformat()} for one in waiting],
            "sent": [
                {
                    "number": one.number,
                    "received_at": one.received_at.isoformat(),
                    "answer_by": one.answer_by.isoformat(),
                }
                for one in sent
            ],
        }
        write_private(self._path, json.dumps(kept, ensure_ascii=False).encode())
