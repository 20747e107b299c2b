"""What operators see of a worker: health, metrics and logs, none of which tells anything of anybody; a graceful end."""

import contextlib
import gc
import json
import logging
import os
import re
import signal
import socket
import ssl
import sys
import threading
import time
from types import SimpleNamespace

import pytest
import requests
import uvicorn
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from loanapp.backend.app import create_app
from loanapp.backend.lifecycle.embedded import _AnnouncingServer
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.served import worker
from loanapp.backend.served.logs import JsonLines
from loanapp.backend.served.metrics import Measured, Metrics
from loanapp.backend.served.operations import Readiness, operations_app, serving_operations
from loanapp.backend.served.worker import EXIT_FAILED, Serving, _Server, run_worker
from tests.loanapp.backend import fleet
from tests.loanapp.backend.tls_server import served_over_tls
from tests.loanapp.backend.walk import Walker, Wire


@pytest.fixture
def operated(lender):
    """The lender as a worker serves it, and the door for operators."""
    metrics, readiness = Metrics(lender.services.database), Readiness(lender)
    app = create_app(lender.services)
    app.add_middleware(Measured, metrics=metrics)
    keys = lender.services.keys
    root = keys._folder.root / "public" / "transport_root.pem"
    keys.publish({"transport_root": keys.transport_root.certificate_pem})
    with (
        serving_operations(operations_app(readiness, metrics), socket.create_server(("127.0.0.1", 0))) as door,
        served_over_tls(app, keys.server_context) as url,
        Wire(url, root) as wire,
    ):
        wire.clock = lender.services.clock
        yield SimpleNamespace(wire=wire, door=door, readiness=readiness)
    lender.services.database.waited = None


def asked(operated, path):
    answer = requests.get(operated.door + path, timeout=5)
    return answer.status_code, answer.text


def samples(operated):
    status, page = asked(operated, "/metrics")
    assert status == 200
    return page, {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(page)
        for one in family.samples
    }


def test_counts_and_logs_tell_of_routes_and_of_nobody(operated, caplog):
    caplog.set_level(logging.INFO, "loanapp")
    one = Walker(operated.wire, phone="13966660001")
    one.sign_in()
    one.create()
    one.profile()
    one.consents()
    operated.wire.get(f"/v1/applications/{one.phone}")
    operated.wire.request("GET", f"/{one.phone}")
    page, found = samples(operated)
    get = ("method", "GET"), ("route", "/v1/applications/{application_id}")
    assert found["loanapp_requests_total", *get, ("status", "401")] == 1
    assert found["loanapp_requests_total", ("method", "GET"), ("route", "unmatched"), ("status", "404")] == 1
    counted = [found[key] for key in found if key[:3] == ("loanapp_requests_total", *get)]
    assert found["loanapp_request_seconds_count", *get] == sum(counted) > 0
    assert found["loanapp_writer_turn_seconds_count",] > 5
    assert found["loanapp_ledger_entries",] > 0
    assert ("loanapp_applications_waiting", ("status", "signed")) in found
    lines = [JsonLines().format(record) for record in caplog.records]
    answered = [json.loads(line) for line in lines if json.loads(line)["logger"] == "loanapp.requests"]
    assert {"method": "GET", "route": "unmatched", "status": 404}.items() <= answered[-1].items()
    secrets = (one.phone, one.who.name, one.who.identity_number, one.who.card_number, one.id, one.token, one.device_id)
    told = page + "\n".join(lines) + json.dumps(one.who.name)
    assert [secret for secret in secrets if secret in told and secret != one.who.name] == []
    assert json.dumps(one.who.name)[1:-1] not in page + "\n".join(lines)
    assert re.search(r"127\.0\.0\.1", page + "\n".join(lines)) is None


def test_ready_says_what_is_missing(operated, monkeypatch):
    assert asked(operated, "/health/live") == (200, '{"status":"live"}')
    assert asked(operated, "/health/ready") == (200, '{"status":"ready"}')
    lender = operated.readiness._lender
    monkeypatch.setattr(lender.origination, "_engine", None)
    assert asked(operated, "/health/ready") == (503, '{"status":"not_ready","reason":"workflow_starting"}')
    monkeypatch.undo()
    operated.readiness.stopping = True
    assert asked(operated, "/health/ready") == (503, '{"status":"not_ready","reason":"stopping"}')
    assert asked(operated, "/health/live")[0] == 200


def test_a_database_that_is_gone_is_told_and_its_address_is_not(operated, monkeypatch, expect_log):
    def gone(*_given):
        raise OperationalError("postgresql://l@db/lender", {}, ValueError("postgresql://l@db/lender"))

    monkeypatch.setattr(type(operated.readiness._lender.services.vault), "holds", gone)
    expect_log("not ready: OperationalError at ")
    assert asked(operated, "/health/ready") == (503, '{"status":"not_ready","reason":"database"}')


def test_metrics_outlive_the_database(operated, monkeypatch, expect_log):
    def gone(*_given):
        raise OperationalError("postgresql://l@db/lender", {}, ValueError("postgresql://l@db/lender"))

    assert ("loanapp_ledger_entries",) in samples(operated)[1]
    monkeypatch.setattr(type(operated.readiness._lender.services.database), "read", gone)
    expect_log("nothing of the database is measured: OperationalError at ")
    found = samples(operated)[1]
    assert ("loanapp_requests_under_way",) in found
    assert ("loanapp_ledger_entries",) not in found


