"""The local draft: encrypted, whole or not at all, never a trap."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from loanapp.client.drafts import FILE_NAME, Draft, DraftFile
from loanapp.client.secrets import MemorySecrets, SecretName
from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode, LoanAppError


class LastingSecrets(MemorySecrets):
    """Memory that a second draft file of the same test may read: what a credential store is to two starts."""

    durable = True


@pytest.fixture
def store():
    return LastingSecrets()


def typed(text="测试甲"):
    return Draft(values={"identity_document": {"name": text}}, keys={"submit:1": "k"}, cost_seen=True)


def test_what_was_saved_comes_back(tmp_path, store):
    DraftFile(tmp_path, store).save(typed())
    assert DraftFile(tmp_path, store).load() == (typed(), None)


@pytest.mark.attack("nothing-of-it-can-be-read-without-the-key")
def test_nothing_of_it_can_be_read_without_the_key(tmp_path, store):
    DraftFile(tmp_path, store).save(typed())
    sealed = (tmp_path / FILE_NAME).read_bytes()
    assert "测试甲".encode() not in sealed
    assert b"identity_document" not in sealed


@pytest.mark.attack("only-the-owner-may-read-it")
@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_only_the_owner_may_read_it(tmp_path, store):
    home = tmp_path / "home"
    DraftFile(home, store).save(typed())
    assert (home / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.attack("what-cannot-be-read-is-set-aside-and-told-once")
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "foreign", "swapped_key", "lost_key"])
def test_what_cannot_be_read_is_set_aside_and_told_once(tmp_path, store, damage, expect_log):
    expect_log("a draft could not be read")
    path = tmp_path / FILE_NAME
    DraftFile(tmp_path, store).save(typed())
    sealed = path.read_bytes()
    if damage == "swapped_key":
        store.write(SecretName.DRAFT_KEY, "A" * 43 + "=")
    elif damage == "lost_key":
        store.delete(SecretName.DRAFT_KEY)
    else:
        flipped = sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]
        path.write_bytes({"flip": flipped, "cut": sealed[:-1], "empty": b"", "foreign": b"{}"}[damage])
    draft, notice = DraftFile(tmp_path, store).load()
    assert draft == Draft()
    assert notice is not None
    assert notice.code is ErrorCode.DRAFT_UNREADABLE
    assert len(list(tmp_path.glob("*.unreadable"))) == 1
    assert DraftFile(tmp_path, store).load() == (Draft(), None)
    DraftFile(tmp_path, store).save(typed("再次"))
    assert DraftFile(tmp_path, store).load() == (typed("再次"), None)


def test_after_thirty_days_it_is_gone(tmp_path, store):
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    DraftFile(tmp_path, store, clock).save(typed())
    clock.move(timedelta(days=30))
    assert DraftFile(tmp_path, store, clock).load() == (typed(), None)
    clock.move(timedelta(seconds=1))
    assert DraftFile(tmp_path, store, clock).load() == (Draft(), None)
    assert not (tmp_path / FILE_NAME).exists()
    assert store.read(SecretName.DRAFT_KEY) is None


def test_after_thirty_days_what_was_agreed_is_still_there(tmp_path, store):
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    agreed = {"borrower_id": "b-1", "asked": {"amount": "1"}, "receipts": {"r-1": "{}"}, "contract": {"read": "LC-1"}}
    DraftFile(tmp_path, store, clock).save(Draft(values={"terms": {"amount": "1"}}, keys={"a": "k"}, **agreed))
    clock.move(timedelta(days=31))
    assert DraftFile(tmp_path, store, clock).load() == (Draft(**agreed), None)
    assert DraftFile(tmp_path, store, clock).load() == (Draft(**agreed), None)


def test_half_a_character_is_no_reason_not_to_save(tmp_path, store):
    DraftFile(tmp_path, store).save(typed("测\ud83d试"))
    assert DraftFile(tmp_path, store).load() == (typed("测\ud83d试"), None)


def test_a_store_that_forgets_leaves_alone_what_it_has_not_written(tmp_path, store):
    DraftFile(tmp_path, store).save(typed())
    DraftFile(tmp_path, MemorySecrets()).discard()
    assert DraftFile(tmp_path, store).load() == (typed(), None)


def test_a_store_that_forgets_keeps_nothing_on_disk(tmp_path):
    file = DraftFile(tmp_path, MemorySecrets())
    file.save(typed())
    assert list(tmp_path.iterdir()) == []
    assert file.load() == (Draft(), None)


def test_fields_of_a_newer_program_are_left_out(tmp_path, store, monkeypatch):
    import loanapp.client.drafts as module

    file = DraftFile(tmp_path, store)
    monkeypatch.setattr(module, "asdict", lambda draft: {"cost_seen": True, "of_tomorrow": 1})
    file.save(typed())
    monkeypatch.undo()
    assert DraftFile(tmp_path, store).load() == (Draft(cost_seen=True), None)


def test_a_full_disk_leaves_the_old_draft(tmp_path, store, monkeypatch):
    file = DraftFile(tmp_path, store)
    file.save(typed())

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LoanAppError) as caught:
        file.save(typed("new"), flush=True)
    assert caught.value.code is ErrorCode.DISK_TROUBLE
    monkeypatch.undo()
    assert DraftFile(tmp_path, store).load() == (typed(), None)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_saving_is_cheap_enough_for_every_keystroke(tmp_path, store):
    file = DraftFile(tmp_path, store)
    file.save(typed())
    times = []
    for number in range(40):
        started = time.perf_counter()
        file.save(typed(str(number) * 20), flush=False)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.005  # the others shared the machine


KILLED = """
import sys
from pathlib import Path
from loanapp.client.drafts import Draft, DraftFile
from loanapp.client.secrets import MemorySecrets, SecretName
class Store(MemorySecrets):
    durable = True
store = Store()
store.write(SecretName.DRAFT_KEY, "A" * 43 + "=")
file = DraftFile(Path(sys.argv[1]), store)
number = 0
while True:
    number += 1
    file.save(Draft(values={"terms": {"amount": str(number) * 2000}}), flush=number % 3 == 0)
    if number == 3:
        print("ready", flush=True)
"""


@pytest.mark.attack("a-program-killed-while-writing-leaves-a-whole-draft")
@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9 elsewhere")
@pytest.mark.parametrize("pause_s", [0.0, 0.003, 0.011, 0.029])
def test_a_program_killed_while_writing_leaves_a_whole_draft(tmp_path, store, pause_s):
    store.write(SecretName.DRAFT_KEY, "A" * 43 + "=")
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(pause_s)
        writer.send_signal(signal.SIGKILL)
    draft, notice = DraftFile(tmp_path, store).load()
    assert notice is None
    amount = draft.values["terms"]["amount"]
    number = int(amount[: len(amount) // 2000])
    assert number >= 3
    assert amount == str(number) * 2000
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
