"""The lender: a decision's time, throughput beside a bare endpoint, the slowest of many, and a million applications."""

import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select, text

from loanapp.backend.store.database import Database
from loanapp.backend.store.tables import ApplicationEvent
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend import fleet
from tests.loanapp.backend.walk import TERMS, Walker, Wire

_AT_ONCE, _DECISIONS = 4, 24
_CONNECTIONS, _WARM, _SECONDS = 16, 3.0, 15.0
_PAUSE = 0.5  # thirty requests a second: what ten million borrowers' applications send in their busiest hour
_FEW, _MANY, _LOOKS = 1_000, 1_000_000, 60
# What the simulated sources take of a decision, one after another: simulation.toml as fleet.QUICK has it.
_SIMULATED = sum(
    fleet.QUICK[name] for name in ("registry_seconds", "face_seconds", "card_seconds", "bureau_seconds")
) + fleet.QUICK["decision_seconds"]  # fmt: skip

_BORROWERS = """INSERT INTO borrower (id, phone_index, phone_sealed, created_at, face_failures)
SELECT printf('b%035d', i), hex(randomblob(32)), randomblob(40), :now, 0 FROM n"""
_APPLICATIONS = """INSERT INTO application (id, number, borrower_id, status, product_id, amount, months, method,
purpose, created_at, updated_at, has_front, has_back, identity_corrections, face_state, face_by_person,
identity_sealed, profile_sealed, identity_index)
SELECT printf('a%035d', i), printf('LAF-%09d', i), printf('b%035d', i), 'settled', 'consumer_instalment', '1000.00', 12,
'equal_instalment', 'daily_consumption', :now, :now, 1, 1, '[]', 'passed', 0,
randomblob(400), randomblob(90), hex(randomblob(32)) FROM n"""
_EVENTS = """INSERT INTO application_event (application_id, status, at)
SELECT printf('a%035d', i), 'settled', :now FROM n"""


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Budgets: 2 s to a decision; 0.8 of the bare endpoint; 100 ms; 1.3 times a thousand applications."""
    with tempfile.TemporaryDirectory() as folder:
        yield "lender.decision_p95", _decisions(Path(folder) / "decisions"), "s", 2.0
        writing, _slowest, writing_cpu = _bare(Path(folder) / "writing", "writing")
        bare, bare_slowest, bare_cpu = _bare(Path(folder) / "bare", "whole")
        ours, slowest, ours_cpu = _ours(Path(folder) / "ours")
        yield "lender.writes", ours, "/s", bare
        yield "lender.write_cpu", ours_cpu, "ms", bare_cpu  # the same where others keep the computer busy
        yield "lender.writes_beside_writing_alone", ours, "/s", writing
        yield "lender.write_cpu_beside_writing_alone", ours_cpu, "ms", writing_cpu
        yield "lender.p99_16", slowest, "ms", 100.0
        yield "lender.p99_16_beside_bare", slowest, "ms", bare_slowest
        yield "lender.p99_16_resting", _ours(Path(folder) / "resting", _PAUSE)[1], "ms", 100.0
        few, many = _stored(Path(folder) / "stored")
        for name in few:
            yield f"lender.{name}_at_million", many[name], "ms", few[name]


def _decisions(data: Path) -> float:
    """Seconds from submitted to offered by the lender's own clock, less what its sources take; the 95th percentile."""
    borrowers = fleet.applicants(data, _DECISIONS)
    worker = fleet.Worker(data).start()
    wire = worker.wire()
    worker.wait_until_ready()
    _decide([fleet.at(borrowers[0], wire)])

    def decide(some: list[Walker]) -> None:
        _decide([fleet.at(one, worker.wire()) for one in some])

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(decide, [borrowers[1 + start :: _AT_ONCE] for start in range(_AT_ONCE)]))
    worker.leave()
    with contextlib.closing(Database(data / "lender.sqlite")) as database, database.read() as session:
        at: dict[tuple[str, ApplicationStatus], datetime] = {}
        for event in session.scalars(select(ApplicationEvent)):
            at[event.application_id, event.status] = event.at
    took = [
        (at[one.id, ApplicationStatus.OFFERED] - at[one.id, ApplicationStatus.SUBMITTED]).total_seconds() - _SIMULATED
        for one in borrowers[1:]
    ]
    return statistics.quantiles(took, n=20)[-1]


def _decide(some: list[Walker]) -> None:
    for one in some:
        one.act("/submit")
        one.wait("offered", seconds=60)


