"""What is kept of a WebAuthn credential, whoever holds it, and what its holder is told."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from loanapp.backend.auth.webauthn import NewKey
from loanapp.backend.store.cipher import FieldCipher
from loanapp.backend.store.types import LONG


class WebAuthnCredential:
    """The columns of a credential: what it is known by, its public key (COSE) and its last counter."""

    __tablename__: str
    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    counter: Mapped[int] = mapped_column(LONG)
    label_sealed: Mapped[bytes]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class ToldKey:
    """A key as its owner sees it; ``label`` is the owner's own word for it."""

    id: str
    label: str
    added_at: datetime
    used_at: datetime | None

    def __repr__(self) -> str:
        return "ToldKey(...)"


def kept(kind: type[WebAuthnCredential], cipher: FieldCipher, new: NewKey, label: str, now: datetime) -> dict[str, Any]:
    """The columns of a new credential of this kind, but its holder's."""
    key_id = str(uuid.uuid4())
    return {
        "id": key_id,
        "credential_id": new.credential_id,
        "public_key": new.public_key,
        "counter": new.counter,
        "label_sealed": cipher.encrypt(label.encode(), _place(kind, key_id)),
        "added_at": now,
    }


def told(cipher: FieldCipher, one: WebAuthnCredential) -> ToldKey:
    """What its holder is told of one."""
    label = cipher.decrypt(one.label_sealed, _place(type(one), one.id)).decode()
    return ToldKey(one.id, label, one.added_at, one.used_at)


def _place(kind: type[WebAuthnCredential], key_id: str) -> str:
    return f"{kind.__tablename__}|{key_id}|label"
