"""The rules of tests/conftest.py bite: what a test leaves behind fails it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BAD = """
import logging, os, threading, time, warnings
from pathlib import Path

def test_leaves_a_thread():
    threading.Thread(target=time.sleep, args=(6,), name="forgotten", daemon=True).start()

def test_logs_a_warning():
    logging.getLogger("somewhere").warning("nobody expected this")

def test_warns():
    warnings.warn("old way", DeprecationWarning)

def test_announces_its_record(expect_log):
    expect_log("somewhere WARNING: as announced")
    logging.getLogger("somewhere").warning("as announced")

def test_has_a_home_of_its_own():
    assert list(Path(os.environ["LOANAPP_HOME"]).iterdir()) == []
"""


def test_what_is_left_behind_fails(tmp_path):
    (tmp_path / "test_bad.py").write_text(BAD, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", str(ROOT / "pyproject.toml"), "-rA"]
    run = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    for word, name in (
        ("ERROR", "test_leaves_a_thread"),
        ("ERROR", "test_logs_a_warning"),
        ("FAILED", "test_warns"),
        ("PASSED", "test_announces_its_record"),
        ("PASSED", "test_has_a_home_of_its_own"),
    ):
        assert any(line.startswith(word) and f"::{name}" in line for line in run.stdout.splitlines()), run.stdout
    assert "threads left behind: ['forgotten']" in run.stdout
    assert "somewhere WARNING: nobody expected this" in run.stdout