def _bare(data: Path, rows: str) -> tuple[float, float, float]:
    port = fleet.Worker(data).port
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.bare_endpoint", str(data), str(port), rows])
    try:
        server = fleet.Worker(data)
        server.port, server.process = port, process
        server.wait()
        return _load([_Bare(server.wire(), str(number)) for number in range(_CONNECTIONS)], process.pid)
    finally:
        process.terminate()
        process.wait(20)


class _Bare:
    def __init__(self, wire: Wire, caller: str) -> None:
        self._wire, self._caller = wire, caller

    def pair(self) -> Iterator[None]:
        """One application and its withdrawal."""
        made = self._send("/v1/applications", TERMS)
        assert made.status_code == 201, made.text
        yield
        done = self._send(f"/v1/applications/{made.json()['id']}/withdraw", {})
        assert done.status_code == 200, done.text
        yield

    def _send(self, path: str, body: dict[str, Any]) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._caller}", "Idempotency-Key": str(uuid.uuid4())}
        return self._wire.request("POST", path, json=body, headers=headers)


class _Ours:
    def __init__(self, walker: Walker) -> None:
        self._walker = walker

    def pair(self) -> Iterator[None]:
        """The same of a signed-in borrower: proved, idempotent, in the ledger."""
        self._walker.create()
        yield
        self._walker.act("/withdraw")
        yield


def _ours(data: Path, pause: float = 0.0) -> tuple[float, float, float]:
    worker = fleet.Worker(data).start()
    worker.wait_until_ready()
    try:
        return _load([_Ours(one) for one in _signed_in(worker, _CONNECTIONS)], worker.process.pid, pause)
    finally:
        worker.leave()


def _signed_in(worker: fleet.Worker, count: int, first: int = 13800000001) -> list[Walker]:
    borrowers = [Walker(worker.wire(), phone=str(first + number)) for number in range(count)]
    for one in borrowers:
        one.sign_in()
    return borrowers


def _load(clients: list[_Bare] | list[_Ours], server: int, pause: float = 0.0) -> tuple[float, float, float]:
    """Requests a second, the 99th percentile of one in ms, and what one computes, in ms.

    Every client is busy, or rests ``pause`` seconds after each request.
    """
    took: list[float] = []
    computed: list[float] = []
    warm = time.perf_counter() + _WARM
    ready = threading.Barrier(len(clients), lambda: computed.append(_computed(server)))

    def work(client: _Bare | _Ours) -> None:
        while time.perf_counter() < warm:  # a connection, and whatever loads late
            for _step in client.pair():
                pass
        turn = ready.wait()
        time.sleep(pause * turn / len(clients))  # else all would ask at the same moment each time
        begun = time.perf_counter()
        while time.perf_counter() - begun < _SECONDS:
            started = time.perf_counter()
            for _step in client.pair():
                took.append(time.perf_counter() - started)
                if pause:
                    time.sleep(pause)
                started = time.perf_counter()

    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(work, clients))
    each = (_computed(server) - computed[0]) / len(took) * 1000
    return len(took) / _SECONDS, statistics.quantiles(took, n=100)[-1] * 1000, each


def _computed(process: int) -> float:
    """Seconds a process has computed so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stored(data: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The median of each act in milliseconds, with a thousand applications stored and with a million."""
    with fleet.assembled(data):
        pass
    found = []
    for number, (stored, before) in enumerate(((_FEW, 0), (_MANY, _FEW))):
        with contextlib.closing(Database(data / "lender.sqlite")) as database:
            _fill(database, before, stored)
        worker = fleet.Worker(data).start()
        worker.wait_until_ready()
        found.append(_acts(_signed_in(worker, 1, 13900000001 + number)[0]))
        worker.leave()
    return found[0], found[1]


def _acts(one: Walker) -> dict[str, float]:
    took: dict[str, list[float]] = {"create": [], "show": [], "profile": [], "list": [], "withdraw": []}
    for name in itertools.chain.from_iterable(itertools.repeat(list(took), _LOOKS)):
        started = time.perf_counter()
        match name:
            case "create":
                one.create()
            case "show":
                one.get()
            case "profile":
                one.profile()
            case "list":
                one.done("GET", "/v1/applications")
            case "withdraw":
                one.act("/withdraw")
        took[name].append((time.perf_counter() - started) * 1000)
    return {name: statistics.median(times[5:]) for name, times in took.items() if name != "list"}


def _fill(database: Database, first: int, last: int) -> None:
    """Borrowers with an application each, and its events and entries, as rows of the same size as real ones."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    counted = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :last) "
    with database.write() as session:
        given = {"first": first, "last": last, "now": now}
        for statement in (_BORROWERS, _APPLICATIONS, _EVENTS):
            session.execute(text(statement.replace("SELECT", counted + "SELECT", 1)), given)
