"""A video file to everything the engine sees in it, frame by frame."""

from collections.abc import Iterable, Iterator
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
from loanapp.vision.hints import PRIORITY, hints_for
from loanapp.vision.models import FaceModels

# Shorter spells are not worth a sentence: the program would not show them either. Shorter gaps end no spell.
_SHORTEST_HINT_S: Final = 0.3
_LONGEST_GAP_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class HintSpan:
    """A hint and the first and last frame (from 0) for which it holds.

    Every hint has spans of its own, whatever else holds. Gaps under 0.2 s are bridged, spells under 0.3 s left out.
    """

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


class HintSpans:
    """Joins the hints of single frames to spans."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._spans: dict[HintCode, list[HintSpan]] = {}

    def add(self, frame: int, hints: Iterable[HintCode]) -> None:
        """The hints of the next frame."""
        for code in hints:
            spans = self._spans.setdefault(code, [])
            if spans and (frame - spans[-1].end_frame - 1) / self._fps < _LONGEST_GAP_S:
                spans[-1] = HintSpan(code, spans[-1].start_frame, frame)
            else:
                spans.append(HintSpan(code, frame, frame))

    def spans(self) -> tuple[HintSpan, ...]:
        """Those that last, by their start; of two that start together the more important first."""
        lasting = [span for spans in self._spans.values() for span in spans if self._lasts(span)]
        return tuple(sorted(lasting, key=lambda span: (span.start_frame, PRIORITY[span.code])))

    def _lasts(self, span: HintSpan) -> bool:
        return (span.end_frame - span.start_frame + 1) / self._fps >= _SHORTEST_HINT_S


def analyse_video(path: Path, models: FaceModels | None = None) -> VideoReport:
    """Look at every frame of a video, as fast as this computer can.

    Raises :class:`CameraError` with ``VIDEO_UNREADABLE`` and :class:`LoanAppError` where a model is missing.
    """
    with _opened(path) as source:
        analyser, detector = FrameAnalyser(models or FaceModels.load()), ActionDetector()
        events: list[ActionEvent] = []
        hints = HintSpans(source.fps)
        angles: list[tuple[float, float, float]] = []
        count = faces = 0
        held: frozenset[HintCode] = frozenset()
        for frame in _frames(source):
            facts = analyser.analyse(frame.image, count / source.fps)
            events += detector.feed(facts)
            held = frozenset(hints_for(facts, held=held))
            hints.add(count, held)
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
            hints=hints.spans(),
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


def _range(angles: list[tuple[float, float, float]], axis: int) -> tuple[float, float] | None:
    values = [angle[axis] for angle in angles]
    return (min(values), max(values)) if values else None
