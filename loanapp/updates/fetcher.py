"""How metadata and programs are fetched: from the lender alone, over TLS that believes the lender's root alone."""

import time
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

import requests
from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient import FetcherInterface

from loanapp.client.endpoint import Endpoint
from loanapp.client.system_proxy import proxy_for
from loanapp.client.tls import pinned_session
from loanapp.updates.source import UpdateSource

_WAIT_S: Final = (10.0, 30.0)
_LONGEST_S: Final = 2 * 60 * 60
_PIECE: Final = 256 * 1024


class PinnedFetcher(FetcherInterface):
    """``told`` hears after each piece how many bytes of the present file have come; what it raises ends the fetch.

    Redirects are not followed and nothing is unpacked on the way; how long a file may be is held by TUF.
    """

    def __init__(self, source: UpdateSource, told: Callable[[int], None] | None = None) -> None:
        self._host = urlsplit(source.url).netloc
        self._session: requests.Session = pinned_session(Endpoint(source.url, source.ca_pem), proxy_for(source.url))
        self._answer: requests.Response | None = None
        self.told = told

    def close(self) -> None:
        """Leave no connection open, not even one whose file was given up half-way."""
        if self._answer is not None:
            self._answer.close()
        self._session.close()

    def _fetch(self, url: str) -> Iterator[bytes]:
        if urlsplit(url).netloc != self._host:
            raise DownloadError("another host")
        answer = self._session.get(
            url, stream=True, timeout=_WAIT_S, allow_redirects=False, headers={"Accept-Encoding": "identity"}
        )
        self._answer = answer
        if answer.status_code != requests.codes.ok:
            answer.close()
            raise DownloadHTTPError("no file", answer.status_code)
        return self._pieces(answer)

    def _pieces(self, answer: requests.Response) -> Iterator[bytes]:
        until, come = time.monotonic() + _LONGEST_S, 0
        with answer:
            try:
                for piece in answer.raw.stream(_PIECE, decode_content=False):
                    if time.monotonic() > until:
                        raise SlowRetrievalError("too slow")
                    come += len(piece)
                    if self.told is not None:
                        self.told(come)
                    yield piece
            except (requests.RequestException, OSError) as error:
                raise DownloadError("the connection broke") from error
