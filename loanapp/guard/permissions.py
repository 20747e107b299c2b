"""What a lender may never ask for, and what never leaves this computer."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final, Protocol

from loanapp.domain.errors import ErrorCode
from loanapp.guard.refusal import GuardRefusal
from loanapp.resource_files import read_toml


class TextInLanguages(Protocol):
    """A text, or a hash of one, in both languages."""

    @property
    def zh(self) -> str:
        """Chinese."""
        ...

    @property
    def en(self) -> str:
        """English."""
        ...


class AskedFor(Protocol):
    """A data item a lender asks for."""

    @property
    def id(self) -> str:
        """The identifier."""
        ...

    @property
    def name(self) -> TextInLanguages:
        """What the borrower reads."""
        ...


class HashedText(Protocol):
    """An authorisation's text and the hash the lender will hold the borrower to."""

    @property
    def text(self) -> TextInLanguages:
        """What is shown."""
        ...

    @property
    def sha256(self) -> TextInLanguages:
        """What is recorded."""
        ...


_WORDS: Final = re.compile(r"[a-z0-9]+")


def _forbidden_in(name: str) -> str | None:
    """The forbidden item ``name`` speaks of: all words of one of its spellings, in any writing."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    padded = f" {' '.join(_WORDS.findall(spaced.lower()))} "
    for item in read_toml("policy", "guard.toml")["forbidden_data"]:
        if any(f" {spelling} " in padded for spelling in item["words"]) or any(word in name for word in item["zh"]):
            return str(item["id"])
    return None


def check_data_items(items: Iterable[AskedFor]) -> None:
    """Refuse a lender that asks for contacts, messages, call log, album, location, or a card's secrets.

    Identifiers and both names are looked at. Raises :class:`GuardRefusal` with ``GUARD_PERMISSION_FORBIDDEN``;
    PIPL 6 and 19.
    """
    for item in items:
        for words in (item.id, item.name.zh, item.name.en):
            if found := _forbidden_in(words):
                raise GuardRefusal(ErrorCode.GUARD_PERMISSION_FORBIDDEN, found)


def check_outgoing(body: Mapping[str, object]) -> None:
    """Refuse to send a field that must never leave, whoever asks for it.

    Raises :class:`GuardRefusal` with ``GUARD_PERMISSION_FORBIDDEN``.
    """
    for name, value in body.items():
        if found := _forbidden_in(name):
            raise GuardRefusal(ErrorCode.GUARD_PERMISSION_FORBIDDEN, found)
        if isinstance(value, Mapping):
            check_outgoing(value)


def check_consent_text(consent: HashedText) -> None:
    """The hash that will be recorded belongs to the very words that are shown, in each language.

    Raises :class:`GuardRefusal` with ``GUARD_CONSENT_DIFFERS``.
    """
    for language, text, stated in (
        ("zh", consent.text.zh, consent.sha256.zh),
        ("en", consent.text.en, consent.sha256.en),
    ):
        if sha256(text.encode()).hexdigest() != stated:
            raise GuardRefusal(ErrorCode.GUARD_CONSENT_DIFFERS, language)
