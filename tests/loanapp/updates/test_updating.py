"""The whole way: looked for, fetched, unpacked, held against the publisher's manifest, in place, or refused whole."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from loanapp.proof.file_manifest import write_manifest
from loanapp.updates.installation import Step, at_start, neighbour, read_state, take_failure
from loanapp.updates.refusal import Reason, UpdateRefusedError
from loanapp.updates.updating import Updating, updating_of_this_program
from tests.loanapp.updates.repositories import archive

BREAKS = "#!/bin/sh\nexit 3\n"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    archive(tmp_path, "0.1.0")
    (tmp_path / "made-0.1.0").rename(tmp_path / "loanapp")
    return tmp_path / "loanapp"


@pytest.fixture(autouse=True)
def same_system(monkeypatch):
    monkeypatch.setattr("loanapp.updates.source.this_system", lambda: "linux-x86_64")


def prepared(updating):
    offer = updating.look()
    updating.prepare(offer)
    return offer


def refused(updating, folder):
    with pytest.raises(UpdateRefusedError) as caught:
        prepared(updating)
    assert not neighbour(folder).exists()
    return caught.value.reason


def test_it_is_ready_for_the_next_start(publisher, home, folder):
    publisher.offer("0.2.0")
    prepared(Updating(publisher.source(), home, folder))
    assert read_state(home).step is Step.READY
    assert (neighbour(folder) / "_internal" / "version").read_text() == "0.2.0"
    assert [one.name for one in sorted((home / "updates").iterdir())] == ["metadata", "state.json"]


def test_a_version_that_failed_here_is_not_offered_again(publisher, home, folder):
    publisher.offer("0.2.0", start=BREAKS)
    updating = Updating(publisher.source(), home, folder)
    prepared(updating)
    assert at_start(home, folder, lambda: None)
    assert (folder / "_internal" / "version").read_text() == "0.1.0"
    assert take_failure(home) == "0.2.0"
    assert updating.look() is None
    publisher.offer("0.2.1")
    assert updating.look().version == "0.2.1"


def test_a_program_whose_files_are_signed_is_followed_by_its_like_alone(publisher, home, folder):
    key, stranger, now = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate(), datetime.now(UTC)
    write_manifest(folder, "0.1.0", now, key)
    updating = Updating(publisher.source(), home, folder, [("Publisher", key.public_key().public_bytes_raw())])
    publisher.offer("0.2.0")
    assert refused(updating, folder) is Reason.TAMPERED
    publisher.offer("0.2.1", more=[lambda made: write_manifest(made, "0.2.1", now, stranger)])
    assert refused(updating, folder) is Reason.TAMPERED
    publisher.offer("0.2.2", more=[lambda made: write_manifest(made, "0.2.1", now, key)])
    assert refused(updating, folder) is Reason.TAMPERED
    publisher.offer("0.2.3", more=[lambda made: write_manifest(made, "0.2.3", now, key)])
    prepared(updating)
    assert read_state(home).version == "0.2.3"


def test_no_room_is_said_before_anything_is_fetched(publisher, home, folder, monkeypatch):
    publisher.offer("0.2.0")
    updating = Updating(publisher.source(), home, folder)
    monkeypatch.setattr("loanapp.updates.updating._ROOM_PER_BYTE", 10**15)
    assert refused(updating, folder) is Reason.NO_ROOM
    assert not [path for path in publisher.asked if path.endswith(".tar.xz")]


def test_the_demonstration_has_no_source(home):
    assert updating_of_this_program(home) is None
