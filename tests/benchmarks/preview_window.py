"""The mirror of the face page for some seconds, in a process of its own: ``preview_window.py analyse|plain SECONDS``.

Standard input holds JPEG pictures, each after its length. They are decoded at 30 a second, as a camera's are, over and
over. ``analyse`` guides as the program does; ``plain`` shows the same pictures and looks at none. Standard output gets
one line of JSON: paints a second, p99 of the gaps between paints and between turns of the event loop in milliseconds,
pictures analysed a second, megabytes.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from loanapp.capture.sources import Frame
from loanapp.domain.liveness import SourceKind
from ui.camera.preview import CameraPreview, PreviewState

FPS = 30
POLL_MS = 11  # as ui.camera.attempt
SIZE = (1080, 560)
SETTLE_S = 3.0


class Film:
    """A source that decodes the same pictures at the pace of a camera."""

    kind, name = SourceKind.DEMONSTRATION, "film"

    def __init__(self, pictures):
        self._pictures, self._count = pictures, 0

    def open(self):
        self._started = time.monotonic()

    def read(self):
        import cv2

        self._count = max(self._count, int((time.monotonic() - self._started) * FPS))
        time.sleep(max(0.0, self._started + self._count / FPS - time.monotonic()))
        there_and_back = self._count % (2 * len(self._pictures) - 2)
        picture = self._pictures[min(there_and_back, 2 * len(self._pictures) - 2 - there_and_back)]
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        self._count += 1
        return Frame(image, self._started + self._count / FPS, self._count)

    def prompt(self, action):
        pass

    def illuminate(self, colour):
        pass

    def close(self):
        pass


class CountingPreview(CameraPreview):
    """The program's own widget; notes when it was painted."""

    def __init__(self):
        super().__init__()
        self.painted = []

    def paintEvent(self, event):  # noqa: N802 - Qt's name
        super().paintEvent(event)
        self.painted.append(time.perf_counter())


def pictures():
    """From standard input."""
    found = []
    while head := sys.stdin.buffer.read(4):
        found.append(sys.stdin.buffer.read(int.from_bytes(head, "little")))
    return found


def resident_mb():
    """What the process holds just now; Linux tells, elsewhere 0."""
    try:
        with Path("/proc/self/status").open() as status:
            lines = dict(line.split(":", 1) for line in status)
    except OSError:
        return 0.0
    return int(lines["VmRSS"].split()[0]) / 1024


def main():
    how, seconds = sys.argv[1], float(sys.argv[2])
    from loanapp.capture.guided_capture import GuidedCapture

    class Unanalysed(GuidedCapture):
        """Takes pictures and looks at none."""

        def _analyse(self):
            self._stopping.wait()

    application = QApplication(sys.argv[:1])
    preview = CountingPreview()
    preview.resize(*SIZE)
    preview.show()
    capture = (GuidedCapture if how == "analyse" else Unanalysed)(Film(pictures()))
    capture.start()
    turns, shown, seen = [], [None], set()

    def poll():
        view = capture.latest()
        if view.frame is not None and view.frame.sequence != shown[0]:
            shown[0] = view.frame.sequence
            preview.show_frame(view.frame.image)
        if view.facts is not None:
            seen.add(view.facts.time_s)
        preview.show_state(PreviewState(total=3, light=view.light))

    timers = []
    for work, every in ((poll, POLL_MS), (lambda: turns.append(time.perf_counter()), 1)):
        timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=every)
        timer.timeout.connect(work)
        timer.start()
        timers.append(timer)

    def settled():
        for one in (preview.painted, turns, seen):
            one.clear()

    QTimer.singleShot(round(SETTLE_S * 1000), settled)
    QTimer.singleShot(round((SETTLE_S + seconds) * 1000), application.quit)
    application.exec()
    gaps, held = np.diff(preview.painted) * 1000, np.diff(turns) * 1000
    megabytes = resident_mb()
    capture.stop()
    answer = {
        "paints": len(preview.painted) / seconds,
        "analysed": len(seen) / seconds,
        "gap_ms": float(np.quantile(gaps, 0.99)),
        "held_ms": float(np.quantile(held, 0.99)),
        "megabytes": megabytes,
    }
    print(json.dumps(answer), flush=True)


main()
