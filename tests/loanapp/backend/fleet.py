"""Workers of a served lender as processes of their own, over one folder, and borrowers who use whichever answers.

``python -m tests.loanapp.backend.fleet DATA PORT OPERATIONS_PORT`` is one worker: the real one with quick sources.
"""

import contextlib
import dataclasses
import logging
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import requests

from loanapp.backend.lifecycle.assembly import assemble
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.policy import load_policies
from loanapp.backend.served.migrating import migrate
from loanapp.backend.store.stores import stores
from loanapp.domain.clock import SystemClock
from tests.loanapp.backend.remembering_inference import RememberingInference
from tests.loanapp.backend.walk import Walker, Wire, card_photo, serving

QUICK = {
    "registry_seconds": 0.1,
    "face_seconds": 0.05,
    "card_seconds": 0.05,
    "bureau_seconds": 0.1,
    "decision_seconds": 0.05,
    "reviewer_seconds": 0.1,
    "clerk_seconds": 0.1,
    "bank_seconds": 0.05,
    "authority_seconds": 0.05,
    "payout_seconds": 0.3,
}
AMOUNT = "1000.00"  # one test person, whose twenty loans stay below what one person may owe


def quick_policies(**simulation):
    """The lender's own policies, with quick sources, a short time of reading, and everybody at one address."""
    policies = load_policies()
    limits = policies.limits
    read = limits.reading_seconds.model_copy(update={"value": 0})
    sign_in = policies.sign_in.model_copy(update={"codes_network_an_hour": 100_000, "wrong_codes_network": 100_000})
    return dataclasses.replace(
        policies,
        simulation=policies.simulation.model_copy(update=QUICK | simulation),
        limits=limits.model_copy(update={"reading_seconds": read}),
        sign_in=sign_in,
    )


@contextlib.contextmanager
def assembled(data, policies=None):
    """The lender over its folder in this process, without its workflow: for preparing, looking and closing."""
    folder = LenderFolder.made(data)
    if stores(folder.root).shared:
        migrate(stores(folder.root))
    built = assemble(folder, policies or quick_policies(), SystemClock())
    built = dataclasses.replace(built, services=dataclasses.replace(built.services, inference=RememberingInference()))
    try:
        yield built
    finally:
        built.close()


def applicants(data, count, *, first=13700000001):
    """Borrowers who need only submit; each with a phone of its own."""
    found = []
    with assembled(data) as lender, serving(lender) as wire:
        for side in ("front", "back"):  # once, with all the time it takes on a computer that is busy
            lender.services.inference.read_document(card_photo("approved", side), side)
        for number in range(count):
            one = Walker(wire, phone=str(first + number))
            one.ready_to_submit(amount=AMOUNT)
            found.append(one)
    return found


def at(walker, wire):
    """The same borrower at another address."""
    again = Walker.__new__(Walker)
    again.__dict__ = walker.__dict__ | {"http": wire}
    return again


class Worker:
    """One process; killed and started again as often as wanted, on the same port."""

    def __init__(self, data: Path):
        self.data = data
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            self.port, self.operations_port = one.getsockname()[1], two.getsockname()[1]
        self.process = None

    def start(self, *, wait=True):
        command = [
            sys.executable,
            "-m",
            "tests.loanapp.backend.fleet",
            str(self.data),
            str(self.port),
            str(self.operations_port),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        if wait:
            self.wait()
        return self

    def wait(self, seconds=60):
        deadline = time.monotonic() + seconds
        while not self.answers():
            assert self.process.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, "the worker does not answer"
            time.sleep(0.05)

    def wait_until_ready(self, seconds=90):
        """Until its workflow runs as well."""
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{self.operations_port}/health/ready", timeout=5).status_code == 200:
                    return
            assert self.process.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, "the worker is not ready"
            time.sleep(0.05)

    def answers(self):
        context = ssl.create_default_context(cafile=self.root) if self.root.exists() else None
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as plain:
                if context is None:
                    return False
                with context.wrap_socket(plain, server_hostname="127.0.0.1"):
                    return True
        except OSError:
            return False

    @property
    def root(self):
        return self.data / "public" / "transport_root.pem"

    def wire(self):
        return Wire(f"https://127.0.0.1:{self.port}", self.root)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(15)

    def leave(self):
        """Told to end; its exit code."""
        self.process.terminate()
        return self.process.wait(40)


class AnyWorker:
    """A wire that tries again, anywhere, until somebody answers: what a balancer and a patient client do together."""

    def __init__(self, workers, seconds=600):
        self._wires = [worker.wire() for worker in workers]
        self._seconds = seconds
        self.clock = SystemClock()

    def request(self, method, path, **more):
        deadline, said = time.monotonic() + self._seconds, None
        while True:
            try:
                answer = random.choice(self._wires).request(method, path, **more)
                if answer.status_code < 500:
                    return answer
                said = answer.status_code
            except requests.RequestException as error:
                said = type(error).__name__
            assert time.monotonic() < deadline, f"{method} {path} is answered by nobody: {said}"
            time.sleep(0.1)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def close(self):
        for wire in self._wires:
            wire.close()


if __name__ == "__main__":
    from loanapp.backend.served.logs import log_as_json
    from loanapp.backend.served.worker import Serving, run_worker

    log_as_json()
    logging.getLogger("loanapp").setLevel(logging.ERROR)
    os._exit(
        run_worker(
            Path(sys.argv[1]), Serving(port=int(sys.argv[2]), operations_port=int(sys.argv[3])), quick_policies()
        )
    )
