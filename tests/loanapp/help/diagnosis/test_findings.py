"""What the checks see of this computer, and that each outcome has its words."""

import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from loanapp.capture.sources import CameraError, CameraInfo, Frame
from loanapp.commands.doctor import meaning
from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode
from loanapp.help import article
from loanapp.help.diagnosis import CHECKS, Check, CheckState, cameras, network, processes, program
from loanapp.help.diagnosis.interception import Connection
from tests.loanapp.client.tls_lender import Reply, TlsLender, problem
from tests.loanapp.help.diagnosis.renamed_process import running_as
from tests.loanapp.help.diagnosis.test_interception import known
from tests.loanapp.help.diagnosis.told import told

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
VALUES = dict.fromkeys(
    (
        *("version", "python", "system", "count", "names", "folder", "free", "enough", "library", "name_zh", "name_en"),
        *("code", "width", "height", "scale", "minutes", "seconds", "day", "host", "issuer", "product", "virtual"),
        *("name", "pace", "light", "error", "speed", "signer", "fingerprint"),
    ),
    "7",
)


def outcomes():
    """Every outcome that the code names, check by check; those of a grade are good and the other."""
    found = {name: {"late", "failed"} for name in CHECKS}
    for path in Path(program.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        for name, state, outcome in re.findall(r'Check\(\s*"(\w+)",\s*CheckState\.(\w+),\s*"(\w+)"', source):
            found[name].add((outcome, state.lower()))
        for name in re.findall(r'Check\(\s*"(\w+)",\s*(?:\*graded|\*state|state, state\.value)', source):
            found[name].add(("good", "good"))
    return found


def sentences():
    for name, cases in outcomes().items():
        for case in sorted(cases, key=str):
            outcome, state = case if isinstance(case, tuple) else (case, "bad")
            yield Check(name, CheckState(state), outcome, "check-computer", VALUES)
    for kind in Connection:
        state = CheckState.GOOD if kind is Connection.GENUINE else CheckState.BAD
        yield Check("interception", state, kind.value, "network-interception", VALUES)
    for outcome in ("busy", "forbidden", "none", "lost"):
        yield Check("camera_picture", CheckState.BAD, outcome, "camera-busy", VALUES)
    for name in ("display", "keyring", "data_folder", "disk", "remote_control", "camera_in_use", "camera", "lender"):
        yield Check(name, CheckState.WARNING, "warning", "check-computer", VALUES)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_outcome_has_its_words(language):
    every = list(sentences())
    assert len(every) > 60
    for check in every:
        finding, fix = told(language, check)
        assert finding
        assert meaning(language, check)
        assert bool(fix) == (check.state in (CheckState.WARNING, CheckState.BAD)), check
        assert "{" not in finding + fix


def test_every_article_a_check_can_name_is_there():
    source = "".join(path.read_text("utf-8") for path in Path(program.__file__).parent.glob("*.py"))
    named = set(re.findall(r'"((?:camera|face|lender|network|remote|computer|program|draft|screen)-[\w-]+)"', source))
    assert len(named) >= 10
    assert all(article(name, "zh") for name in named)


@pytest.mark.attack("a-remote-control-program-is-seen-by-its-process")
@LINUX
def test_a_remote_control_program_is_seen_by_its_process(tmp_path):
    with running_as("anydesk", tmp_path, lambda: "AnyDesk" in processes.remote_control().values["names"]):
        check = processes.remote_control()
    assert (check.state, check.article) == (CheckState.WARNING, "remote-control")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["ToDesk_Service.exe", "explorer.exe"], ["ToDesk"]),
        (["SunloginClient.exe"], ["向日葵 Sunlogin"]),
        (["bash", "python3", "parsecdx", "msrax"], []),
        (["x11vnc", "TeamViewer_Service.exe"], ["TeamViewer", "VNC"]),
    ],
)
def test_names_of_processes_are_known_whole(names, found):
    assert processes.remote_programs(names) == found


@LINUX
def test_who_holds_a_device_is_told(tmp_path):
    device = tmp_path / "video0"
    device.touch()
    code = f"import time; file = open({str(device)!r}); print('open', flush=True); time.sleep(30)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "open\n"
            assert any(name.startswith("python") for name in processes.holders(str(tmp_path / "video")))
        finally:
            holder.kill()
    assert processes.holders(str(tmp_path / "video")) == []


