"""A new version in place at the next start: real folders, real processes, versions that start and that do not."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loanapp.updates import installation
from loanapp.updates.installation import (
    Form,
    State,
    Step,
    at_start,
    exchange,
    form_of,
    make_ready,
    neighbour,
    read_state,
    stands,
    take_failure,
    tidy,
    write_state,
)
from loanapp.updates.refusal import Reason, UpdateRefusedError

SAYS_IT_STANDS = """#!{python}
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from loanapp.updates.installation import stands
Path({home!r}, "started").write_text(Path(__file__).with_name("version").read_text())
stands(Path({home!r}))
"""
BREAKS = "#!/bin/sh\nexit 3\n"
HANGS = "#!/bin/sh\nexec sleep 60\n"
CANNOT_RUN = "#!/no/such/interpreter\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv(installation.WATCHED_VARIABLE, raising=False)
    return tmp_path / "home"


@pytest.fixture
def program(tmp_path, home):
    def lay(folder, version, start):
        folder.mkdir(parents=True)
        (folder / "version").write_text(version)
        root = str(Path(installation.__file__).parents[2])
        (folder / "loanapp").write_text(start.format(python=sys.executable, root=root, home=str(home)))
        (folder / "loanapp").chmod(0o755)

    folder = tmp_path / "place" / "loanapp"
    lay(folder, "0.1.0", SAYS_IT_STANDS)

    def follow(start):
        lay(neighbour(folder), "0.2.0", start)
        make_ready(neighbour(folder), home, "0.2.0")

    return folder, follow


def version(folder):
    return (folder / "version").read_text()


def test_a_start_without_an_update_goes_on(program, home):
    assert at_start(home, program[0], pytest.fail)
    assert version(program[0]) == "0.1.0"


def test_a_version_that_starts_takes_the_place(program, home):
    folder, follow = program
    follow(SAYS_IT_STANDS)
    let_go = []
    assert not at_start(home, folder, lambda: let_go.append(read_state(home).step))
    assert let_go == [Step.TRYING]
    assert version(folder) == "0.2.0"
    assert (home / "started").read_text() == "0.2.0"
    assert read_state(home).step is Step.STANDS
    assert version(neighbour(folder)) == "0.1.0"  # kept for one more run
    assert at_start(home, folder, pytest.fail)
    tidy(home, folder)
    assert not neighbour(folder).exists()
    assert read_state(home) == State(version="0.2.0", tries=1)
    assert take_failure(home) is None


@pytest.mark.parametrize("start", [BREAKS, HANGS, CANNOT_RUN])
def test_a_version_that_does_not_start_is_taken_back_and_told_once(program, home, start):
    folder, follow = program
    follow(start)
    assert at_start(home, folder, lambda: None, patience_s=0.6)
    assert version(folder) == "0.1.0"
    assert read_state(home).step is Step.NONE
    assert take_failure(home) == "0.2.0"
    assert take_failure(home) is None
    assert read_state(home).failed == ("0.2.0",)
    tidy(home, folder)
    assert not neighbour(folder).exists()


def test_a_computer_switched_off_in_between_costs_no_working_version(program, home):
    """Whoever watched is gone: the new version gets one more try, then the former one comes back and is started."""
    folder, follow = program
    follow(SAYS_IT_STANDS)
    exchange(folder, neighbour(folder))
    write_state(home, State(Step.TRYING, "0.2.0", 1))
    assert at_start(home, folder, pytest.fail)
    assert read_state(home).tries == 2
    let_go = []
    assert not at_start(home, folder, lambda: let_go.append(1))
    assert let_go == [1]
    assert version(folder) == "0.1.0"
    until = time.monotonic() + 20
    while not (home / "started").exists() or (home / "started").read_text() != "0.1.0":
        assert time.monotonic() < until
        time.sleep(0.05)
    assert take_failure(home) == "0.2.0"


def test_a_new_version_that_stands_says_so_in_its_one_try(program, home):
    folder, follow = program
    follow(SAYS_IT_STANDS)
    write_state(home, State(Step.TRYING, "0.2.0", 1))
    assert at_start(home, folder, pytest.fail)
    stands(home)
    assert read_state(home).step is Step.STANDS


def test_what_is_watched_leaves_its_watcher_where_it_lies(program, home, monkeypatch):
    folder, follow = program
    follow(SAYS_IT_STANDS)
    write_state(home, State(Step.STANDS, "0.2.0", 1))
    monkeypatch.setenv(installation.WATCHED_VARIABLE, "1")
    tidy(home, folder)
    assert neighbour(folder).exists()


def test_an_unpacked_folder_without_a_program_is_no_update(program, home):
    folder, _ = program
    neighbour(folder).mkdir()
    with pytest.raises(UpdateRefusedError) as caught:
        make_ready(neighbour(folder), home, "0.2.0")
    assert caught.value.reason is Reason.HARMFUL
    (neighbour(folder) / "loanapp").symlink_to("/bin/sh")
    with pytest.raises(UpdateRefusedError):
        make_ready(neighbour(folder), home, "0.2.0")
    assert read_state(home) == State()


def test_what_was_made_ready_and_is_gone_is_forgotten(program, home):
    folder, _ = program
    write_state(home, State(Step.READY, "0.2.0"))
    assert at_start(home, folder, pytest.fail)
    assert read_state(home).step is Step.NONE


@pytest.mark.parametrize("content", ["", "[]", '{"step": "x"}', '{"step": "ready"}', "\xff"])
def test_a_damaged_state_is_none(home, content):
    (home / "updates").mkdir(parents=True)
    (home / "updates" / "state.json").write_bytes(content.encode("latin-1"))
    assert read_state(home) == State()


def test_only_a_folder_of_ones_own_takes_updates(tmp_path):
    assert form_of(None) is Form.SOURCE
    assert form_of(Path("/usr/lib/loanapp")) is Form.PACKAGE
    assert form_of(tmp_path) is Form.FOLDER
    if os.geteuid():
        assert form_of(Path("/srv")) is Form.OTHER


def test_folders_change_places_where_the_file_system_has_no_such_act_too(program, home, monkeypatch):
    folder, follow = program
    follow(SAYS_IT_STANDS)
    monkeypatch.setattr(installation.ctypes, "CDLL", lambda *_args, **_more: object())
    exchange(folder, neighbour(folder))
    assert (version(folder), version(neighbour(folder))) == ("0.2.0", "0.1.0")
    with pytest.raises(OSError, match="gone"):
        exchange(folder, folder.with_name("gone"))
    assert version(folder) == "0.2.0"


def test_it_is_quick_to_import():
    loaded = subprocess.run(
        [sys.executable, "-c", "import loanapp.updates.installation, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(installation.__file__).parents[2],
    ).stdout.split()
    assert not {"tuf", "requests", "cryptography", "ssl", "tarfile"} & set(loaded)
