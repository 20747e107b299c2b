"""Our whole analysis of a frame against MediaPipe's landmarks and blendshapes alone, and how far the landmarks differ.

Both see the same 1280 x 720 frames in one run, by turns of a few frames. MediaPipe 1.2 runs in a process of its own
(Python FaceLandmarker, VIDEO mode, one face, blendshapes, no matrices; only its call is timed) with the threads it
chooses; our graphs and OpenCV's loops run on one thread. Every sequence is played several times; a frame counts
with its quickest time, because other work on the machine only ever adds, and the figure is the mean over the frames.

Distances are those of the same landmark in the same frame, mean over landmarks and frames, in pixels of the frame:
``video`` follows the face and is compared with VIDEO mode, which smooths what it shows; ``video.filtered`` puts ours
through the same filter first, so that only what the graphs were given and made of it is left; ``image`` finds the face
anew in every tenth frame on both sides.

With the folder of real clips in ``LOANAPP_CLIPS`` they are measured too: scaled into 1280 x 720 for the time, in their
own size for the distance.
"""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from tests.benchmarks.mediapipe_side import MediaPipe

SIZE = (1280, 720)
FPS = 30
ROUNDS = 4
BLOCK = 5
FRAMES = 150
CLIP_FRAMES = 60
AGREEMENT_FRAMES = 400
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


def clip_frames(path: Path, most: int, *, scaled: bool = True) -> Iterator[np.ndarray]:
    """The first frames of a clip, as they are or scaled into 1280 x 720 with grey beside them."""
    capture = cv2.VideoCapture(str(path))
    for _ in range(most):
        there, frame = capture.read()
        if not there:
            break
        if not scaled:
            yield frame
            continue
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

    def distances(self, frames: Iterator[np.ndarray]) -> "Distances":
        """How far our landmarks are from MediaPipe's over a sequence."""
        from loanapp.vision.face_mesh import FaceMesh

        mesh, found, alike = FaceMesh(self._models), Distances(), OneEuro()
        kept = []
        for number, frame in enumerate(frames):
            _, _, (theirs,) = self._theirs.ask([frame], times_ms(1, number), new=number == 0)
            ours = mesh.track(frame)
            if number % 10 == 0:
                kept.append(frame)
            if not ours or theirs is None:
                found.alone += bool(ours) != (theirs is not None)
                alike = OneEuro()
                continue
            points = ours[0].landmarks[:, :2].astype(np.float64)
            found.video.append(apart(points, theirs))
            found.filtered.append(apart(alike.next(points), theirs))
        for number, frame in enumerate(kept):
            _, _, (theirs,) = self._theirs.ask([frame], [0], mode="IMAGE", new=number == 0)
            ours = mesh.find(frame)
            if ours and theirs is not None:
                found.image.append(apart(ours[0].landmarks[:, :2], theirs))
        return found


@dataclass
class Distances:
    """Mean distances frame by frame; ``alone``: frames in which one side saw no face and the other did."""

    video: list[float] = field(default_factory=list)
    filtered: list[float] = field(default_factory=list)
    image: list[float] = field(default_factory=list)
    alone: int = 0

    def entries(self, name: str) -> Iterator[tuple[str, float, str, float]]:
        """As ``dev.py bench`` prints them, beside the one pixel that is asked for."""
        for kind, values in (("video", self.video), ("video.filtered", self.filtered), ("image", self.image)):
            if values:
                yield f"landmarks.{kind}.{name}", statistics.mean(values), "px", 1.0

    def __iadd__(self, more: "Distances") -> Self:
        self.video += more.video
        self.filtered += more.filtered
        self.image += more.image
        self.alone += more.alone
        return self


def apart(first: np.ndarray, second: np.ndarray) -> float:
    """Mean distance of the same points (478, 2)."""
    return float(np.linalg.norm(first - second, axis=1).mean())


class OneEuro:
    """The filter of MediaPipe's landmarker (Casiez 2012; least cut-off .05 Hz, slope 80, derivative's cut-off 1 Hz)."""

    def __init__(self) -> None:
        self._raw: np.ndarray | None = None

    def next(self, points: np.ndarray) -> np.ndarray:
        """The next frame's points, smoothed."""
        if self._raw is None:
            self._smooth, self._speed = points, np.zeros_like(points)
        else:
            scale = 2 / np.ptp(points, axis=0).sum()
            self._speed += self._share(1.0) * ((points - self._raw) * scale * FPS - self._speed)
            self._smooth = self._smooth + self._share(0.05 + 80 * np.abs(self._speed)) * (points - self._smooth)
        self._raw = points
        return self._smooth

    @staticmethod
    def _share(cut_off: float | np.ndarray) -> float | np.ndarray:
        return 1 / (1 + FPS / (2 * np.pi * cut_off))


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds a frame; 33 ms is a frame's time at 30 a second. Distances in pixels, beside the one asked for."""
    demonstration = demonstration_frames()
    with MediaPipe() as theirs:
        race = Race(theirs)
        value, baseline, cpu, baseline_cpu = race.run(demonstration)
        yield "frame_analysis", value, "ms", baseline
        yield "frame_analysis.cpu", cpu, "ms", baseline_cpu
        yield from race.distances(iter(demonstration)).entries("demonstration")
        if not clips():
            return
        raced = [race.run(list(clip_frames(path, CLIP_FRAMES))) for path in clips()]
        value, baseline, cpu, baseline_cpu = (statistics.mean(column) for column in zip(*raced, strict=True))
        yield "frame_analysis.clips", value, "ms", baseline
        yield "frame_analysis.clips.cpu", cpu, "ms", baseline_cpu
        everything = Distances()
        for path in clips():
            one = race.distances(clip_frames(path, AGREEMENT_FRAMES, scaled=False))
            yield from one.entries(path.stem)
            everything += one
        yield from everything.entries("clips")
