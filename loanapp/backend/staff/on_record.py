"""What an identity card is held against at a branch: the name and the end of the number that are on record here.

A genuine card of whoever shows it proves nothing about whose account it is.
"""

from dataclasses import dataclass
from typing import Final

from loanapp.backend.applications.store import Sealed
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application

_TOLD_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class OnRecord:
    """``name`` in full; of ``identity_number`` the last four characters, the others as stars."""

    name: str
    identity_number: str

    def __repr__(self) -> str:
        return "OnRecord(...)"


def on_record(services: Services, application: Application) -> OnRecord | None:
    """Whom this application was made for, ``None`` where it holds no identity; the caller writes the look down."""
    identity = Sealed(services, application).identity
    if identity is None:
        return None
    number = identity.identity_number
    return OnRecord(identity.name, number[-_TOLD_DIGITS:].rjust(len(number), "*"))
