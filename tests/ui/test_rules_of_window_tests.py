"""The rules of tests/qt_rules.py bite: a worker that is still at work when its test ends fails it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BAD = """
import threading, time
from tests.qt_rules import no_work_left, nothing_left_on_screen
from ui.messages import MessageBridge
from ui.operations import Operations

kept = []

def test_leaves_a_worker_at_work(qapp):
    operations = Operations(MessageBridge())
    kept.append(operations)
    operations.run(lambda: time.sleep(4.5))

def test_waits_for_its_workers(qapp):
    assert kept[0].shutdown()
    operations = Operations(MessageBridge())
    operations.run(lambda: threading.current_thread())
    assert operations.shutdown()
"""


def test_what_is_left_at_work_fails(tmp_path):
    (tmp_path / "test_bad.py").write_text(BAD, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", str(ROOT / "pyproject.toml"), "-rA"]
    run = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    assert any(one.startswith("ERROR") and "::test_leaves_a_worker_at_work" in one for one in lines), run.stdout
    assert any(one.startswith("PASSED") and "::test_waits_for_its_workers" in one for one in lines), run.stdout
    assert "workers left at work: 1" in run.stdout
