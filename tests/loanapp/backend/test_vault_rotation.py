"""The vault's key is changed: contents untouched, the old key gone, and nothing lost wherever it is cut off."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.store import database
from loanapp.backend.store.cipher import FieldCipher
from loanapp.backend.vault import vault as vault_module
from loanapp.backend.vault.__main__ import main
from loanapp.backend.vault.key_files import FIRST, KeyFiles
from loanapp.backend.vault.vault import ForeignVaultError, Vault, VaultItem

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ITEMS = {f"owner-{number}": f"portrait of {number}".encode() for number in range(5)}
# With two items at once: made, three times wrapped, retired, destroyed.
STEPS = ["made", "wrapped", "wrapped", "wrapped", "retired", "destroyed"]


def opened(folder):
    return Vault(folder / "vault", KeyFiles(folder / "keys"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A lender's folder with five portraits in its vault."""
    monkeypatch.setattr(vault_module, "_WRAPPED_AT_ONCE", 2)
    LenderFolder.made(tmp_path / "data")
    vault = opened(tmp_path / "data")
    for owner, portrait in ITEMS.items():
        vault.store(owner, "portrait", portrait, NOW)
    vault.close()
    return tmp_path / "data"


def sealed(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (folder / "vault").glob("*.sealed")}


def keys(folder):
    return sorted(path.name for path in (folder / "keys").glob("*.key"))


def everything(vault):
    return {owner: vault.load(owner, "portrait") for owner in ITEMS}


