"""Who used which data: entries of the ledger with their proofs (:mod:`loanapp.proof.ledger_proof`)."""

from typing import Any

from pydantic import AwareDatetime

from loanapp.backend.http.models.common import Answer, Sha256


class EntryAnswer(Answer):
    """What everybody may see of an entry; ``at`` is text, because the leaf is taken over its very characters."""

    no: int
    at: str
    kind: str
    commitment: Sha256
    previous: Sha256


class EntryProof(Answer):
    """An entry, what it commits to, and the path from its leaf to the head's root."""

    entry: EntryAnswer
    content: dict[str, Any] | None
    salt: Sha256 | None
    size: int
    path: tuple[Sha256, ...]


class HeadAnswer(Answer):
    """A signed head."""

    type: str
    size: int
    root: Sha256
    leaf: Sha256
    at: str
    signature: str


class DataUses(Answer):
    """Own entries under the newest head; ``growth`` proves that it only added to the head of ``seen`` entries.

    ``stamp``: an RFC 3161 token over the head (base64), where its time was certified. ``more``: ask again with
    ``after`` set to the last number.
    """

    head: HeadAnswer
    stamp: str | None
    stamped_at: AwareDatetime | None
    growth: tuple[Sha256, ...]
    entries: tuple[EntryProof, ...]
    more: bool


class DeletionReceipt(Answer):
    """The lender's signed word that data were deleted (Ed25519 over the canonical JSON of all other fields)."""

    type: str
    receipt_id: str
    application_id: str
    number: str
    reason: str
    items: tuple[str, ...]
    at: str
    ledger_head: str
    signature: str


class DataCopy(Answer):
    """Everything the lender holds about a borrower; each application with what is behind its sealed fields."""

    made_at: str
    phone: str
    applications: tuple[dict[str, Any], ...]
    questions: tuple[dict[str, Any], ...]
    requests: tuple[dict[str, Any], ...]
    deletion_receipts: tuple[dict[str, Any], ...]
