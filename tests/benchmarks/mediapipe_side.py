"""Asks the MediaPipe of the bench environment from here: one process, which gets the same frames as our own code."""

import base64
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from loanapp.resource_files import asset_path

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("mediapipe_worker.py")


class MediaPipe:
    """The worker process; a context manager."""

    def __init__(self) -> None:
        name = Path("Scripts", "python.exe") if os.name == "nt" else Path("bin", "python")
        python = ROOT / ".venv-bench" / name
        if not python.exists():
            raise SystemExit("MediaPipe is not there: run `python3 dev.py bench vision`, which installs it")
        command = [str(python), str(WORKER), str(asset_path("face_landmarker.task"))]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def ask(
        self, frames: Sequence[np.ndarray], times_ms: Sequence[int], *, mode: str = "VIDEO", new: bool = False
    ) -> tuple[list[float], list[float], list[np.ndarray | None]]:
        """Milliseconds and CPU milliseconds of each frame (BGR) and its landmarks (478, 2) in pixels, if any."""
        block = {"mode": mode, "size": frames[0].shape[:2], "times_ms": list(times_ms), "new": new}
        self._process.stdin.write(json.dumps(block).encode() + b"\n")
        for frame in frames:
            self._process.stdin.write(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).tobytes())
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("MediaPipe ended")
        answer = json.loads(line)
        points = [
            None if one is None else np.frombuffer(base64.b64decode(one), np.float32).reshape(478, 2)
            for one in answer["landmarks"]
        ]
        return answer["ms"], answer["cpu_ms"], points
