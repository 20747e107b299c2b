"""What a lender may never ask for, and what never leaves this computer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, Protocol

from loanapp.domain.consent import LegalBasis
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


class ExplainedItem(AskedFor, Protocol):
    """A data item with what the lender says about it."""

    @property
    def why(self) -> TextInLanguages:
        """The purpose."""
        ...

    @property
    def recipient(self) -> TextInLanguages:
        """Who has it."""
        ...

    @property
    def retention(self) -> TextInLanguages:
        """How long."""
        ...

    @property
    def basis(self) -> LegalBasis:
        """By what right."""
        ...

    @property
    def required(self) -> bool:
        """Whether the loan cannot be had without it."""
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
        if found := _forbidden_item(item):
            raise GuardRefusal(ErrorCode.GUARD_PERMISSION_FORBIDDEN, found)


def _forbidden_item(item: AskedFor) -> str | None:
    return next((found for words in (item.id, item.name.zh, item.name.en) if (found := _forbidden_in(words))), None)


def unfounded(item: ExplainedItem) -> str | None:
    """What is wrong with a data item a lender asks for, or ``None``.

    ``forbidden``, ``no_purpose``, ``no_recipient``, ``no_retention`` (missing, or words that bind nobody),
    ``too_wide``, or ``needs_consent`` (something sensitive on another basis). Such an item is shown in red and never
    sent.
    """
    if _forbidden_item(item):
        return "forbidden"
    vague = read_toml("policy", "guard.toml")["vague"]
    for fault, words, kind in (
        ("no_purpose", item.why, "purpose"),
        ("no_recipient", item.recipient, "recipient"),
        ("no_retention", item.retention, "retention"),
        ("too_wide", item.name, "width"),
    ):
        if not words.zh.strip() or not words.en.strip() or _says(words, vague[kind]):
            return fault
    sensitive = read_toml("policy", "guard.toml")["sensitive"]
    if item.basis is not LegalBasis.CONSENT and (
        item.id in sensitive["items"] or any(word in item.name.zh for word in sensitive["zh"])
    ):
        return "needs_consent"
    return None


def check_founded(items: Iterable[ExplainedItem]) -> None:
    """Refuse a lender whose loan cannot be had without an item that is not justified.

    Raises :class:`GuardRefusal` with ``GUARD_PERMISSION_FORBIDDEN`` or ``GUARD_ITEM_UNFOUNDED``; one that may be
    refused is no reason to stop: it is shown, and not sent.
    """
    asked = tuple(items)
    check_data_items(asked)
    for item in asked:
        if item.required and (fault := unfounded(item)):
            raise GuardRefusal(ErrorCode.GUARD_ITEM_UNFOUNDED, item.id, fault=fault)


def _says(words: TextInLanguages, listed: Mapping[str, Sequence[str]]) -> bool:
    padded = f" {' '.join(_WORDS.findall(words.en.lower()))} "
    return any(word in words.zh for word in listed["zh"]) or any(f" {word} " in padded for word in listed["en"])


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
