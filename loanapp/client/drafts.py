"""What the borrower has typed and where they stood, kept encrypted so that no crash costs more than a keystroke."""

import base64
import binascii
import json
import logging
import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, get_args, get_origin, get_type_hints

from loanapp.client.private_files import clear_leavings, read_private, remove, write_private
from loanapp.client.secrets import DRAFT_FILE, SecretName, SecretStore
from loanapp.domain.clock import Clock, SystemClock
from loanapp.domain.errors import ErrorCode, LoanAppError

_log = logging.getLogger(__name__)

FILE_NAME: Final = DRAFT_FILE
LIFE: Final = timedelta(days=30)
_LARGEST: Final = 1024 * 1024
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_MAGIC: Final = b"LADRAFT1"
# A killed program loses nothing either way; a power cut may cost what was typed in this time.
_FLUSH_EVERY_S: Final = 1.0


@dataclass
class Draft:
    """Everything local; the lender's own state is never in it.

    ``values``: what was typed, by page and field. ``keys``: idempotency keys of acts whose answer has not come yet,
    so that a killed program repeats an act with the same key. ``page``: the earlier page that is open again, if any.
    ``asked``: terms, purpose and last digits of the card, which the guard holds the lender to.
    ``receipts``: signed consent receipts (JSON); ``deletions``: signed deletion receipts.
    ``contract``: number, length and hash of the contract as read, and as verified in the end.
    These four are what was agreed: they outlive what was typed, a sign-out and the draft's life. ``put_away`` holds
    them for borrowers who signed out, by borrower id. ``seen``: the lender's latest state, as application and status.
    """

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    cost_seen: bool = False
    page: str = ""
    phone: str = ""
    borrower_id: str = ""
    code_challenge_id: str = ""
    signing_challenge_id: str = ""
    application_id: str = ""
    left_application_id: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    readings: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    deletions: dict[str, str] = field(default_factory=dict)
    contract: dict[str, str] = field(default_factory=dict)
    certificate: dict[str, str] = field(default_factory=dict)
    payout_seen: str = ""
    put_away: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    seen: str = ""

    def without_typed(self) -> "Draft":
        """What is left of a draft that has grown old: what was agreed, and whose it is."""
        return Draft(
            borrower_id=self.borrower_id,
            application_id=self.application_id,
            left_application_id=self.left_application_id,
            asked=self.asked,
            contract=self.contract,
            receipts=self.receipts,
            deletions=self.deletions,
            payout_seen=self.payout_seen,
            put_away=self.put_away,
        )

    def signed_out(self) -> "Draft":
        """What is left when the borrower signs out: what was agreed, by nothing but the borrower's id."""
        agreed = {name: dict(getattr(self, name)) for name in _AGREED if getattr(self, name)}
        put_away = dict(self.put_away)
        if self.borrower_id and agreed:
            put_away[self.borrower_id] = agreed
        return Draft(put_away=put_away)

    def signed_in(self, borrower_id: str) -> "Draft":
        """The draft of whoever has signed in: somebody else's is put away, and what was put away comes back."""
        draft = self
        if self.borrower_id not in {"", borrower_id}:
            draft = self.signed_out()
            draft.phone = self.phone
        draft.borrower_id = borrower_id
        for name, agreed in draft.put_away.pop(borrower_id, {}).items():
            if name in _AGREED:
                setattr(draft, name, {**agreed, **getattr(draft, name)})
        return draft

    def __repr__(self) -> str:
        return f"Draft(pages={sorted(self.values)})"


_AGREED: Final = ("asked", "contract", "receipts", "deletions")


