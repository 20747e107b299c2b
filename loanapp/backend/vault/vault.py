"""Ciphertext files with a key each; the keys lie in the vault's own database, wrapped by the vault's own key.

Destroying means: the item's key first, then its file, so that not even a copy of the disk brings it back.
"""

import logging
import os
import secrets
import uuid
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from loanapp.backend.store.cipher import CipherError, FieldCipher
from loanapp.backend.store.database import Database
from loanapp.backend.store.types import Moment

log = logging.getLogger(__name__)

_NONCE_BYTES: Final = 12
_KEY_BITS: Final = 256


class _Base(DeclarativeBase):
    """The vault's tables."""


class VaultItem(_Base):
    """One item and its wrapped key."""

    __tablename__ = "vault_item"
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    key_sealed: Mapped[bytes]
    stored_at: Mapped[datetime] = mapped_column(Moment())


class Vault:
    """Keeps bytes that must be able to vanish."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """``folder`` holds the files and the database; ``key`` is 32 random bytes kept apart from both."""
        self._folder = folder
        self._cipher = FieldCipher(key)
        self._database = Database(folder / "vault.sqlite")
        _Base.metadata.create_all(self._database.write_engine)
        self._remove_strays()
        self._erase()  # what a predecessor that was killed had deleted already

    def store(self, owner: str, kind: str, data: bytes, at: datetime) -> str:
        """Keep ``data`` for ``owner`` as its only item of that ``kind`` and return the item's id."""
        item_id = str(uuid.uuid4())
        key = AESGCM.generate_key(_KEY_BITS)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, data, self._place(item_id, owner, kind))
        self._write(self._path(item_id), sealed)  # before its row: a row without a file would promise what is not there
        with self._database.write() as session:
            old = self._find(owner, kind)
            for item in old:
                session.delete(session.merge(item))
            session.add(
                VaultItem(
                    id=item_id,
                    owner=owner,
                    kind=kind,
                    key_sealed=self._cipher.encrypt(key, f"vault|{item_id}"),
                    stored_at=at,
                )
            )
        if old:
            self._forget(old)
        return item_id

    def load(self, owner: str, kind: str) -> bytes | None:
        """The bytes, or ``None`` when nothing of that kind is kept; raises :class:`CipherError` when changed.

        An item whose file is gone is not kept.
        """
        found, missed = self._find(owner, kind), ""
        while found and found[-1].id != missed:
            try:
                return self._open(found[-1], self._path(found[-1].id).read_bytes())
            except FileNotFoundError:
                missed = found[-1].id  # perhaps just replaced: look again, once
                found = self._find(owner, kind)
        if missed:
            log.error("an item of the vault has lost its file")
        return None

    def _open(self, item: VaultItem, stored: bytes) -> bytes:
        key = self._cipher.decrypt(item.key_sealed, f"vault|{item.id}")
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

    def _write(self, path: Path, sealed: bytes) -> None:
        """On the disk when this returns, for its owner alone."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        if os.name == "posix":
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

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
        with self._database.read() as session:
            known = set(session.scalars(select(VaultItem.id)))
        for path in self._folder.glob("*.sealed"):
            if path.stem not in known:
                path.unlink(missing_ok=True)
