"""What the lender's ledger proves, in a form that travels: entries, signed heads, and how each is checked.

An entry is what everybody may see. ``commitment`` hides what happened behind a salt of 32 random bytes, so that the
history stays whole when the salt is destroyed with a person's data::

    entry      {"no": 7, "at": "2026-11-26T10:00:00+00:00", "kind": "consent", "commitment": HEX, "previous": HEX}
    leaf       SHA-256(0x00 || canonical JSON of the entry)                        (RFC 6962, 2.1)
    previous   the leaf of entry no - 1, for no 1 sixty-four zeros                 (the chain)
    commitment HMAC-SHA-256(key = salt, message = canonical JSON of the content)

A head is signed by the lender's message key (Ed25519, :mod:`loanapp.proof.signed_message`)::

    head       {"type": "ledger_head", "size": 12, "root": HEX, "leaf": HEX, "at": TIME, "signature": BASE64}

``leaf`` is the last entry's. ``stamp``, where there is one, is an RFC 3161 token (base64, DER) over SHA-256 of the
canonical JSON of the whole signed head. A proof, as the API serves it and as an evidence bundle carries it, is one JSON
object for each entry; ``content`` and ``salt`` are null once the entry was made anonymous::

    {"entry": {...}, "content": {...} | null, "salt": HEX | null, "size": 12, "path": [HEX, ...]}

``size`` is the head's; leaf ``no - 1`` with ``path`` leads to its root. Check a bundle with :func:`check_head` against
the lender's key, then every proof with :func:`check_entry` against the head. :func:`check_growth` shows that a later
head only added to an earlier one.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from loanapp.proof import merkle
from loanapp.proof.canonical_json import canonical
from loanapp.proof.signed_message import SignedMessageError, verify_message

HEAD_TYPE: Final = "ledger_head"
GENESIS: Final = "0" * 64
SALT_BYTES: Final = 32
_DIGEST: Final = 64


class LedgerFault(StrEnum):
    """What does not hold about a ledger."""

    UNSIGNED = "unsigned"  # the head is not what the lender's key signed
    TRUNCATED = "truncated"  # it is shorter than it was
    FORKED = "forked"  # as long, or longer, but not the same history
    EDITED = "edited"  # what an entry says is not what was committed to
    NOT_INCLUDED = "not_included"  # an entry is not under the head
    DROPPED = "dropped"  # an entry seen before is no longer shown
    REORDERED = "reordered"  # entries have other numbers than before


class LedgerProofError(ValueError):
    """Something about the ledger does not hold; ``fault`` says what."""

    def __init__(self, fault: LedgerFault) -> None:
        super().__init__(fault.value)
        self.fault: Final = fault


@dataclass(frozen=True, slots=True)
class Head:
    """A checked head: how many entries, and the root over them; ``leaf`` is the last one's. Hashes in hex."""

    size: int
    root: str
    leaf: str
    at: str


def commitment(salt: bytes, content: Mapping[str, object]) -> str:
    """What an entry says of its content without telling it (64 hexadecimal digits)."""
    return hmac.digest(salt, canonical(content), "sha256").hex()


def entry_of(no: int, at: str, kind: str, committed: str, previous: str) -> dict[str, Any]:
    """The public form of an entry."""
    return {"no": no, "at": at, "kind": kind, "commitment": committed, "previous": previous}


def leaf_of(entry: Mapping[str, object]) -> str:
    """The entry's leaf, in hexadecimal digits."""
    return merkle.leaf_hash(canonical(entry)).hex()


def head_message(size: int, root: str, leaf: str, at: str) -> dict[str, object]:
    """What the lender signs."""
    return {"type": HEAD_TYPE, "size": size, "root": root, "leaf": leaf, "at": at}


def check_head(signed: Mapping[str, object], public_key: bytes) -> Head:
    """The head, when the holder of ``public_key`` (Ed25519, 32 bytes) signed it; raises :class:`LedgerProofError`."""
    try:
        said = verify_message(public_key, signed)
    except SignedMessageError:
        raise LedgerProofError(LedgerFault.UNSIGNED) from None
    size, root, leaf, at = (said.get(name) for name in ("size", "root", "leaf", "at"))
    shaped = isinstance(size, int) and not isinstance(size, bool) and isinstance(at, str)
    if said.get("type") != HEAD_TYPE or not shaped or not _is_digest(root) or not _is_digest(leaf):
        raise LedgerProofError(LedgerFault.UNSIGNED)
    return Head(int(str(size)), str(root), str(leaf), str(at))


def check_growth(older: Head, newer: Head, proof: Sequence[str]) -> None:
    """That ``newer`` only added entries to ``older``; raises :class:`LedgerProofError`."""
    if newer.size < older.size:
        raise LedgerProofError(LedgerFault.TRUNCATED)
    roots = bytes.fromhex(older.root), bytes.fromhex(newer.root)
    if not merkle.grown_from(older.size, newer.size, *roots, _bytes(proof)):
        raise LedgerProofError(LedgerFault.FORKED)


def check_entry(proof: Mapping[str, Any], head: Head) -> str:
    """The entry's leaf, when its content is what was committed to and it stands at its place under ``head``.

    Raises :class:`LedgerProofError`; a proof without its parts counts as one that does not hold.
    """
    try:
        entry, content, salt = proof["entry"], proof["content"], proof["salt"]
        number, path = int(entry["no"]), _bytes(proof["path"])
        if content is not None and not hmac.compare_digest(
            commitment(bytes.fromhex(salt), content), entry["commitment"]
        ):
            raise LedgerProofError(LedgerFault.EDITED)
        leaf = leaf_of(entry)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, LedgerProofError):
            raise
        raise LedgerProofError(LedgerFault.NOT_INCLUDED) from None
    root = bytes.fromhex(head.root)
    if proof.get("size") != head.size or not merkle.included(bytes.fromhex(leaf), number - 1, head.size, path, root):
        raise LedgerProofError(LedgerFault.NOT_INCLUDED)
    return leaf


def _bytes(digests: Sequence[str]) -> list[bytes]:
    if not all(_is_digest(digest) for digest in digests):
        raise LedgerProofError(LedgerFault.NOT_INCLUDED)
    return [bytes.fromhex(digest) for digest in digests]


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == _DIGEST and set(value) <= set("0123456789abcdef")
