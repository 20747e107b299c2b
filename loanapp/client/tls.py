"""A session that trusts one root: TLS 1.3, host name checked, no cookie, no redirect, nothing read from the system.

A proxy is used where the caller names one: it makes a tunnel, in which the same is held against the same root.

Import inside functions that run in a worker: ``requests`` takes 90 ms.
"""

import ssl
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import exceptions as pool_errors

from loanapp.client.endpoint import Endpoint
from loanapp.client.errors import LenderCertificateWrongError

_POOL = 8
# X509_V_ERR_CERT_NOT_YET_VALID of OpenSSL.
_NOT_YET_VALID = 9


def pinned_context(ca_pem: str) -> ssl.SSLContext:
    """A client context that believes ``ca_pem`` and nothing else; raises :class:`LenderCertificateWrongError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError):
        raise LenderCertificateWrongError from None
    return context


class PinnedAdapter(HTTPAdapter):
    """Connects with the pinned context and keeps requests from adding its own list of public roots to it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=_POOL, max_retries=0)

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401
        """Give every pool the pinned context."""
        super().init_poolmanager(*args, ssl_context=self._context, **settings)

    def proxy_manager_for(self, proxy: str, **settings: Any) -> Any:  # noqa: ANN401
        """Give every pool behind a proxy the pinned context too."""
        return super().proxy_manager_for(proxy, ssl_context=self._context, **settings)

    def cert_verify(self, conn: Any, url: str, verify: bool | str, cert: Any) -> None:  # noqa: ANN401, ARG002, FBT001
        """Verification cannot be switched off, and no bundle of public roots is loaded."""
        if not url.lower().startswith("https://"):
            raise LenderCertificateWrongError
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None
        conn.ca_cert_dir = None

    def close(self) -> None:
        """Close idle connections now; urllib3 would wait until nothing, not even a traceback, refers to them."""
        for pools in [one.pools for one in (self.poolmanager, *self.proxy_manager.values())]:
            for key in pools.keys():  # noqa: SIM118  (a container of urllib3's own that cannot be iterated)
                if (pool := pools.get(key)) is not None:
                    pool.close()
        super().close()


def pinned_session(endpoint: Endpoint, proxy: str | None = None) -> requests.Session:
    """A session for this endpoint alone, through ``proxy`` where one is named (``http://host:port``).

    Raises :class:`LenderCertificateWrongError` for anything but ``https``.
    """
    parts = urlsplit(endpoint.base_url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise LenderCertificateWrongError
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"https": proxy} if proxy is not None else {}
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.adapters.clear()
    session.mount("https://", PinnedAdapter(pinned_context(endpoint.ca_pem)))
    return session


def is_foreign(error: BaseException) -> bool:
    """Whether the other side could not prove to be the lender, rather than being silent."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return False
        if isinstance(cause, ssl.SSLError):
            return True
    return False


def of_the_future(error: BaseException) -> bool:
    """Whether the lender's certificate is not valid yet: as good as always this computer's clock is behind.

    Nothing is believed because of it; only the sentence differs.
    """
    return any(
        isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code == _NOT_YET_VALID
        for cause in _causes(error)
    )


def by_the_proxy(error: BaseException) -> bool:
    """Whether a proxy could not be reached, or made no tunnel: nothing has come as far as the lender."""
    return any(isinstance(cause, pool_errors.ProxyError) for cause in _causes(error))


def never_connected(error: BaseException) -> bool:
    """Whether the request cannot have reached the lender."""
    refused = (pool_errors.NewConnectionError, pool_errors.ConnectTimeoutError, ssl.SSLCertVerificationError)
    return isinstance(error, requests.exceptions.ConnectTimeout) or any(
        isinstance(cause, refused) for cause in _causes(error)
    )


def _causes(error: BaseException) -> list[BaseException]:
    """The error and everything it was made from: causes, contexts, wrapped arguments and reasons."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, BaseException) or item in found:
            continue
        found.append(item)
        waiting += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
    return found
