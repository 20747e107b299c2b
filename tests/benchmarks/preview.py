"""The mirror while every frame is analysed, against the same mirror without analysis.

Each in a process of its own, by turns, from the same 1280 x 720 pictures decoded at 30 a second as a camera's are. The
memory is that of the process: Qt, the mirror, camera thread and analysis, without the pages around them.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2

from tests.benchmarks.vision import demonstration_frames

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 10
ROUNDS = 2
UNITS = {"paints": "/s", "analysed": "/s", "gap_ms": "ms", "held_ms": "ms", "megabytes": "MB"}


def _film() -> bytes:
    parts = []
    for frame in demonstration_frames()[:60]:
        picture = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
        parts += [len(picture).to_bytes(4, "little"), picture]
    return b"".join(parts)


def _show(how: str, film: bytes) -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-m", "tests.benchmarks.preview_window", how, str(SECONDS)]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=film, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Median of the rounds. Wanted: 30 paints a second, p99 gap 50 ms, p99 of the loop's turns 16 ms, 300 MB."""
    film = _film()
    seen: dict[str, list[dict[str, float]]] = {"analyse": [], "plain": []}
    for _ in range(ROUNDS):
        for how, results in seen.items():
            results.append(_show(how, film))
    for name, unit in UNITS.items():
        ours, plain = (statistics.median(one[name] for one in seen[how]) for how in ("analyse", "plain"))
        yield f"preview.{name}", ours, unit, plain or 30.0
