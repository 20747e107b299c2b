"""Where a request comes from: the connection's own peer, unless that peer is a proxy the lender has named.

``network.toml`` in the lender's data folder names them: ``proxies = ["192.0.2.0/28"]``. Without it there is none,
and what a header says counts for nothing: anybody can write one. ``host = "loans.example.cn"`` in the same file is the
name that borrowers reach the lender by, for which their security keys sign; without it this very computer's.
"""

import re
import tomllib
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

from loanapp.backend.policy import PolicyError
from loanapp.domain.relying_party import LOOPBACK

FILE: Final = "network.toml"
FORWARDED: Final = "x-forwarded-for"
_HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")

Network = IPv4Network | IPv6Network


def proxies(folder: Path) -> tuple[Network, ...]:
    """The networks of the lender's own proxies; raises :class:`PolicyError` for a file that does not hold."""
    named = _row(folder).get("proxies", [])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise PolicyError(f"{FILE}: proxies must be a list of networks")
    try:
        return tuple(ip_network(one) for one in named)
    except ValueError as error:
        raise PolicyError(f"{FILE} names a network that is none") from error


def host(folder: Path) -> str:
    """The name borrowers reach the lender by; raises :class:`PolicyError` for what is no name of a host."""
    named = _row(folder).get("host", LOOPBACK)
    if named != LOOPBACK and not (isinstance(named, str) and _HOST.fullmatch(named)):
        raise PolicyError(f"{FILE}: host must be a name such as loans.example.cn, in small letters")
    return str(named)


def _row(folder: Path) -> dict[str, Any]:
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        row = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"{FILE} cannot be read") from error
    if not row or set(row) - {"proxies", "host"}:
        raise PolicyError(f"{FILE} needs proxies, a list of networks, or host, and nothing else")
    return row


def client_address(peer: str, forwarded: Iterable[str], trusted: tuple[Network, ...]) -> str:
    """The address a request comes from.

    ``forwarded`` are the values of the header in the order they came. Each proxy adds whom it heard from at the end:
    from there backwards the first address that is no proxy of the lender's is the client; what stands before it was
    written by the client.
    """
    if not _of(peer, trusted):
        return peer
    chain = [one.strip() for value in forwarded for one in value.split(",")]
    heard = peer
    for one in reversed(chain):
        if not _address(one):
            break
        heard = one
        if not _of(one, trusted):
            break
    return heard


def _of(address: str, networks: tuple[Network, ...]) -> bool:
    return _address(address) and any(ip_address(address) in one for one in networks)


def _address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
