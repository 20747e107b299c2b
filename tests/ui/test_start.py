"""The first picture comes quickly: nothing heavy is loaded before it, and it costs little more than an empty window."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import start

ROOT = Path(__file__).parents[2]
# Each takes 50 to 150 ms to import; workers load them while the borrower already reads.
HEAVY = {"cv2", "numpy", "requests", "urllib3", "keyring", "cryptography", "pyhanko", "onnxruntime", "PIL"}
# Three milliseconds each, for a picture that needs neither.
HEAVY |= {"json", "ctypes"}
HEAVY |= {"sqlalchemy", "fastapi", "dbos", "rapidocr", "pypdfium2", "ssl", "loanapp.backend", "loanapp.demonstration"}


def test_nothing_heavy_is_loaded_before_the_first_picture(own_home):
    environment = {**os.environ, "LOANAPP_REPORT_FIRST_PAINT": "1", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-X", "importtime", "-m", "ui"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(run.stdout)["first_paint_ms"] > 0
    loaded = {found.group(1) for found in re.finditer(r"import time:.*\|\s*([\w.]+)$", run.stderr, re.MULTILINE)}
    assert "PySide6.QtWidgets" in loaded
    assert sorted(HEAVY & loaded) == []


@pytest.mark.slow
def test_the_first_picture_costs_little_more_than_an_empty_window():
    ((_, ours, _, empty),) = start.measure()
    assert ours / empty <= 1.3
