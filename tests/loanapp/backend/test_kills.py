"""The lender's process is killed at every status, started again, and nothing is lost or paid twice."""

import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.loanapp.backend.walk import Walker, Wire


def _slow(status):
    return pytest.param(status, marks=pytest.mark.slow)


# The statuses whose resumption is least like the others' are tried every time, the rest by `dev.py check --slow`.
_BEFORE_OFFER = [_slow("submitted"), "verifying", "in_review"]
_BEFORE_PAYOUT = [_slow("offered"), _slow("signing"), "signed", "disbursing", _slow("active")]


class LenderProcess:
    """The embedded lender as the program starts it."""

    def __init__(self, data: Path):
        self.data = data
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "loanapp.commands", "backend", "--embedded", "--parent-pipe"]
        self.process = subprocess.Popen(
            [*command, "--data", str(self.data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = json.loads(self.process.stdout.readline())
        assert line["ready"], line
        endpoint = json.loads((self.data / "endpoint.json").read_text())
        assert endpoint["url"] == line["url"]
        root = self.data / "public" / "transport_root.pem"
        return Wire(endpoint["url"], root, instance_token=endpoint["instance_token"])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def leave(self):
        """Close its standard input, as a program that ends does."""
        self.process.stdin.close()
        assert self.process.wait(15) == 0
        self._end()

    def _end(self):
        self.process.wait(15)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def copy_of(lender, target):
    """A consistent copy of a running lender's folder."""
    source = lender.services.database.path.parent
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sqlite*"))
    target.chmod(0o700)
    for path in source.rglob("*.sqlite"):
        with (
            contextlib.closing(sqlite3.connect(path)) as old,
            contextlib.closing(sqlite3.connect(target / path.relative_to(source))) as new,
        ):
            old.backup(new)
    return target


@pytest.fixture(scope="module")
def prepared(lender, http, clock, tmp_path_factory):
    """Folder and borrowers: one about to submit, whom a person must look at; one whose contract awaits signing."""
    submitting = Walker(http, "review", phone="13933330001")
    submitting.ready_to_submit()
    signing = Walker(http, "approved", phone="13933330002")
    signing.ready_to_submit()
    signing.act("/submit")
    signing.wait("offered")
    return copy_of(lender, tmp_path_factory.mktemp("kills") / "data"), submitting, signing


@pytest.fixture(scope="module")
def signed(prepared, lender, clock, tmp_path_factory):
    """The same, further on: the contract carries the borrower's signature and waits to be handed in."""
    _folder, _submitting, signing = prepared
    signing.accept()
    signing.read_disclosure(clock)
    pdf = signing.sign()
    return copy_of(lender, tmp_path_factory.mktemp("kills") / "data"), signing, pdf


def taken_up(walker, wire):
    """The same borrower, whose token is still good, at another address."""
    again = Walker(wire, walker.who.key, phone=walker.phone)
    for name in ("token", "refresh_token", "device_key", "id"):
        setattr(again, name, getattr(walker, name))
    return again


def payments(data):
    with contextlib.closing(sqlite3.connect(data / "simulated_bank.sqlite")) as bank:
        return bank.execute("select key, amount from payment").fetchall()


def wait_in_database(data, application_id, status):
    """Until the application is at ``status``, or beyond: seen from outside, without asking the lender."""
    _wait_for(data, "select 1 from application_event where application_id = ? and status = ?", application_id, status)


def wait_until_asked(data, application_id):
    """Until the register is being told who the borrower is."""
    _wait_for(data, "select 1 from ledger_entry where application_id = ? and act = ?", application_id, "share.identity")


def _wait_for(data, query, *values):
    deadline = time.monotonic() + 20
    with contextlib.closing(sqlite3.connect(data / "lender.sqlite", timeout=5)) as database:
        while not database.execute(query, values).fetchone():
            assert time.monotonic() < deadline, values
            time.sleep(0.005)


def as_of_an_earlier_program(data):
    """The workflows under way have the shape of a version that runs no more: the next one must not leave them."""
    with contextlib.closing(sqlite3.connect(data / "workflow.sqlite")) as database, database:
        aged = database.execute(
            "update workflow_status set application_version = 'origination-0' where status = 'PENDING'"
        )
        assert aged.rowcount > 0


def shares(data, application_id):
    """What the ledger says was given to sources after the borrower submitted."""
    with contextlib.closing(sqlite3.connect(data / "lender.sqlite")) as database:
        query = "select act from ledger_entry where application_id = ? and kind = 'share' order by no"
        return [act for (act,) in database.execute(query, (application_id,)) if act != "share.bank_card"]


@pytest.mark.parametrize("status", _BEFORE_OFFER)
def test_killed_while_the_lender_decides(prepared, tmp_path, status):
    folder, submitting, _signing = prepared
    lender = LenderProcess(shutil.copytree(folder, tmp_path / "data"))
    one = taken_up(submitting, lender.start())
    one.act("/submit")
    wait_in_database(lender.data, one.id, status)
    if status == "verifying":
        wait_until_asked(lender.data, one.id)  # killed in the middle of a question, which is repeated
    lender.kill()
    if status == "in_review":
        as_of_an_earlier_program(lender.data)
    one = taken_up(submitting, lender.start())
    shown = one.wait("offered")
    statuses = [entry["status"] for entry in shown["timeline"]]
    assert statuses == ["draft", "submitted", "verifying", "in_review", "offered"]
    assert shown["offer"]["totals"]["repayment"] == "10797.05"
    assert shares(lender.data, one.id) == ["share.identity", "share.credit"]
    lender.leave()


@pytest.mark.parametrize("status", _BEFORE_PAYOUT)
def test_killed_on_the_way_to_the_money(prepared, signed, tmp_path, status):
    before = payments(signed[0])
    folder, signing, pdf = (prepared[0], prepared[2], None) if status == "offered" else signed
    lender = LenderProcess(shutil.copytree(folder, tmp_path / "data"))
    one = taken_up(signing, lender.start())
    if status in {"signed", "disbursing", "active"}:
        answer = one.hand_in(pdf)
        assert answer.status_code == 200, answer.text
        wait_in_database(lender.data, one.id, status)
    lender.kill()
    if status == "disbursing":
        as_of_an_earlier_program(lender.data)
    one = taken_up(signing, lender.start())
    assert one.get()["status"] in {status, "disbursing", "active"}
    if pdf is not None:
        assert one.hand_in(pdf).status_code == 200
        shown = one.wait("active")
        assert shown["contract"]["signed"] is True
        paid = [payment for payment in payments(lender.data) if payment not in before]
        assert paid == [(f"{one.id}:payout:pay", "10000.00")]
        assert one.done("GET", one.at("/loan"))["reference"]
    lender.leave()


def test_one_lender_for_a_folder_and_owner_only_files(tmp_path):
    lender = LenderProcess(tmp_path / "data")
    wire = lender.start()
    second = LenderProcess(lender.data)
    with pytest.raises(AssertionError, match="in_use"):
        second.start()
    second.process.wait(10)
    assert second.process.returncode == 3
    second._end()
    modes = {path: path.stat().st_mode & 0o077 for path in [lender.data, *lender.data.rglob("*")]}
    assert not [path for path, open_to_others in modes.items() if open_to_others]
    del wire.headers["X-LoanApp-Instance"]
    for headers in ({}, {"X-LoanApp-Instance": "wrong"}, {"X-LoanApp-Instance": "ß"}):
        answer = wire.request("GET", "/v1/health", headers={key: value.encode() for key, value in headers.items()})
        assert (answer.status_code, answer.json()["code"]) == (403, "instance_token_required")
    lender.leave()
    assert not (lender.data / "endpoint.json").exists()


def test_told_to_end_it_ends_in_order(tmp_path):
    lender = LenderProcess(tmp_path / "data")
    lender.start()
    lender.process.terminate()
    assert lender.process.wait(15) == 0
    lender._end()
    assert not (lender.data / "endpoint.json").exists()
