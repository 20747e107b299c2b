"""Whom a security key signs for: the lender's host name, as WebAuthn calls a relying party."""

from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = "localhost"
_THIS_COMPUTER: Final = frozenset({"127.0.0.1", "::1", LOOPBACK})


def relying_party(base_url: str) -> str:
    """The identifier that belongs to an address; empty where it names no host. An address of this computer has one."""
    host = urlsplit(base_url).hostname or ""
    return LOOPBACK if host in _THIS_COMPUTER else host
