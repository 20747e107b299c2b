"""The system's proxy, read here and passed on by name: it is asked for a tunnel and shown nothing.

TLS to the lender goes on inside the tunnel, held against the lender's root as without one (RFC 9110, 9.3.6). What is
read is the environment, else the settings of Windows and macOS; no script (PAC) is run, and SOCKS is not spoken.
"""

import base64
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

_DEFAULT_PORT: Final = 80


def proxy_for(url: str) -> str | None:
    """``http://[user:password@]host:port`` of the proxy that leads to ``url``; ``None`` where there is none.

    A lender on this very computer needs none. It may hold a password: never log it.
    """
    host = urlsplit(url).hostname or ""
    if not host or _is_here(host):
        return None
    with suppress(OSError, ValueError):
        found = getproxies()
        told = found.get("https") or found.get("all")
        if told and not proxy_bypass(host):
            address = told if "://" in told else f"http://{told}"
            return address if _parts(address) is not None else None
    return None


def connected(address: tuple[str, int], patience_s: float) -> socket.socket:
    """A connection to ``address``, through the system's proxy where that lets one through; raises :class:`OSError`."""
    host, port = address
    proxy = proxy_for(f"https://{f'[{host}]' if ':' in host else host}:{port}")
    parts = _parts(proxy) if proxy is not None else None
    if parts is not None:
        with suppress(OSError, HTTPException):
            return _tunnel(parts, address, patience_s)
    return socket.create_connection(address, timeout=patience_s)


def _tunnel(proxy: SplitResult, address: tuple[str, int], patience_s: float) -> socket.socket:
    headers = {}
    if proxy.username:
        known = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(known.encode()).decode()}"
    way = HTTPConnection(proxy.hostname or "", proxy.port or _DEFAULT_PORT, timeout=patience_s)
    try:
        way.set_tunnel(*address, headers=headers)
        way.connect()
    except BaseException:
        way.close()
        raise
    return way.sock


def _parts(address: str) -> SplitResult | None:
    """The parts of an address this program can use."""
    parts = urlsplit(address)
    with suppress(ValueError):
        if parts.scheme == "http" and parts.hostname and (parts.port or _DEFAULT_PORT):
            return parts
    return None


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
