"""One camera frame through the face engine, against halving the same frame once."""

import statistics
import time
from collections.abc import Callable, Iterator

FRAMES = 60


def _median_ms(work: Callable[[int], object]) -> float:
    took = []
    for frame in range(FRAMES):
        started = time.perf_counter()
        work(frame)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds a 640x480 frame with one face; 33 ms is a frame's time at 30 a second."""
    import cv2

    from loanapp.resource_files import asset_path
    from loanapp.vision.frame_analysis import FrameAnalyser
    from loanapp.vision.models import FaceModels

    portrait = cv2.imread(str(asset_path("astronaut.png")))
    frame = cv2.copyMakeBorder(portrait[:480], 0, 0, 64, 64, cv2.BORDER_REPLICATE)
    analyser = FrameAnalyser(FaceModels.load())
    for warm in range(5):
        analyser.analyse(frame, warm / 30)
    value = _median_ms(lambda number: analyser.analyse(frame, (number + 5) / 30))
    baseline = _median_ms(lambda _: cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    yield "vision.frame_640x480", value, "ms", baseline
