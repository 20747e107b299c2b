"""Whatever is wrong with a computer at the start is said in a plain dialog, with what mends it and a way on."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtWidgets import QWidget

from loanapp.resource_files import assets_folder
from ui import no_window, start_check
from ui.one_window import OneWindow
from ui.start_check import StartCheck, StartDialog, StartFault, fault_of_program, fault_of_storage
from ui.translations import translator

ROOT = Path(__file__).resolve().parents[2]


class Usage(NamedTuple):
    """As :func:`shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


def free(monkeypatch, megabytes: int) -> None:
    monkeypatch.setattr(start_check.shutil, "disk_usage", lambda _place: Usage(0, 0, megabytes << 20))


def test_a_computer_in_order_has_no_fault(tmp_path):
    assert fault_of_storage(tmp_path / "home") is None
    assert (tmp_path / "home").is_dir()
    assert list((tmp_path / "home").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    fault = fault_of_storage(tmp_path / "file" / "home")
    assert fault.name == "no_writing"
    assert not fault.may_go_on
    assert fault.values == {"folder": str(tmp_path / "file" / "home")}


def test_a_full_disk_is_told_and_can_be_lived_with_until_nothing_is_left(tmp_path, monkeypatch):
    free(monkeypatch, 150)
    fault = fault_of_storage(tmp_path)
    assert (fault.name, fault.may_go_on, fault.values) == ("no_room", True, {"free": "150"})
    free(monkeypatch, 0)
    assert not fault_of_storage(tmp_path).may_go_on
    free(monkeypatch, 201)
    assert fault_of_storage(tmp_path) is None


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_missing_or_damaged_file_of_the_program_is_named(tmp_path, monkeypatch, harm):
    for path in assets_folder().iterdir():
        (tmp_path / path.name).symlink_to(path)
    hurt = tmp_path / "face_landmarker.task"
    hurt.unlink()
    if harm == "damaged":
        hurt.write_bytes(b"something else")
    monkeypatch.setenv("LOANAPP_ASSETS", str(tmp_path))
    fault = fault_of_program()
    assert (fault.name, fault.values) == ("files", {"names": "face_landmarker.task"})


def test_a_date_before_the_program_was_made_is_told():
    assert fault_of_program() is None
    fault = fault_of_program(datetime(2020, 1, 1, tzinfo=UTC))
    assert (fault.name, fault.values) == ("clock", {"day": "2020-01-01"})


@pytest.mark.parametrize("name", ["no_room", "no_writing", "clock", "files", "open"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_is_said_in_words_with_what_mends_it(qtbot, name, language):
    values = {"free": "12", "folder": "/home/x", "day": "2020-01-01", "names": "a.task"}
    translator().set_language(language)
    dialog = StartDialog(StartFault(name, **values))
    qtbot.addWidget(dialog)
    words = [dialog.body.itemAt(place).widget().text() for place in range(dialog.body.count())]
    assert len(words) == 3
    assert all(words)
    assert not any("{" in word or "start." in word for word in words)
    translator().set_language("zh")


def test_a_mended_computer_goes_on_and_a_refused_one_closes(qtbot, tmp_path):
    window, went = QWidget(), []
    qtbot.addWidget(window)
    window.show()
    blocker = tmp_path / "home"
    blocker.write_text("", encoding="utf-8")
    check = StartCheck(lambda: fault_of_storage(blocker / "data"), lambda: went.append(True), window)
    check.begin()
    check.dialog.retry.click()
    assert went == []
    assert check.dialog.isVisible()
    assert check.dialog.go_on.isHidden()
    blocker.unlink()
    check.dialog.retry.click()
    assert went == [True]
    assert check.dialog is None
    check.take(StartFault("files", names="a"))
    check.dialog.leave.click()
    assert not window.isVisible()


def test_one_can_go_on_where_that_loses_nothing(qtbot):
    window, went = QWidget(), []
    qtbot.addWidget(window)
    check = StartCheck(lambda: None, lambda: went.append(True), window)
    check.take(StartFault("no_room", may_go_on=True, free="150"))
    check.dialog.go_on.click()
    assert went == [True]


def start(home: Path, **more: str) -> subprocess.Popen:
    environment = {**os.environ, "LOANAPP_HOME": str(home), "PYTHONPATH": str(ROOT), **more}
    return subprocess.Popen([sys.executable, "-m", "ui"], env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)


@pytest.mark.attack("a-second-start-raises-the-first-window-and-ends")
def test_a_second_start_raises_the_first_window_and_ends(tmp_path):
    first = start(tmp_path)
    try:
        until = time.monotonic() + 20
        while not (tmp_path / "window.json").exists() and not (tmp_path / "lender").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        second = start(tmp_path)
        assert second.wait(20) == 0
        assert first.poll() is None
        assert not (tmp_path / "window" / "raise").exists()
        second.stderr.close()
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        first.stderr.close()


def test_a_window_that_does_not_answer_is_told_and_a_dead_one_is_forgotten(tmp_path, monkeypatch):
    hold = (
        "import sys, time\nfrom pathlib import Path\nfrom ui.one_window import OneWindow\n"
        "one = OneWindow(Path(sys.argv[1])); assert one.is_ours(); print('held', flush=True); time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        one = OneWindow(tmp_path)
        assert not one.is_ours()
        monkeypatch.setattr("ui.one_window._ANSWERS_WITHIN_S", 0.2)
        assert not one.ask_the_other()
        assert not (tmp_path / "window" / "raise").exists()
    finally:
        holder.kill()
        holder.wait(10)
        holder.stdout.close()
    assert one.is_ours(2_000)
    one.release()


def test_without_a_screen_one_sentence_says_so(tmp_path):
    bare = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "", "LANG": "zh_CN.UTF-8", "LC_ALL": ""}
    alone = start(tmp_path, **bare)
    _, said = alone.communicate(timeout=20)
    assert alone.returncode == 1
    assert said == "这里没有屏幕，窗口打不开。请在有桌面的电脑上打开程序。\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring these libraries themselves")
def test_a_missing_library_of_the_system_is_named_with_what_installs_it(monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setattr(no_window, "_LIBRARIES", {"libnowhere.so.9": "libnowhere9"})
    said = no_window.hindrance()
    assert "libnowhere.so.9" in said
    assert said.endswith("sudo apt install libnowhere9")
