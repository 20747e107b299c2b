"""A video file to everything the engine sees in it, frame by frame."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from loanapp.capture.sources import CameraError, Frame, VideoFileSource
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import HintCode
from loanapp.vision.actions import ActionDetector
from loanapp.vision.events import ActionEvent
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.hints import hint_for
from loanapp.vision.models import FaceModels

# Shorter spells are not worth a sentence: the program would not show them either.
_SHORTEST_HINT_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class HintSpan:
    """A hint and the first and last frame (from 0) for which it holds."""

    code: HintCode
    start_frame: int
    end_frame: int


@dataclass(frozen=True, slots=True)
class VideoReport:
    """What a video shows. Ranges are lowest and highest degrees, None without a face; ``faces``: most at once."""

    fps: float
    frames: int
    events: tuple[ActionEvent, ...]
    hints: tuple[HintSpan, ...]
    yaw: tuple[float, float] | None
    pitch: tuple[float, float] | None
    roll: tuple[float, float] | None
    faces: int

    def as_json(self) -> dict[str, Any]:
        """Plain values under the stable names of ``loanapp analyse --json``."""
        ranges = {
            name: None if span is None else [round(value, 1) for value in span]
            for name, span in (("yaw", self.yaw), ("pitch", self.pitch), ("roll", self.roll))
        }
        return {
            "fps": round(self.fps, 3),
            "frames": self.frames,
            "events": [
                {"kind": event.kind.value, "start_frame": event.start_frame, "end_frame": event.end_frame}
                for event in self.events
            ],
            "hints": [
                {"code": hint.code.value, "start_frame": hint.start_frame, "end_frame": hint.end_frame}
                for hint in self.hints
            ],
            **ranges,
            "faces": self.faces,
        }


def analyse_video(path: Path, models: FaceModels | None = None) -> VideoReport:
    """Look at every frame of a video, as fast as this computer can.

    Raises :class:`CameraError` with ``VIDEO_UNREADABLE`` and :class:`LoanAppError` where a model is missing.
    """
    with _opened(path) as source:
        analyser, detector = FrameAnalyser(models or FaceModels.load()), ActionDetector()
        events: list[ActionEvent] = []
        hints: list[HintSpan] = []
        angles: list[tuple[float, float, float]] = []
        count = faces = 0
        shown: HintCode | None = None
        for frame in _frames(source):
            facts = analyser.analyse(frame.image, count / source.fps)
            events += detector.feed(facts)
            shown = hint_for(facts, shown=shown)
            _extend(hints, shown, count)
            if facts.face is not None:
                angles.append((facts.yaw, facts.pitch, facts.roll))
            faces = max(faces, facts.faces)
            count += 1
        if count == 0:
            raise CameraError(ErrorCode.VIDEO_UNREADABLE)
        events += detector.finish()
        spans = [_range(angles, axis) for axis in range(3)]
        return VideoReport(
            fps=source.fps,
            frames=count,
            events=tuple(sorted(events, key=lambda event: (event.start_frame, event.end_frame))),
            hints=tuple(hint for hint in hints if _lasts(hint, source.fps)),
            yaw=spans[0],
            pitch=spans[1],
            roll=spans[2],
            faces=faces,
        )


@contextmanager
def _opened(path: Path) -> Iterator[VideoFileSource]:
    source = VideoFileSource(path, paced=False)
    source.open()
    try:
        yield source
    finally:
        source.close()


def _frames(source: VideoFileSource) -> Iterator[Frame]:
    while (frame := source.read()) is not None:
        yield frame


def _extend(hints: list[HintSpan], shown: HintCode | None, frame: int) -> None:
    if shown is None:
        return
    if hints and hints[-1].code is shown and hints[-1].end_frame == frame - 1:
        hints[-1] = HintSpan(shown, hints[-1].start_frame, frame)
    else:
        hints.append(HintSpan(shown, frame, frame))


def _lasts(hint: HintSpan, fps: float) -> bool:
    return (hint.end_frame - hint.start_frame + 1) / fps >= _SHORTEST_HINT_S


def _range(angles: list[tuple[float, float, float]], axis: int) -> tuple[float, float] | None:
    values = [angle[axis] for angle in angles]
    return (min(values), max(values)) if values else None
