import contextlib
import json

import pytest

from loanapp.client.secrets import MemorySecrets
from loanapp.client.transport import RetryPolicy
from loanapp.domain.clock import SystemClock
from loanapp.journey.journey import Journey
from tests.loanapp.client.tls_lender import Reply, TlsLender


class LastingSecrets(MemorySecrets):
    """What a credential store is to two starts of the program."""

    durable = True


class Desk:
    """A scripted lender and a computer on which the program may be started again and again."""

    def __init__(self, home, stack):
        self.lender = TlsLender()
        stack.callback(self.lender.close)
        self.stack = stack
        self.home = home
        self.secrets = LastingSecrets()

    def says(self, *answers):
        """What the lender answers next: JSON with status 200, or a reply."""
        for answer in answers:
            reply = answer if isinstance(answer, Reply) else Reply(body=json.dumps(answer).encode())
            self.lender.script.append(reply)

    def program(self, *, clock=None, secrets=None):
        """Start the program; the lender's clock shows the same time, unless a test sets it wrong later."""
        self.lender.clock = clock or SystemClock()
        journey = Journey(
            self.lender.endpoint,
            self.home,
            lambda: secrets or self.secrets,
            clock=clock,
            retries=RetryPolicy(attempts=1),
        )
        self.stack.callback(journey.close)
        return journey

    def asked(self, path):
        """The requests for a path so far."""
        return [request for request in self.lender.requests if request.path == path]


@pytest.fixture
def desk(tmp_path):
    with contextlib.ExitStack() as stack:
        yield Desk(tmp_path / "home", stack)
