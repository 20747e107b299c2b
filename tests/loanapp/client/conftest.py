import contextlib

import pytest

from loanapp.client.transport import RetryPolicy, Transport
from tests.loanapp.client.tls_lender import TlsLender

QUICK = RetryPolicy(attempts=3, first_pause_s=0.01, longest_pause_s=0.02)


@pytest.fixture
def lenders():
    """Makes test lenders; all end with the test."""
    with contextlib.ExitStack() as stack:

        def make(**settings):
            lender = TlsLender(**settings)
            stack.callback(lender.close)
            return lender

        yield make


@pytest.fixture
def wire():
    """Makes transports with short pauses; all are closed with the test."""
    with contextlib.ExitStack() as stack:

        def make(provider, **settings):
            transport = Transport(provider, **{"retries": QUICK, **settings})
            stack.callback(transport.close)
            return transport

        yield make
