"""Ciphertext files with a key each; the keys lie in the vault's own database, wrapped by a key-encryption key.

Destroying means: the item's key first, then its file, so that not even a copy of the disk brings it back.

The key-encryption key is changed without touching a file: a new one is made, every item's key is wrapped anew, and
the old one is destroyed once nothing is wrapped by it. Which key counts stands in the database, so that a lender that
runs meanwhile wraps by the right one; killed between any two steps, the timer of deletions goes on.

Nothing is destroyed because the database does not know it: a database that is not this vault's refuses to open, and
only keys it records as discarded go.
"""

import logging
import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from loanapp.backend.store.cipher import CipherError, FieldCipher
from loanapp.backend.store.database import Database, Place
from loanapp.backend.store.schema_version import VAULT, bring_up
from loanapp.backend.store.types import Moment
from loanapp.backend.vault.key_files import FIRST, KeyFiles, write_once

log = logging.getLogger(__name__)

_NONCE_BYTES: Final = 12
_KEY_BITS: Final = 256
_WRAPPED_AT_ONCE: Final = 200
_ERASING_TRIES: Final = 8
_FOREIGN: Final = (
    "vault.sqlite is not the database of the keys and files beside it; nothing was changed: "
    "put back the vault.sqlite that belongs to them, or the keys that belong to it"
)
_PROOF: Final = b"this key is the vault's"


class ForeignVaultError(ValueError):
    """The vault's database is not that of the keys and files beside it: restore the one that belongs to them."""


class VaultBase(DeclarativeBase):
    """The vault's tables."""


class VaultItem(VaultBase):
    """One item and its wrapped key."""

    __tablename__ = "vault_item"
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    key_sealed: Mapped[bytes]
    stored_at: Mapped[datetime] = mapped_column(Moment())
    key_id: Mapped[str | None] = mapped_column(String(40))  # what wraps its key; empty: the first

    @property
    def wrapped_by(self) -> str:
        """The id of the key-encryption key."""
        return self.key_id or FIRST


class VaultKey(VaultBase):
    """A key-encryption key that counts, or that something may still be wrapped by; the newest counts."""

    __tablename__ = "vault_key"
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    made_at: Mapped[datetime | None] = mapped_column(Moment())
    proof: Mapped[bytes | None]  # sealed by the key: that this row and this key file belong together


class VaultDiscardedKey(VaultBase):
    """A key that nothing is, or will be, wrapped by: its file goes."""

    __tablename__ = "vault_discarded_key"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)


_WRAPPED_BY: Final = func.coalesce(VaultItem.key_id, FIRST)