def taken(tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    return listener, Serving(port=port), rf"nobody can listen at 127\.0\.0\.1 port {port} .* name another --port"


def door_taken(tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    return listener, Serving(port=0, operations_port=port), rf"port {port} .* name another --operations-port"


def no_certificate(tmp_path):
    (tmp_path / "chain.pem").write_text("no certificate")
    sentence = "--certificate needs a PEM file of the chain and its key, for this user to read"
    return contextlib.nullcontext(), Serving(port=0, certificate=tmp_path / "chain.pem"), sentence


@pytest.mark.parametrize("fault", [taken, door_taken, no_certificate])
def test_what_keeps_a_worker_from_serving_is_a_sentence(tmp_path, fault, expect_log):
    before = os.umask(0o077)
    try:
        held, serving, sentence = fault(tmp_path)
        expect_log(f"the worker cannot start: .*{sentence}")
        with held:
            assert run_worker(tmp_path / "data", serving) == EXIT_FAILED
    finally:
        os.umask(before)


def test_a_worker_does_not_start_on_what_is_no_database(tmp_path, expect_log):
    before = os.umask(0o077)
    try:
        (tmp_path / "lender.sqlite").write_bytes(b"no database at all, and long enough to be read as one" * 40)
        expect_log("its database cannot be used; see that it runs and that database.toml names it: DatabaseError at ")
        assert run_worker(tmp_path, Serving(port=0)) == EXIT_FAILED
    finally:
        os.umask(before)


def test_a_line_holds_no_text_of_a_library_nor_of_an_exception():
    formatter = JsonLines()
    person = "13966660001"
    try:
        int(person + "x")
    except ValueError as error:
        failed = (type(error), error, error.__traceback__)
    for name in ("loanapp.backend", "uvicorn.error", "loanapps"):
        record = logging.LogRecord(name, logging.ERROR, "/a/b.py", 7, "it said\n%s", (person,), failed)
        ours = name == "loanapp.backend"
        if ours:
            record.msg, record.args = "it failed\nhere", ()
        line = formatter.format(record)
        assert person not in line
        assert "\n" not in line
        said = json.loads(line)
        assert said["failure"].startswith("ValueError at ")
        assert ("message" in said, said.get("place")) == ((True, None) if ours else (False, "b.py:7"))


def test_told_to_end_it_first_says_that_it_is_not_ready():
    readiness = SimpleNamespace(stopping=False)
    server = _Server(SimpleNamespace(loaded=True), None, readiness, 0.2)
    server.handle_exit(signal.SIGTERM, None)
    assert (readiness.stopping, server.should_exit) == (True, False)
    time.sleep(0.4)
    assert server.should_exit
    at_once = _Server(SimpleNamespace(loaded=True), None, SimpleNamespace(stopping=False), 0.0)
    at_once.handle_exit(signal.SIGTERM, None)
    assert at_once.should_exit


@pytest.mark.parametrize("kind", ["worker", "embedded"])
def test_without_its_workflow_either_lender_ends_and_tells_of_nobody(kind, tmp_path, expect_log, capsys):
    def start_background():
        raise OSError("13966660001")

    config, lender = (
        uvicorn.Config(lambda _scope, _in, _out: None, interface="asgi3", lifespan="off", log_config=None),
        SimpleNamespace(),
    )
    lender.start_background = start_background
    folder = LenderFolder.made(tmp_path / "data")
    if kind == "worker":
        server = _Server(config, lender, SimpleNamespace(stopping=False), 0.0)
    else:
        server = _AnnouncingServer(config, folder, {"url": "https://127.0.0.1:1"}, lender)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.run(sockets=[listener])
    assert server.failed
    expect_log("the lender cannot go on: OSError at ")
    assert folder.endpoint_file.exists() is ('"ready": true' in capsys.readouterr().out) is (kind == "embedded")


@pytest.mark.slow
def test_a_request_under_way_is_answered_before_the_worker_ends(tmp_path):
    worker = fleet.Worker(tmp_path / "data")
    worker.start()
    body = json.dumps({"phone": "13966660002", "purpose": "sign_in"}).encode()
    head = b"POST /v1/auth/codes HTTP/1.1\r\nHost: l\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    context = ssl.create_default_context(cafile=worker.root)
    plain = socket.create_connection(("127.0.0.1", worker.port), 10)
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as under_way:
        under_way.sendall(head % len(body) + body[:10])
        time.sleep(0.5)
        ended = []
        ending = threading.Thread(target=lambda: ended.append(worker.leave()))
        ending.start()
        time.sleep(1)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", worker.port), 2).close()
        under_way.sendall(body[10:])
        assert under_way.recv(100).startswith(b"HTTP/1.1 201")
    ending.join()
    assert ended == [0]


def test_what_a_worker_has_loaded_is_walked_through_by_no_collection():
    try:
        worker._load_what_loads_slowly()
        assert "loanapp.backend.origination.engine" in sys.modules
        assert gc.get_freeze_count() > 10 * len(sys.modules)  # else one in a hundred answers waits for a collection
    finally:
        gc.unfreeze()