class DraftFile:
    """The one draft of a data folder. With a store that forgets, the draft is kept in memory alone.

    Not thread-safe: whoever shares it lets one thread in at a time.
    """

    def __init__(self, home: Path, store: SecretStore, clock: Clock | None = None) -> None:
        self._path = home / FILE_NAME
        self._store = store
        self._clock = clock or SystemClock()
        self._key: bytes | None = None
        self._flushed_at = 0.0

    def load(self) -> tuple[Draft, LoanAppError | None]:
        """The draft, and what is to be told about it.

        A draft that cannot be read is set aside and told once (``DRAFT_UNREADABLE``); what was typed longer than 30
        days ago is removed, what was agreed stays. Raises :class:`LoanAppError` with ``KEYRING_UNAVAILABLE`` or
        ``DISK_TROUBLE``.
        """
        if not self._store.durable:
            return Draft(), None
        clear_leavings(self._path.parent, FILE_NAME)
        sealed = read_private(self._path, _LARGEST)
        if sealed is None:
            self._draft_key()  # made now, in the worker that loads, so that no keystroke waits for the store
            return Draft(), None
        key = _decode_key(self._store.read(SecretName.DRAFT_KEY))
        opened = _open(key, sealed) if key is not None else None
        if opened is None:
            self._set_aside()
            self._draft_key()
            return Draft(), LoanAppError(ErrorCode.DRAFT_UNREADABLE)
        draft, saved_at = opened
        self._key = key
        if self._clock.now() - saved_at > LIFE:
            draft = draft.without_typed()
            if draft == Draft():
                self.discard()
            else:
                self.save(draft, flush=True)
        return draft, None

    def save(self, draft: Draft, *, flush: bool | None = None) -> None:
        """Replace the file; a few milliseconds. ``flush``: wait for the disk (by default once a second).

        Raises :class:`LoanAppError` with ``DISK_TROUBLE`` or ``KEYRING_UNAVAILABLE``.
        """
        if not self._store.durable:
            return
        now = time.monotonic()
        if flush is None:
            flush = now - self._flushed_at >= _FLUSH_EVERY_S
        write_private(self._path, _seal(self._draft_key(), draft, self._clock.now()), flush=flush)
        if flush:
            self._flushed_at = now

    def discard(self) -> None:
        """Remove the draft and its key; raises :class:`LoanAppError`.

        A store that forgets has none: a draft that lies there belongs to a store that could not be opened.
        """
        self._key = None
        if not self._store.durable:
            return
        remove(self._path)
        self._store.delete(SecretName.DRAFT_KEY)

    def _draft_key(self) -> bytes:
        if self._key is None:
            self._key = _decode_key(self._store.read(SecretName.DRAFT_KEY))
        if self._key is None:
            key = secrets.token_bytes(_KEY_BYTES)
            self._store.write(SecretName.DRAFT_KEY, base64.b64encode(key).decode())
            self._key = key
        return self._key

    def _set_aside(self) -> None:
        """Keep the bytes for whoever might still rescue them; only the newest such file stays."""
        try:
            self._path.replace(self._path.with_suffix(".unreadable"))
        except OSError:
            raise LoanAppError(ErrorCode.DISK_TROUBLE) from None
        _log.warning("a draft could not be read and was set aside")


def _seal(key: bytes, draft: Draft, now: datetime) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  (never before the first paint)

    whole = {"saved_at": now.isoformat(), "draft": asdict(draft)}
    nonce = secrets.token_bytes(_NONCE_BYTES)
    written = json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")  # as json.loads reads it
    return _MAGIC + nonce + AESGCM(key).encrypt(nonce, written, _MAGIC)


def _open(key: bytes, sealed: bytes) -> tuple[Draft, datetime] | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415  (never before the first paint)
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    start = len(_MAGIC) + _NONCE_BYTES
    if not sealed.startswith(_MAGIC):
        return None
    try:
        whole = json.loads(AESGCM(key).decrypt(sealed[len(_MAGIC) : start], sealed[start:], _MAGIC))
        saved_at = datetime.fromisoformat(whole["saved_at"])
        written = dict(whole["draft"])
    except (InvalidTag, ValueError, KeyError, TypeError, RecursionError):
        return None
    kinds = {name: kind for name, kind in get_type_hints(Draft).items() if name in written}
    if saved_at.tzinfo is None or not all(_is_of(written[name], kind) for name, kind in kinds.items()):
        return None
    return Draft(**{name: written[name] for name in kinds}), saved_at


def _is_of(value: object, kind: object) -> bool:
    """Whether texts are texts and tables tables, as deep as tables go."""
    if get_origin(kind) is not dict:
        return get_origin(kind) is not None or (isinstance(kind, type) and isinstance(value, kind))
    inner = get_args(kind)[1]
    return isinstance(value, dict) and (get_origin(inner) is None or all(_is_of(one, inner) for one in value.values()))


def _decode_key(written: str | None) -> bytes | None:
    if written is None:
        return None
    try:
        key = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _KEY_BYTES else None