class Shown:
    """A source that shows one picture at a pace, or fails."""

    def __init__(self, grey=120, size=(720, 1280), pace=30.0, fails=None):
        self.image = np.full((*size, 3), grey, np.uint8)
        self.wait, self.fails, self.closed, self.sequence = 1 / pace, fails, False, 0

    def open(self):
        if self.fails:
            raise CameraError(self.fails)

    def read(self):
        time.sleep(self.wait)
        self.sequence += 1
        return Frame(self.image, time.monotonic(), self.sequence)

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("source", "outcome", "article_id"),
    [
        (Shown(), "good", "camera-choice"),
        (Shown(grey=1), "black", "camera-black"),
        (Shown(grey=30), "dim", "face-light"),
        (Shown(pace=5), "slow", "camera-stuck"),
        (Shown(size=(240, 320)), "small", "face-sharp"),
        (Shown(fails=ErrorCode.CAMERA_BUSY), "busy", "camera-busy"),
        (Shown(fails=ErrorCode.CAMERA_FORBIDDEN), "forbidden", "camera-forbidden"),
        (Shown(fails=ErrorCode.CAMERA_LOST), "lost", "camera-not-found"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_picture_is_measured_and_the_camera_given_back(source, outcome, article_id):
    check = cameras.measured(source, CameraInfo(0, "Camera"))
    assert (check.outcome, check.article) == (outcome, article_id)
    assert source.closed
    if outcome == "good":
        assert (check.values["width"], check.values["height"]) == ("1280", "720")
        assert 15 <= int(check.values["pace"]) <= 31


def test_without_a_screen_it_says_so(monkeypatch):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("these systems always have a screen")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert program.display().outcome == "none"
    monkeypatch.setenv("DISPLAY", ":0")
    assert program.display().outcome in {"good", "warning", "unmeasured"}


def test_a_clock_before_the_program_is_wrong_without_any_lender(tmp_path):
    wrong = network.clock(tmp_path, ManualClock(datetime(2020, 1, 1, tzinfo=UTC)))
    assert (wrong.outcome, wrong.values) == ("before_program", {"day": "2020-01-01"})
    assert network.clock(tmp_path, ManualClock(datetime(2030, 1, 1, tzinfo=UTC))).outcome == "alone"


def test_a_clock_is_held_against_the_lenders(tmp_path):
    lender = TlsLender()
    try:
        known(tmp_path, lender.port, lender.authority)
        now = lender.clock.now()
        assert network.clock(tmp_path, ManualClock(now)).outcome == "good"
        wrong = network.clock(tmp_path, ManualClock(now + timedelta(minutes=42)))
    finally:
        lender.close()
    assert (wrong.state, wrong.outcome) == (CheckState.BAD, "bad")
    assert wrong.values["minutes"] == "42"


@pytest.mark.parametrize(("waits", "outcome"), [(0.0, "good"), (0.3, "warning")])
def test_how_fast_pictures_leave_is_measured_by_bytes_that_say_nothing(tmp_path, waits, outcome):
    lender = TlsLender()
    lender.script.extend([Reply(), Reply(wait_s=waits)])
    try:
        known(tmp_path, lender.port, lender.authority)
        found = network.upload(tmp_path, size=24_000)
    finally:
        lender.close()
    assert (found.outcome, found.article) == (outcome, "slow-or-stuck")
    assert (float(found.values["speed"]) >= 1) == (outcome == "good")
    assert [(one.path, len(one.body)) for one in lender.requests] == [
        ("/v1/upload-trial", 1),
        ("/v1/upload-trial", 24_000),
    ]


def test_without_a_lender_that_answers_no_speed_is_made_up(tmp_path):
    assert network.upload(tmp_path).outcome == "resting"
    lender = TlsLender()
    lender.script.extend([problem(404, "not_found")])
    try:
        known(tmp_path, lender.port, lender.authority)
        assert network.upload(tmp_path).outcome == "silent"
    finally:
        lender.close()
