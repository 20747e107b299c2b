"""The whole program, started on a computer that has something wrong: it opens, says so in a dialog, and can be left."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loanapp.resource_files import assets_folder

ROOT = Path(__file__).resolve().parents[2]
# The program as its starter opens it; all that is added looks for the dialog, tells it, and leaves by its button.
LOOKING = """
import sys
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication
from ui import __main__ as program, shell

def look():
    from ui.start_check import StartDialog
    from ui.theme import theme
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, StartDialog) and dialog.isVisible():
            timer.stop()
            words = [dialog.body.itemAt(place).widget().text() for place in range(dialog.body.count())]
            picture, first = dialog.grab().toImage(), dialog.body.itemAt(0).widget()
            spots = (QPoint(8, 8), first.mapTo(dialog, QPoint(first.width() - 2, 1)))
            paper = {picture.pixelColor(spot).name() for spot in spots}
            print("dressed" if paper == {theme().tokens.paper.lower()} else paper, end=" ")
            print(" | ".join(words), dialog.go_on.isVisible(), flush=True)
            dialog.leave.click()

class Looking(shell.Shell):
    def open(self, *, maximised):
        super().open(maximised=maximised)
        timer.start(20)

shell.Shell = Looking
timer = None
real = shell.load_font

def load_font():
    global timer
    timer = QTimer()
    timer.timeout.connect(look)
    real()

shell.load_font = load_font
PREPARE
sys.exit(program.main([]))
"""


def told(home: Path, prepare: str = "", **more: str) -> str:
    """What the program says in its dialog, until it has ended by itself."""
    done = subprocess.run(
        [sys.executable, "-c", LOOKING.replace("PREPARE", prepare)],
        env={**os.environ, "LOANAPP_HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "zh_CN.UTF-8", **more},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("dressed "), done.stdout
    return done.stdout


def test_a_home_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = told(tmp_path / "file" / "home")
    assert str(tmp_path / "file" / "home") in said
    assert said.endswith("False\n")
    assert told(tmp_path / "file" / "home", LC_ALL="en_US.UTF-8").isascii()


def test_a_disk_that_is_full(tmp_path):
    """A file system of its own, of 16 MB; only root may have one made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(made, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be made here")
    try:
        said = told(disk / "home")
        assert " 16 MB" in said
        assert said.endswith("True\n")
        (disk / "full").write_bytes(bytes(16 << 20))
        assert told(disk / "home").endswith("False\n")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_file_of_the_program_that_is_missing(tmp_path):
    for path in assets_folder().iterdir():
        if path.name != "face_landmarker.task":
            (tmp_path / path.name).symlink_to(path)
    said = told(tmp_path / "home", LOANAPP_ASSETS=str(tmp_path))
    assert "face_landmarker.task" in said
    assert said.endswith("True\n")


def test_a_clock_that_is_years_behind(tmp_path):
    prepare = (
        "from datetime import UTC, datetime\nfrom loanapp.domain.clock import SystemClock\n"
        "SystemClock.now = lambda self: datetime(2020, 1, 1, tzinfo=UTC)\n"
    )
    said = told(tmp_path / "home", prepare)
    assert "2020-01-01" in said
    assert said.endswith("True\n")
