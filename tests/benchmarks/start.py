"""First painted window: the program against an empty main window of the same interpreter, started the same way."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 9


def first_paint_ms(module: str, home: str) -> float:
    """Milliseconds from starting the process to the line it prints at its first paint."""
    environment = {
        **os.environ,
        "LOANAPP_REPORT_FIRST_PAINT": "1",
        "LOANAPP_HOME": home,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    }
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", module], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = (time.perf_counter() - started) * 1000
        process.communicate(timeout=60)
    if "first_paint_ms" not in line or process.returncode:
        raise RuntimeError(f"{module} did not report its first paint")
    return took


def measure() -> Iterator[tuple[str, float, str, float]]:
    """The median of alternating runs, after one of each that warms the disk's cache."""
    ours, empty = [], []
    with tempfile.TemporaryDirectory() as home:
        for run in range(RUNS + 1):
            baseline = first_paint_ms("tests.benchmarks.empty_window", home)
            value = first_paint_ms("ui", home)
            if run:
                empty.append(baseline)
                ours.append(value)
    yield "start.first_paint", statistics.median(ours), "ms", statistics.median(empty)
