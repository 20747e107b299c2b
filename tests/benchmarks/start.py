"""First painted window: the program against an empty main window of the same interpreter, started the same way.

Where ``LOANAPP_FROZEN`` names a frozen folder (``dist/loanapp``), it is measured too, against an empty window frozen
here.
"""

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
COLD_RUNS = 5


def first_paint(command: list[str], home: str) -> tuple[float, float]:
    """Milliseconds from starting the process to the line it prints at its first paint, and its most megabytes."""
    environment = {
        **os.environ,
        "LOANAPP_REPORT_FIRST_PAINT": "1",
        "LOANAPP_HOME": home,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    }
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as output:
        line = output.readline()
        took = (time.perf_counter() - started) * 1000
        # At once, while it is about to end; the usage that the system reports later knows its parent's memory too.
        peak = _peak_megabytes(process.pid)
        output.read()
    process.wait(60)
    if "first_paint_ms" not in line or process.returncode:
        raise RuntimeError(f"{command[-1]} did not report its first paint")
    return took, peak


def _peak_megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), float("nan"))


def compare(ours: list[str], empty: list[str]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Medians of alternating runs, after one of each that warms the disk's cache: ours, then the empty window's."""
    found: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    with tempfile.TemporaryDirectory() as home:
        for run in range(RUNS + 1):
            for kept, command in zip(found, (ours, empty), strict=True):
                measured = first_paint(command, home)
                if run:
                    kept.append(measured)
    return tuple(tuple(statistics.median(part) for part in zip(*kept, strict=True)) for kept in found)


def forget(folder: Path) -> None:
    """Let the system forget what it has read of a folder's files, so that the next reading is from the disk."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fdatasync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def compare_cold(ours: Path, empty: Path) -> tuple[float, float]:
    """Median milliseconds of alternating starts of two frozen programs, nothing of whose folders is in the cache."""
    found: tuple[list[float], list[float]] = ([], [])
    with tempfile.TemporaryDirectory() as home:
        for _ in range(COLD_RUNS):
            for kept, program in zip(found, (ours, empty), strict=True):
                forget(program.parent)
                kept.append(first_paint([str(program)], home)[0])
    return statistics.median(found[0]), statistics.median(found[1])


def frozen_empty_window(folder: Path) -> Path:
    """An empty window frozen as the program is, made once."""
    program = folder / "empty_window" / "empty_window"
    if not program.is_file():
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
        command += ["--distpath", str(folder), "--workpath", str(folder / "work"), "--specpath", str(folder)]
        command += ["--exclude-module", "PySide6.QtNetwork"]
        subprocess.run([*command, str(ROOT / "tests/benchmarks/empty_window.py")], check=True)
    return program


def measure() -> Iterator[tuple[str, float, str, float]]:
    """From source, and frozen where there is a frozen folder."""
    module = [sys.executable, "-m"]
    ours, empty = compare([*module, "ui"], [*module, "tests.benchmarks.empty_window"])
    yield "start.first_paint", ours[0], "ms", empty[0]
    if frozen := os.environ.get("LOANAPP_FROZEN"):
        bare = frozen_empty_window(ROOT / "build" / "empty-window")
        program = Path(frozen).resolve() / "loanapp"
        ours, empty = compare([str(program)], [str(bare)])
        yield "start.frozen_first_paint", ours[0], "ms", empty[0]
        yield "start.frozen_memory", ours[1], "MB", empty[1]
        if hasattr(os, "posix_fadvise"):
            cold, empty_cold = compare_cold(program, bare)
            yield "start.frozen_cold_first_paint", cold, "ms", empty_cold
