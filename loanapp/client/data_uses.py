"""Who used the borrower's data, as the lender's ledger tells it; the guard checks it before anybody believes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from loanapp.client.reading import JsonObject


@dataclass(frozen=True, slots=True)
class DataUse:
    """One entry in words a page can look up.

    ``act`` names what was done (``check.card_four_elements``), ``data`` the items used, ``recipient`` who had them.
    ``proof`` is the entry as it travels (:mod:`loanapp.proof.ledger_proof`).
    """

    no: int
    at: datetime
    act: str
    actor: str
    data: tuple[str, ...]
    recipient: str
    application_id: str
    proof: Mapping[str, object] = field(repr=False)

    @classmethod
    def read(cls, answer: JsonObject) -> "DataUse":
        """From a proof whose content is there."""
        entry, content = answer.inner("entry"), answer.inner("content")
        return cls(
            no=entry.count("no"),
            at=entry.moment("at"),
            act=content.text("act"),
            actor=content.text("actor"),
            data=content.texts("data"),
            recipient=content.text("recipient"),
            application_id=content.text("application_id") if content.has("application_id") else "",
            proof=answer.raw(),
        )


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A stretch of the borrower's history under one head; ``growth`` leads to it from the head asked from."""

    head: Mapping[str, object] = field(repr=False)
    growth: tuple[str, ...]
    uses: tuple[DataUse, ...]
    stamped_at: datetime | None
    more: bool

    @property
    def size(self) -> int:
        """How many entries the head covers."""
        size = self.head.get("size")
        return size if isinstance(size, int) else 0

    @classmethod
    def read(cls, answer: JsonObject) -> "HistoryPage":
        """From the answer's shape."""
        return cls(
            head=answer.inner("head").raw(),
            growth=answer.texts("growth"),
            uses=answer.objects("entries", DataUse.read),
            stamped_at=answer.moment("stamped_at") if answer.has("stamped_at") else None,
            more=answer.flag("more"),
        )