class Vault:
    """Keeps bytes that must be able to vanish."""

    def __init__(self, folder: Path, keys: KeyFiles, place: Place | None = None) -> None:
        """``folder`` holds the files and, unless it is at ``place``, the database; ``keys`` are kept apart from both.

        Takes nothing away, so that a command may open the vault of a lender that runs. Raises
        :class:`ForeignVaultError` where keys or files lie there that are not those of the database.
        """
        self._folder = folder
        self._keys = keys
        self._ciphers: dict[str, FieldCipher] = {}
        self._database = Database(place or folder / "vault.sqlite", "vault")
        try:
            bring_up(self._database.write_engine, VaultBase, VAULT)
            self._name_first_key()
            self._prove_current_key()
        except BaseException:
            self._database.close()
            raise

    def tidy(self) -> None:
        """What a killed predecessor left: for the lender's own start, beside which no other lender runs."""
        self._remove_strays()
        self._erase()
        self._destroy_discarded()

    def _name_first_key(self) -> None:
        """A new vault's row before its key file: killed between the two, the next start makes the file."""
        with self._database.write() as session:
            if session.scalars(select(VaultKey.id)).first() is not None:
                return
            if self._keys.ids() or self._files():
                self._require(session.scalars(select(VaultItem.id)).first() is not None)  # else an earlier version's
            session.add(VaultKey(id=FIRST))

    def _prove_current_key(self) -> None:
        with self._database.write() as session:
            key = session.scalars(select(VaultKey).order_by(VaultKey.no.desc())).first()
            if key is None:
                raise LookupError("a vault has a key")
            item = session.scalars(select(VaultItem).where(_WRAPPED_BY.is_not_distinct_from(key.id))).first()
            if key.proof is None and item is None:
                if key.id in self._keys.ids():
                    self._require(key.id != FIRST or not self._files())  # every vault's first key has the same id
                else:
                    self._require(not self._keys.ids() and not self._files())
                    self._keys.make(key.id)
            try:
                if key.proof is not None:
                    self._cipher(key.id).decrypt(key.proof, _proved_at(key.id))
                elif item is not None:
                    self._cipher(key.id).decrypt(item.key_sealed, _wrapped_at(item.id))
            except (CipherError, FileNotFoundError) as error:
                raise ForeignVaultError(_FOREIGN) from error
            if key.proof is None:
                key.proof = self._cipher(key.id).encrypt(_PROOF, _proved_at(key.id))

    @staticmethod
    def _require(belongs: bool) -> None:  # noqa: FBT001 - the question is the name
        if not belongs:
            raise ForeignVaultError(_FOREIGN)

    def store(self, owner: str, kind: str, data: bytes, at: datetime) -> str:
        """Keep ``data`` for ``owner`` as its only item of that ``kind`` and return the item's id."""
        item_id = str(uuid.uuid4())
        key = AESGCM.generate_key(_KEY_BITS)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, data, self._place(item_id, owner, kind))
        with self._database.write() as session:
            current = _current(session)  # from here on nobody else writes, nor looks for files without a row
            write_once(self._path(item_id), sealed)  # before its row: that would promise what is not there
            old = self._find(owner, kind)
            for item in old:
                session.delete(session.merge(item))
            session.add(
                VaultItem(
                    id=item_id,
                    owner=owner,
                    kind=kind,
                    key_sealed=self._cipher(current).encrypt(key, _wrapped_at(item_id)),
                    stored_at=at,
                    key_id=current,
                )
            )
        if old:
            self._forget(old)
        return item_id

    def load(self, owner: str, kind: str) -> bytes | None:
        """The bytes, or ``None`` when nothing of that kind is kept; raises :class:`CipherError` when changed.

        An item whose file is gone is not kept.
        """
        tried = ("", "")
        while (found := self._find(owner, kind)) and (found[-1].id, found[-1].wrapped_by) != tried:
            tried = found[-1].id, found[-1].wrapped_by
            try:
                return self._open(found[-1], self._path(found[-1].id).read_bytes())
            except FileNotFoundError:
                continue  # perhaps just replaced, or wrapped by another key: look again, once
        if found:
            log.error("an item of the vault has lost its file or its key")
        return None

    def _open(self, item: VaultItem, stored: bytes) -> bytes:
        key = self._cipher(item.wrapped_by).decrypt(item.key_sealed, _wrapped_at(item.id))
        try:
            return AESGCM(key).decrypt(
                stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], self._place(item.id, item.owner, item.kind)
            )
        except InvalidTag as error:
            raise CipherError("a vault item was changed") from error

    def destroy(self, owner: str, kind: str) -> int:
        """Destroy what ``owner`` has of that ``kind``; how many items there were."""
        found = self._find(owner, kind)
        if found:
            with self._database.write() as session:
                for item in found:
                    session.delete(session.merge(item))
            self._forget(found)
        return len(found)

    def holds(self, owner: str, kind: str) -> bool:
        """Whether ``owner`` has something of that ``kind``."""
        return bool(self._find(owner, kind))

    def stored_before(self, kind: str, moment: datetime) -> list[str]:
        """Owners whose items of that ``kind`` are older than ``moment``."""
        with self._database.read() as session:
            rows = session.scalars(
                select(VaultItem.owner).where(VaultItem.kind == kind, VaultItem.stored_at < moment).distinct()
            )
            return list(rows)

    def erase_deleted(self) -> bool:
        """Take deleted keys off the disk; ``False`` while a reader keeps the vault's log busy."""
        return self._database.erase_deleted()

    def rotation(self, at: datetime) -> Iterator[str]:
        """Change the key-encryption key, one lasting step after another; the name of each step that is done."""
        key_id = f"{FIRST}-{secrets.token_hex(8)}"
        with self._database.write() as session:
            session.add(VaultDiscardedKey(id=key_id))  # until it counts: cut off before that, its file goes
        with self._database.write() as session:
            # First, because it begins the transaction: nobody destroys the key that is made in it.
            session.execute(delete(VaultDiscardedKey).where(VaultDiscardedKey.id == key_id))
            self._keys.make(key_id)
            proof = self._cipher(key_id).encrypt(_PROOF, _proved_at(key_id))
            session.add(VaultKey(id=key_id, made_at=at, proof=proof))
        yield "made"
        yield from self._finishing()

    def finish_rotation(self) -> None:
        """Go on with a change of keys that was cut off; nothing to do where there was none."""
        for _step in self._finishing():
            pass

    def unfinished(self) -> bool:
        """Whether a change of keys was cut off before the old key was destroyed."""
        with self._database.read() as session:
            discarded = session.scalars(select(VaultDiscardedKey.id)).first() is not None
            return discarded or len(list(session.scalars(_KEYS))) > 1

    def wrapped(self) -> dict[str, int]:
        """How many items are wrapped by each key there is, the newest key last."""
        with self._database.read() as session:
            counted = session.execute(select(_WRAPPED_BY, func.count()).group_by(_WRAPPED_BY))
            counts: dict[str, int] = {key_id: count for key_id, count in counted}  # noqa: C416 - rows are no pairs
            return {key_id: counts.get(key_id, 0) for key_id in session.scalars(_KEYS)}

    def _finishing(self) -> Iterator[str]:
        while self._wrap_some():
            yield "wrapped"
        with self._database.write() as session:
            current, used = _current(session), set(session.scalars(select(_WRAPPED_BY).distinct()))
            retired = [key for key in session.scalars(select(VaultKey)) if key.id not in {current, *used}]
            for key in retired:
                session.add(VaultDiscardedKey(id=key.id))
                session.delete(key)
        if retired:
            yield "retired"
        if self._destroy_discarded():
            yield "destroyed"

    def _wrap_some(self) -> int:
        """Wrap some items' keys by the key that counts; how many. Their files stay as they are."""
        with self._database.write() as session:
            current = _current(session)
            query = select(VaultItem).where(_WRAPPED_BY.is_distinct_from(current)).limit(_WRAPPED_AT_ONCE)
            items = list(session.scalars(query))
            for item in items:
                place = _wrapped_at(item.id)
                key = self._cipher(item.wrapped_by).decrypt(item.key_sealed, place)
                item.key_sealed, item.key_id = self._cipher(current).encrypt(key, place), current
        return len(items)

    def _destroy_discarded(self) -> int:
        """Destroy the keys recorded as discarded, once nothing they wrapped is on the disk; how many."""
        with self._database.read() as session:
            if session.scalars(select(VaultDiscardedKey.id)).first() is None:
                return 0
        if not any(self.erase_deleted() for _try in range(_ERASING_TRIES)):
            log.warning("a key that was changed is destroyed later: a reader keeps what it wrapped in the vault's log")
            return 0
        with self._database.write() as session:
            discarded = list(session.scalars(select(VaultDiscardedKey)))
            for one in discarded:
                self._keys.destroy(one.id)
                session.delete(one)
        self._ciphers = {}
        return len(discarded)

    def _cipher(self, key_id: str) -> FieldCipher:
        """Raises ``FileNotFoundError`` for a key that was destroyed."""
        found = self._ciphers.get(key_id)
        if found is None:
            found = self._ciphers[key_id] = FieldCipher(self._keys.read(key_id))
        return found

    def close(self) -> None:
        """Give back the database."""
        self._database.close()

    def _forget(self, deleted: list[VaultItem]) -> None:
        """Take the keys of items whose rows are deleted off the disk, then their files."""
        self._erase()
        for item in deleted:
            self._path(item.id).unlink(missing_ok=True)

    def _erase(self) -> None:
        if not self.erase_deleted():
            log.warning("deleted keys stay in the vault's log until the next deletion or start: a reader is busy")

    def _find(self, owner: str, kind: str) -> list[VaultItem]:
        with self._database.read() as session:
            query = select(VaultItem).where(VaultItem.owner == owner, VaultItem.kind == kind)
            return list(session.scalars(query.order_by(VaultItem.stored_at)))

    def _path(self, item_id: str) -> Path:
        return self._folder / f"{item_id}.sealed"

    @staticmethod
    def _place(item_id: str, owner: str, kind: str) -> bytes:
        return f"{item_id}|{owner}|{kind}".encode()

    def _remove_strays(self) -> None:
        """Remove files whose key is gone: a process killed between the two leaves only noise, and here it goes."""
        with self._database.write() as session:  # nobody is storing meanwhile
            known = set(session.scalars(select(VaultItem.id)))
            for path in self._files():
                if path.stem not in known:
                    path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return list(self._folder.glob("*.sealed"))


_KEYS: Final = select(VaultKey.id).order_by(VaultKey.no)


def _current(session: Session) -> str:
    """The key-encryption key that counts."""
    return list(session.scalars(_KEYS))[-1]


def _wrapped_at(item_id: str) -> str:
    return f"vault|{item_id}"


def _proved_at(key_id: str) -> str:
    return f"vault key|{key_id}"
