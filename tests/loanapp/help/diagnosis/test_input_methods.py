"""Whether Chinese can be typed is told by the input method that runs, not by what was left behind by one that ended."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loanapp.help.diagnosis import CheckState
from loanapp.help.diagnosis.input_methods import input_method

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the system has its own")


def environment(folder, **others):
    (folder / "ibus" / "bus").mkdir(parents=True, exist_ok=True)
    return {"DISPLAY": ":1", "XDG_CONFIG_HOME": str(folder), **others}


def listens(folder, process):
    address = folder / "ibus" / "bus" / "0123-unix-1"
    address.write_text(f"# made by a test\nIBUS_ADDRESS=unix:path=/nowhere\nIBUS_DAEMON_PID={process}\n")


@pytest.mark.parametrize(("command", "name"), [("fcitx5", "Fcitx 5"), ("ibus-daemon", "IBus")])
def test_the_one_that_runs_is_named_and_one_that_has_ended_is_not(command, name, tmp_path):
    around = environment(tmp_path)
    copy = tmp_path / command
    shutil.copy("/bin/sleep", copy)
    with subprocess.Popen([copy, "30"]) as running:
        try:
            # The system names a process a moment after it has started it.
            while Path(f"/proc/{running.pid}/comm").read_text().strip() != command:
                time.sleep(0.01)
            listens(tmp_path, running.pid)
            found = input_method(around)
            assert (found.state, found.values) == (CheckState.GOOD, {"names": name})
        finally:
            running.kill()
    assert (input_method(around).state, input_method(around).outcome) == (CheckState.WARNING, "none")


def test_without_any_it_is_said_and_wayland_has_its_own(tmp_path):
    assert input_method(environment(tmp_path)).outcome == "none"
    assert input_method({"DISPLAY": ":1", "HOME": str(tmp_path)}).outcome == "none"
    assert input_method(environment(tmp_path, WAYLAND_DISPLAY="wayland-0")).outcome == "system"
