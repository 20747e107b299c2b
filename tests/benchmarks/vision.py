"""Our whole analysis of a frame against MediaPipe's landmarks and blendshapes alone, and how far the landmarks differ.

Both see the same 1280 x 720 frames in one run, by turns of a few frames. MediaPipe 1.2 runs in a process of its own
(Python FaceLandmarker, VIDEO mode, one face, blendshapes, no matrices; only its call is timed) with the threads it
chooses; our graphs run on one core each, OpenCV's loops on two. Every sequence is played several times; a frame counts
with its quickest time, because other work on the machine only ever adds, and the figure is the mean over the frames.

With the folder of real clips in ``LOANAPP_CLIPS`` they are measured too, scaled into 1280 x 720.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from tests.benchmarks.mediapipe_side import MediaPipe

SIZE = (1280, 720)
FPS = 30
ROUNDS = 4
BLOCK = 5
FRAMES = 150
CLIP_FRAMES = 60
AGREEMENT_FRAMES = 150
VIDEOS = ("*.mp4", "*.mov")


def demonstration_frames() -> list[np.ndarray]:
    """Five seconds of the demonstration borrower, the same every time: rest, turn, blink, open mouth, other turn."""
    from loanapp.demonstration.borrower import DemonstrationBorrower
    from loanapp.domain.liveness import Action

    asked = {5: Action.TURN_LEFT, 62: Action.BLINK, 78: Action.OPEN_MOUTH, 112: Action.TURN_RIGHT}
    borrower = DemonstrationBorrower(size=SIZE, fps=FPS, paced=False, reaction_s=0.1, seed=7)
    borrower.open()
    frames = []
    for number in range(FRAMES):
        if number in asked:
            borrower.prompt(asked[number])
        frames.append(borrower.read().image)
    borrower.close()
    return frames


def clips() -> list[Path]:
    """The real clips, or none."""
    folder = os.environ.get("LOANAPP_CLIPS")
    return sorted(path for pattern in VIDEOS for path in Path(folder).glob(pattern)) if folder else []


def clip_frames(path: Path, most: int) -> Iterator[np.ndarray]:
    """The first frames of a clip, scaled into 1280 x 720 with grey beside them."""
    capture = cv2.VideoCapture(str(path))
    for _ in range(most):
        there, frame = capture.read()
        if not there:
            break
        height, width = frame.shape[:2]
        scale = min(SIZE[0] / width, SIZE[1] / height)
        size = (round(width * scale), round(height * scale))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        whole = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
        left, top = (SIZE[0] - size[0]) // 2, (SIZE[1] - size[1]) // 2
        whole[top : top + size[1], left : left + size[0]] = cv2.resize(frame, size, interpolation=way)
        yield whole
    capture.release()


def times_ms(count: int, start: int = 0) -> list[int]:
    """Whole milliseconds of frames at 30 a second."""
    return [round(number * 1000 / FPS) for number in range(start, start + count)]


class Race:
    """Plays sequences on both sides by turns and keeps each frame's quickest time."""

    def __init__(self, theirs: MediaPipe) -> None:
        from loanapp.vision.models import FaceModels

        self._theirs = theirs
        self._models = FaceModels.load()

    def run(self, frames: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
        """Mean milliseconds a frame, ours and MediaPipe's, then the same of CPU time."""
        rounds = [self._round(frames, ours_first=bool(number % 2)) for number in range(ROUNDS + 1)][1:]
        best = [np.min([one[side] for one in rounds], axis=0).mean() for side in range(4)]
        return float(best[0]), float(best[1]), float(best[2]), float(best[3])

    def _round(self, frames: Sequence[np.ndarray], *, ours_first: bool) -> tuple[list[float], ...]:
        from loanapp.vision.frame_analysis import FrameAnalyser

        analyser = FrameAnalyser(self._models)
        ours, theirs, our_cpu, their_cpu = [], [], [], []
        for start in range(0, len(frames), BLOCK):
            block = frames[start : start + BLOCK]
            moments = times_ms(len(block), start)

            def us(block: Sequence[np.ndarray] = block, moments: Sequence[int] = moments) -> None:
                for frame, moment in zip(block, moments, strict=True):
                    used, started = time.process_time(), time.perf_counter()
                    analyser.analyse(frame, moment / 1000)
                    ours.append((time.perf_counter() - started) * 1000)
                    our_cpu.append((time.process_time() - used) * 1000)

            if ours_first:
                us()
            took, cpu, _ = self._theirs.ask(block, moments, new=start == 0)
            theirs += took
            their_cpu += cpu
            if not ours_first:
                us()
        return ours, theirs, our_cpu, their_cpu

    def distances(self, frames: Iterator[np.ndarray], mode: str) -> tuple[list[float], int]:
        """Mean distance of the landmarks in pixels, frame by frame, and frames in which one side alone saw a face."""
        from loanapp.vision.face_mesh import FaceMesh

        mesh = FaceMesh(self._models)
        apart, alone = [], 0
        for number, frame in enumerate(frames):
            _, _, (theirs,) = self._theirs.ask([frame], times_ms(1, number), mode=mode, new=number == 0)
            ours = mesh.track(frame)
            if ours and theirs is not None:
                apart.append(float(np.linalg.norm(ours[0].landmarks[:, :2] - theirs, axis=1).mean()))
            alone += bool(ours) != (theirs is not None)
        return apart, alone


def _median_ms(work: Callable[[int], object]) -> float:
    took = []
    for frame in range(FRAMES):
        started = time.perf_counter()
        work(frame)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds a frame; 33 ms is a frame's time at 30 a second. Distances in pixels, beside the one asked for."""
    demonstration = demonstration_frames()
    with MediaPipe() as theirs:
        race = Race(theirs)
        value, baseline, cpu, baseline_cpu = race.run(demonstration)
        yield "frame_analysis", value, "ms", baseline
        yield "frame_analysis.cpu", cpu, "ms", baseline_cpu
        for mode in ("VIDEO", "IMAGE"):
            apart, _ = race.distances(iter(demonstration), mode)
            yield f"landmarks.{mode.lower()}", statistics.mean(apart), "px", 1.0
        if not clips():
            return
        raced = [race.run(list(clip_frames(path, CLIP_FRAMES))) for path in clips()]
        value, baseline, cpu, baseline_cpu = (statistics.mean(column) for column in zip(*raced, strict=True))
        yield "frame_analysis.clips", value, "ms", baseline
        yield "frame_analysis.clips.cpu", cpu, "ms", baseline_cpu
        for mode in ("VIDEO", "IMAGE"):
            everything: list[float] = []
            for path in clips():
                apart, _ = race.distances(clip_frames(path, AGREEMENT_FRAMES), mode)
                everything += apart
                yield f"landmarks.{mode.lower()}.{path.stem}", statistics.mean(apart), "px", 1.0
            yield f"landmarks.{mode.lower()}.clips", statistics.mean(everything), "px", 1.0
