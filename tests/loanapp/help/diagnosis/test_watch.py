"""Each check runs apart from the others: what hangs is ended, what breaks is told, and nothing waits for either."""

import json
import subprocess
import sys
import time

import pytest

from loanapp.help.diagnosis import CHECKS, Check, CheckState, check_now, diagnose, watch
from loanapp.help.diagnosis.run import command


def script(text):
    return [sys.executable, "-c", text]


def says(check):
    return script(f"print({json.dumps(json.dumps(check.wire()))})")


GOOD = {name: Check(name, CheckState.GOOD, "good", "check-computer") for name in CHECKS}


def test_a_check_that_hangs_is_ended_in_time_and_holds_up_no_other(tmp_path):
    beat = tmp_path / "beat"
    endless = f"import time, pathlib\nwhile True: pathlib.Path({str(beat)!r}).write_text('x'); time.sleep(0.05)"

    def make(name):
        return script(endless) if name == "disk" else says(GOOD[name])

    began, ended = time.monotonic(), {}
    for check in watch(tmp_path, names=["disk", "tls", "names"], make_command=make, limit=lambda _name: 3.0):
        if check.state is not CheckState.RUNNING:
            ended[check.id] = (check, time.monotonic() - began)
    late, took = ended["disk"]
    assert (late.state, late.outcome, late.values) == (CheckState.WARNING, "late", {"seconds": "3"})
    assert 3.0 <= took < 6.0
    assert ended["tls"][1] < took
    assert [ended[name][0].state for name in ("tls", "names")] == [CheckState.GOOD] * 2
    beat.unlink()
    time.sleep(0.3)
    assert not beat.exists(), "its process is gone"


def test_each_is_running_before_it_is_anything_else(tmp_path):
    names = list(CHECKS)[:6]
    seen = list(watch(tmp_path, names=names, make_command=lambda name: says(GOOD[name])))
    for name in names:
        states = [check.state for check in seen if check.id == name]
        assert states == [CheckState.RUNNING, CheckState.GOOD]


@pytest.mark.parametrize(
    "text", ["raise SystemExit(3)", "print('not json')", "print('{}')", "print('[1]')", "import os; os.abort()"]
)
def test_a_check_that_breaks_is_a_finding(tmp_path, text):
    *_, found = watch(tmp_path, names=["tls"], make_command=lambda _name: script(text))
    assert (found.state, found.outcome) == (CheckState.BAD, "failed")


def test_what_a_library_prints_before_the_answer_does_no_harm(tmp_path):
    noisy = script(f"print('noise'); print({json.dumps(json.dumps(GOOD['tls'].wire()))})")
    assert list(watch(tmp_path, names=["tls"], make_command=lambda _name: noisy))[-1] == GOOD["tls"]


def test_who_leaves_early_leaves_no_process(tmp_path):
    started = []

    def make(_name):
        started.append(tmp_path / f"{len(started)}")
        text = f"import time, pathlib\nwhile True: pathlib.Path({str(started[-1])!r}).write_text('x'); time.sleep(0.05)"
        return script(text)

    checks = watch(tmp_path, names=["tls", "names"], make_command=make)
    next(checks)
    next(checks)
    time.sleep(0.5)
    checks.close()
    for file in started:
        file.unlink(missing_ok=True)
    time.sleep(0.3)
    assert not any(file.exists() for file in started)


def test_all_that_can_be_to_blame_is_looked_at():
    assert set(CHECKS) >= {
        *("camera", "camera_in_use", "camera_picture", "display", "graphics", "fonts", "keyring", "disk", "clock"),
        *("names", "lender", "tls", "interception", "upload", "program", "genuine", "assets", "remote_control"),
    }


def test_every_check_is_made_without_lender_network_or_camera(tmp_path):
    found = diagnose(tmp_path)
    assert [check.id for check in found] == list(CHECKS)
    by_id = {check.id: check for check in found}
    assert all(check.state is not CheckState.RUNNING and check.outcome not in {"failed", "late"} for check in found)
    assert by_id["lender"].outcome == by_id["interception"].outcome == "resting"
    assert by_id["clock"].outcome == "alone"
    assert by_id["camera_picture"].outcome == "not_tried", "nobody said that it may be opened"


def test_the_process_of_a_check_says_what_the_check_says(tmp_path, own_home):
    done = subprocess.run(command("disk"), capture_output=True, text=True, check=True)
    assert Check.read(json.loads(done.stdout)).outcome == check_now("disk", own_home).outcome == "good"


def test_a_finding_survives_its_way_and_anything_else_is_refused():
    check = Check("camera", CheckState.WARNING, "warning", "camera-not-found", {"names": "摄像头"})
    assert Check.read(json.loads(json.dumps(check.wire()))) == check
    with pytest.raises((KeyError, ValueError)):
        Check.read({"id": "x", "state": "splendid", "outcome": "", "article": "", "values": {}})