def test_every_key_is_wrapped_anew_and_no_content_is_touched(folder):
    contents, old = sealed(folder), (folder / "keys" / "vault.key").read_bytes()
    vault = opened(folder)
    with vault._database.read() as session:
        wraps = {item.id: item.key_sealed for item in session.query(VaultItem)}
    assert list(vault.rotation(NOW)) == STEPS
    assert sealed(folder) == contents
    assert everything(vault) == ITEMS
    ((key_id, count),) = vault.wrapped().items()
    assert (count, keys(folder)) == (len(ITEMS), [f"{key_id}.key"])
    # Whoever has the old key, and a copy of the vault as it is now, opens nothing with it.
    with vault._database.read() as session:
        for item in session.query(VaultItem):
            assert item.key_sealed != wraps[item.id]
            with pytest.raises(ValueError, match="does not open"):
                FieldCipher(old).decrypt(item.key_sealed, f"vault|{item.id}")
    assert not any(old in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    vault.close()


@pytest.mark.parametrize("done", range(1, len(STEPS) + 1))
def test_killed_after_any_step_nothing_is_lost_and_the_next_start_finishes(folder, done):
    """A process of its own is killed (SIGKILL) after that many steps."""
    contents = sealed(folder)
    script = (
        "import os, sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from loanapp.backend.vault import vault as module; from loanapp.backend.vault.key_files import KeyFiles\n"
        "module._WRAPPED_AT_ONCE = 2; folder = Path(sys.argv[1])\n"
        "vault = module.Vault(folder / 'vault', KeyFiles(folder / 'keys'))\n"
        "steps = vault.rotation(datetime.now(UTC))\n"
        "print(*[next(steps) for _ in range(int(sys.argv[2]))], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", script, str(folder), str(done)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.stdout.split(), ended.returncode) == (STEPS[:done], -9), ended.stderr
    vault = opened(folder)
    assert everything(vault) == ITEMS  # at once, with whatever keys there are
    vault.store("owner-0", "portrait", ITEMS["owner-0"], NOW)
    vault.finish_rotation()
    assert everything(vault) == ITEMS
    ((key_id, count),) = vault.wrapped().items()
    assert (key_id != FIRST, count, keys(folder)) == (True, len(ITEMS), [f"{key_id}.key"])
    untouched = {name: what for name, what in sealed(folder).items() if name in contents}
    assert len(untouched) == len(ITEMS) - 1
    assert all(contents[name] == what for name, what in untouched.items())
    vault.close()


@pytest.mark.parametrize("where", ["before the file", "after the file"])
def test_stopped_while_the_new_key_is_made_the_old_one_still_counts(folder, monkeypatch, where):
    usual = KeyFiles.make

    def stopped(self, key_id):
        if where == "after the file":
            usual(self, key_id)
        raise OSError("the power is gone")

    vault = opened(folder)
    with monkeypatch.context() as broken:
        broken.setattr(KeyFiles, "make", stopped)
        with pytest.raises(OSError, match="power"):
            next(vault.rotation(NOW))
    vault.close()
    again = opened(folder)
    again.tidy()  # and the key nothing is wrapped by is gone
    assert (keys(folder), everything(again)) == (["vault.key"], ITEMS)
    again.close()


def test_what_an_old_key_wrapped_is_in_no_file_once_it_is_destroyed(folder):
    vault = opened(folder)
    with vault._database.read() as session:
        wraps = [item.key_sealed for item in session.query(VaultItem)]
    steps = vault.rotation(NOW)
    assert [next(steps) for _ in STEPS[:-1]] == STEPS[:-1]
    assert any(found(wraps, folder))  # a copy of the log and the old key would open them
    assert next(steps) == "destroyed"
    assert not any(found(wraps, folder))
    vault.close()


def found(wraps, folder):
    files = [path.read_bytes() for path in (folder / "vault").iterdir()]
    return [any(wrap in file for file in files) for wrap in wraps]


def test_an_old_key_is_not_destroyed_while_a_reader_keeps_what_it_wrapped(folder, expect_log, monkeypatch, capsys):
    monkeypatch.setattr(database, "_CHECKPOINT_MS", 5)
    expect_log("a key that was changed is destroyed later")
    reader = opened(folder)
    with reader._database.read() as session:
        wraps = [item.key_sealed for item in session.query(VaultItem)]  # and the snapshot stays open
        assert main([str(folder), "rotate"]) == 1
        assert "not destroyed yet" in capsys.readouterr().err
        assert len(keys(folder)) == 2
    assert main([str(folder), "rotate"]) == 0
    assert (len(keys(folder)), any(found(wraps, folder))) == (1, False)
    assert everything(reader) == ITEMS
    reader.close()


@pytest.mark.parametrize("other", ["none", "an empty one", "another vault's", "another vault's that changed its key"])
def test_beside_a_database_that_is_not_theirs_no_key_and_no_file_is_touched(folder, tmp_path, capsys, other):
    contents, own = sealed(folder), (folder / "keys" / "vault.key").read_bytes()
    mine = (folder / "vault" / "vault.sqlite").read_bytes()
    for path in (folder / "vault").glob("vault.sqlite*"):
        path.unlink()
    if other != "none":
        LenderFolder.made(tmp_path / "other")
        vault = opened(tmp_path / "other")
        if other != "an empty one":
            vault.store("somebody", "portrait", b"of another lender", NOW)
        if other.endswith("key"):
            assert list(vault.rotation(NOW))[-1] == "destroyed"
        vault.erase_deleted()
        vault.close()
        (folder / "vault" / "vault.sqlite").write_bytes((tmp_path / "other" / "vault" / "vault.sqlite").read_bytes())
    for _start in range(2):
        with pytest.raises(ForeignVaultError, match="put back"):
            opened(folder)
    assert main([str(folder), "rotate"]) == 1
    assert "put back" in capsys.readouterr().err
    assert (sealed(folder), keys(folder)) == (contents, ["vault.key"])
    assert (folder / "keys" / "vault.key").read_bytes() == own
    for path in (folder / "vault").glob("vault.sqlite*"):
        path.unlink()
    (folder / "vault" / "vault.sqlite").write_bytes(mine)
    vault = opened(folder)
    assert everything(vault) == ITEMS
    vault.close()


def test_a_new_vault_killed_before_its_key_was_made_opens(tmp_path, monkeypatch):
    LenderFolder.made(tmp_path / "data")

    def killed(*_arguments):
        raise OSError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr(KeyFiles, "make", killed)
        with pytest.raises(OSError, match="power"):
            opened(tmp_path / "data")
    vault = opened(tmp_path / "data")
    vault.store("one", "portrait", b"portrait", NOW)
    assert vault.load("one", "portrait") == b"portrait"
    vault.close()


def test_a_command_beside_a_lender_takes_no_photo_that_is_just_being_stored(folder, monkeypatch):
    running, usual = opened(folder), vault_module.write_once

    def written(path, data):
        usual(path, data)
        scan = threading.Thread(target=main, args=([str(folder), "status"],))  # waits for the lender, or not
        scan.start()
        scan.join(0.5)
        scans.append(scan)

    scans = []
    monkeypatch.setattr(vault_module, "write_once", written)
    running.store("owner-9", "portrait", b"just taken", NOW)
    scans[0].join(30)
    assert running.load("owner-9", "portrait") == b"just taken"
    monkeypatch.setattr(vault_module, "write_once", usual)
    stray = folder / "vault" / "stray.sealed"
    stray.write_bytes(b"noise")
    assert main([str(folder), "status"]) == 0
    assert stray.exists()  # only the lender's own start takes it
    running.tidy()
    assert not stray.exists()
    running.close()


def test_the_scan_at_the_start_waits_for_a_photo_that_is_just_being_stored(folder, monkeypatch):
    running, starting, usual = opened(folder), opened(folder), vault_module.write_once

    def written(path, data):
        usual(path, data)
        scans.append(threading.Thread(target=starting.tidy))
        scans[-1].start()
        scans[-1].join(0.5)

    scans = []
    monkeypatch.setattr(vault_module, "write_once", written)
    running.store("owner-9", "portrait", b"just taken", NOW)
    scans[0].join(30)
    assert running.load("owner-9", "portrait") == b"just taken"
    running.close()
    starting.close()


def test_half_a_key_is_none(folder):
    (folder / "keys" / "vault-0123456789abcdef.new").write_bytes(b"half")
    files = KeyFiles(folder / "keys")
    files.make("vault-0123456789abcdef")
    assert len(files.read("vault-0123456789abcdef")) == 32
    assert files.ids() == {FIRST, "vault-0123456789abcdef"}


def test_a_lender_that_runs_meanwhile_stores_and_reads_on(folder, expect_log):
    expect_log("deleted keys stay in the vault's log until the next deletion")  # while the other one reads
    running, operator, faults = opened(folder), opened(folder), []
    stop = threading.Event()

    def work():
        try:
            while not stop.is_set():
                assert everything(running) == ITEMS
                running.store("owner-1", "portrait", ITEMS["owner-1"], NOW)
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(3):
        assert list(operator.rotation(NOW))[-1] == "destroyed"
    stop.set()
    thread.join(30)
    assert faults == []
    assert everything(running) == ITEMS
    assert list(running.wrapped().values()) == [len(ITEMS)]
    running.close()
    operator.close()


def test_a_vault_of_an_earlier_version_opens_and_changes_its_key(folder):
    vault = opened(folder)
    with vault._database.write_engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE vault_key")
        connection.exec_driver_sql("ALTER TABLE vault_item DROP COLUMN key_id")
    vault.close()
    again = opened(folder)
    assert everything(again) == ITEMS
    assert again.wrapped() == {FIRST: len(ITEMS)}
    assert list(again.rotation(NOW)) == STEPS
    assert everything(again) == ITEMS
    again.close()


def test_an_operator_changes_the_key_and_finishes_what_was_cut_off(folder, capsys, tmp_path):
    assert main([str(tmp_path / "elsewhere"), "status"]) == 1
    assert not (tmp_path / "elsewhere").exists()
    assert main([str(folder), "status"]) == 0
    assert capsys.readouterr().out == f"{FIRST} wraps {len(ITEMS)}\n"
    vault = opened(folder)
    next(vault.rotation(NOW))
    vault.close()
    assert main([str(folder), "rotate"]) == 0
    assert "cut off" in capsys.readouterr().out
    (first,) = keys(folder)
    assert main([str(folder), "rotate"]) == 0
    said = capsys.readouterr().out.split("\n")
    assert said[: len(STEPS)] == STEPS
    assert keys(folder) != [first]
    if os.name == "posix":
        assert all((folder / "keys" / name).stat().st_mode & 0o077 == 0 for name in keys(folder))
    assert isinstance(folder, Path)
