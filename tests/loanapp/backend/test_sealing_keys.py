"""The key borrowers seal to is changed: what is on its way still opens, and nothing is lost wherever it is cut off."""

import base64
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from loanapp.backend.data_uses.retention import sweep
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.vault.__main__ import main
from loanapp.backend.vault.key_files import KeyFiles
from loanapp.backend.vault.sealing_keys import SealingKeys
from loanapp.backend.vault.vault import Vault
from loanapp.proof.envelope import EnvelopeError, open_sealed, seal
from loanapp.proof.keys import raw_public_bytes
from tests.loanapp.backend.walk import card_photo

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
STEPS = ["made", "kept", "changed"]
INFO = b"test"


def public(key):
    return raw_public_bytes(key.public_key())


@pytest.fixture
def folder(tmp_path):
    return LenderFolder.made(tmp_path / "data")


def files(folder):
    return folder.root / "keys"


@pytest.mark.parametrize("done", range(1, len(STEPS) + 1))
def test_killed_after_any_step_what_was_sealed_opens_and_the_change_is_finished(folder, done):
    """A process of its own is killed (SIGKILL) after that many steps."""
    before = SealingKeys(folder).current()
    sealed = seal(public(before), b"a photo", INFO)
    script = (
        "import os, signal, sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from loanapp.backend.lifecycle.folder import LenderFolder\n"
        "from loanapp.backend.vault.sealing_keys import SealingKeys\n"
        "steps = SealingKeys(LenderFolder.made(Path(sys.argv[1]))).rotation(datetime(2026, 11, 27, 8, 0, tzinfo=UTC))\n"
        "for _ in range(int(sys.argv[2])): next(steps)\n"
        "os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, 'SIGKILL') else signal.SIGTERM)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(folder.root), str(done)], check=False)
    assert ended.returncode != 0
    keys = SealingKeys(folder)
    assert keys.unfinished() is (done < len(STEPS))
    assert open_sealed(keys.all(), sealed, INFO) == b"a photo"
    assert open_sealed(keys.all(), seal(public(keys.current()), b"another", INFO), INFO) == b"another"
    keys.finish_rotation(NOW + timedelta(hours=1))
    assert not keys.unfinished()
    assert public(keys.current()) != public(before)
    assert open_sealed(keys.all(), sealed, INFO) == b"a photo"
    assert sorted(path.name for path in files(folder).glob("vault*.pem"))[1:] == ["vault.pem"]
    assert list(files(folder).glob("*.new")) == []


def test_the_key_before_is_destroyed_after_its_days_and_opens_nothing_any_more(folder):
    keys = SealingKeys(folder)
    sealed = seal(public(keys.current()), b"a photo", INFO)
    old = (files(folder) / "vault.pem").read_bytes()
    assert list(keys.rotation(NOW)) == STEPS
    assert keys.destroy_old(NOW) == 0
    assert keys.old_since() == [NOW]
    assert keys.destroy_old(NOW + timedelta(seconds=1)) == 1
    with pytest.raises(EnvelopeError):
        open_sealed(keys.all(), sealed, INFO)
    assert not any(old in path.read_bytes() for path in files(folder).iterdir())


def test_of_two_changes_within_a_second_neither_loses_what_was_sealed_before(folder):
    keys, sealed = SealingKeys(folder), []
    for _ in range(3):
        sealed.append(seal(public(keys.current()), b"a photo", INFO))
        assert list(keys.rotation(NOW)) == STEPS
    assert [open_sealed(keys.all(), one, INFO) for one in sealed] == [b"a photo"] * 3
    assert keys.old_since() == [NOW] * 3


def test_who_changes_it_beside_another_waits_and_destroys_no_key(folder):
    first, second = SealingKeys(folder), SealingKeys(LenderFolder.made(folder.root))
    sealed = [seal(public(first.current()), b"a photo", INFO)]
    steps = first.rotation(NOW)
    assert [next(steps), next(steps)] == ["made", "kept"]

    def finish_and_begin_another():
        second.finish_rotation(NOW)
        sealed.append(seal(public(second.current()), b"a photo", INFO))
        return next(second.rotation(NOW))

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(finish_and_begin_another)
        with pytest.raises(TimeoutError):
            beside.result(timeout=0.2)
        assert list(steps) == ["changed"]
        assert beside.result() == "made"
    first.finish_rotation(NOW)
    assert [open_sealed(first.all(), one, INFO) for one in sealed] == [b"a photo"] * 2


def test_a_program_that_knows_the_key_before_hands_in_photos_while_the_key_is_changed(walker, lender, clock):
    services, one = lender.services, walker()
    root = services.database.path.parent
    one.sign_in()
    one.create()
    assert main([str(root), "rotate-sealing"]) == 0
    assert one.lender["vault_public_key"] != one.done("GET", "/v1/lender")["vault_public_key"]
    one.documents()  # sealed to the key before
    photo = services.vault.load(one.id, "document_front")
    assert photo == card_photo(one.who.key, "front")
    one.lender = one.done("GET", "/v1/lender")
    assert one.upload("front").status_code == 200
    sweep(services)
    assert len(services.keys.vault) == 2
    services.keys.sealing.destroy_old(clock.now() + timedelta(hours=1))
    assert base64.b64decode(one.lender["vault_public_key"]) == public(services.keys.vault[0])
    assert len(services.keys.vault) == 1


def test_the_command_finishes_a_change_that_was_cut_off_and_begins_no_other(tmp_path, capsys):
    folder = LenderFolder.made(tmp_path / "data")
    root = folder.root
    Vault(root / "vault", KeyFiles(root / "keys")).close()
    steps = SealingKeys(folder).rotation(NOW)
    next(steps)
    new = (root / "keys" / "vault.next.pem").read_bytes()
    assert main([str(root), "rotate-sealing"]) == 0
    assert "cut off" in capsys.readouterr().out
    assert (root / "keys" / "vault.pem").read_bytes() == new
    assert main([str(root), "status"]) == 0
    assert "still opens" in capsys.readouterr().out
