"""The lender this program was made for: the profile that came with it, signed by who published the program.

Without one this is the demonstration: its lender runs on this very computer and is proved by an owner-only file.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from loanapp.client.endpoint import EmbeddedEndpoint, Endpoint
from loanapp.client.profile import Product
from loanapp.client.reading import AnswerUnreadableError, JsonObject
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import LENDER_PROFILE, has_lender_profile, read_toml

EMBEDDED_LENDER_FOLDER: Final = "lender"
PUBLISHERS: Final = ("profiles", "publishers.toml")
_ID: Final = re.compile(r"[a-z][a-z0-9]{1,30}")
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_DEMONSTRATION: Final = "demo"
_CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----"


class ProfileError(ValueError):
    """The profile is not signed by a known publisher, or something a borrower must know is missing from it."""


class ProfileExpiredError(ProfileError):
    """Nobody has vouched for this lender for the time since ``last``: licence, address or roots may be others."""

    def __init__(self, last: date) -> None:
        super().__init__(f"valid_until was {last.isoformat()}")
        self.last: Final = last


def profile_table() -> dict[str, Any]:
    """What the profile says, unchecked: enough for the first picture, which talks to nobody."""
    return read_toml(*(LENDER_PROFILE if has_lender_profile() else ("profiles", "demonstration.toml")))


def named_publishers(table: Mapping[str, Any]) -> tuple[tuple[str, bytes], ...]:
    """Names and raw Ed25519 keys of a ``publishers.toml``. Raises :class:`ProfileError` for what is no key."""
    try:
        found = tuple(
            (str(row["name"]), b64decode(row["public_key"], validate=True)) for row in table.get("publisher", [])
        )
    except (KeyError, TypeError, binascii.Error, ValueError):
        raise ProfileError("a publisher's key cannot be read") from None
    if any(len(key) != 32 for _, key in found):
        raise ProfileError("a publisher's key cannot be read")
    return found


def known_publishers(table: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The keys alone."""
    return tuple(key for _, key in named_publishers(table))


def check_profile(table: Mapping[str, Any], publishers: Iterable[bytes], today: date | None = None) -> Endpoint:
    """Hold a lender's profile against its signature and against what a borrower must know; returns its address.

    Raises :class:`ProfileError` that names what does not hold, :class:`ProfileExpiredError` after its last day (in
    China; ``today`` is the present one by default).
    """
    _check_signature(table, publishers)
    answer = JsonObject(table, "profile")
    try:
        endpoint = _endpoint(answer)
        _check_facts(answer)
        last = answer.day("valid_until")
    except AnswerUnreadableError as error:
        raise ProfileError(f"{error.details['field']} is missing or not as it must be") from None
    if last < (today or datetime.now(CHINA).date()):
        raise ProfileExpiredError(last)
    return endpoint


def installed_endpoint(home: Path) -> Callable[[], Endpoint]:
    """Where the lender of this program answers; ``home`` is the program's own folder.

    What it returns raises :class:`LoanAppError`: ``ASSET_DAMAGED`` where the lender's profile is not what its
    publisher signed, ``PROFILE_EXPIRED`` after its last day, and what :class:`EmbeddedEndpoint`
    raises for the demonstration's lender.
    """
    if not has_lender_profile():
        return EmbeddedEndpoint(home / EMBEDDED_LENDER_FOLDER)
    return _installed


def _installed() -> Endpoint:
    try:
        return check_profile(profile_table(), known_publishers(read_toml(*PUBLISHERS)))
    except ProfileExpiredError as error:
        raise LoanAppError(ErrorCode.PROFILE_EXPIRED, last=error.last.isoformat()) from None
    except (OSError, ValueError):
        raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=LENDER_PROFILE[-1]) from None


def _check_signature(table: Mapping[str, Any], publishers: Iterable[bytes]) -> None:
    from loanapp.proof.signed_message import SignedMessageError, verify_message  # noqa: PLC0415 - not at the start

    for key in publishers:
        try:
            verify_message(key, table)
        except SignedMessageError:
            continue
        return
    raise ProfileError("the signature is of no publisher this program knows")


def _endpoint(answer: JsonObject) -> Endpoint:
    from loanapp.proof.authorities import (  # noqa: PLC0415 - not at the start
        load_certificates,
        vouches_for_documents,
        vouches_for_time,
    )

    url = answer.text("base_url")
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ProfileError("base_url is no https address")
    roots = answer.inner("roots")
    names = ("transport", "document", "time", *(("borrower",) if roots.has("borrower") else ()))
    texts = {name: roots.text(name) for name in names}
    fit = {
        "transport": lambda _root: True,
        "document": vouches_for_documents,
        "time": vouches_for_time,
        "borrower": vouches_for_documents,
    }
    for name, text in texts.items():
        try:
            fits = all(fit[name](root) for root in load_certificates(text))
        except ValueError:  # also raised when a part of it is looked at: certificates are read piece by piece
            raise ProfileError(f"roots.{name} is no certificate") from None
        if not fits:
            raise ProfileError(f"roots.{name} is a certificate for something else")
    return Endpoint(
        base_url=url,
        ca_pem=texts["transport"],
        document_root_pem=texts["document"],
        time_root_pem=texts["time"],
        borrower_root_pem=texts.get("borrower", ""),
    )


def _check_facts(answer: JsonObject) -> None:
    if not _ID.fullmatch(answer.text("id")):
        raise ProfileError("id is not two to 31 small letters and digits")
    licence = answer.text("licence").strip()
    if not licence:
        raise ProfileError("the licence is missing: nobody may lend without one")
    if answer.flag("simulated") or licence.lower().startswith(_DEMONSTRATION):
        raise ProfileError("this is a simulated lender: its borrowers get the demonstration")
    support = answer.inner("support")
    spoken = [answer.localised(name) for name in ("name", "address")]
    told = [support.text(name) for name in ("phone", "hours", "email")] + [answer.text("version")]
    if not all(word.strip() for word in (*told, *(one for text in spoken for one in (text.zh, text.en)))):
        raise ProfileError("name, address or a way to reach the lender is empty")
    if not answer.objects("products", Product.read):
        raise ProfileError("there is no product")
    if answer.has("brand"):
        brand = answer.inner("brand")
        if brand.has("accent") and not _COLOUR.fullmatch(brand.text("accent")):
            raise ProfileError("brand.accent is no colour")
