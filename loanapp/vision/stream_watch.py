"""What only several frames together show: a picture that stands still, movement, eyes shut for long, another face."""

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from loanapp.resource_files import read_toml
from loanapp.vision.arrays import Floats, Image
from loanapp.vision.face_mesh import Face
from loanapp.vision.neutral import RunningLevel

# Every n-th pixel tells whether a picture is the same as the last: the noise of a real sensor never repeats.
_PROBE: Final = 16
# Points that keep still when the face moves: outer and inner corners of the eyes, root and sides of the nose.
_STILL: Final = (33, 133, 362, 263, 6, 197, 129, 358)
# Fewest intervals that make a rate.
_FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Watched:
    """Of the stream up to now. Times in seconds; ``frame_rate`` a second, 0 until known.

    ``motion``: how far the head has moved in the last fifth of a second, in eye distances a second.
    """

    frozen_s: float = 0.0
    frame_rate: float = 0.0
    motion: float = 0.0
    eyes_closed_s: float = 0.0
    mouth_open_s: float = 0.0


class StreamWatch:
    """Follows one stream; feed it every frame."""

    def __init__(self) -> None:
        self._limits: dict[str, Any] = read_toml("vision", "thresholds.toml")["stream"]
        self._probe = b""
        self._changed_s = 0.0
        self._times: deque[float] = deque()
        self._places: deque[tuple[float, Floats]] = deque()
        self._open_eyes = RunningLevel(self._limits["open_seconds"], self._limits["open_quantile"])
        self._closed_since: float | None = None
        self._open_since: float | None = None

    def feed(
        self,
        image: Image,
        time_s: float,
        face: Face | None,
        *,
        eyes_open: float,
        jaw_open: float,
        eye_distance: float,
    ) -> Watched:
        """Take the next frame; ``eyes_open`` is the wider eye's lid gap over its width."""
        probe = image[::_PROBE, ::_PROBE].tobytes()
        if probe != self._probe:
            self._probe, self._changed_s = probe, time_s
        rate = self._rate(time_s)
        if face is None:
            self._places.clear()
            self._closed_since = self._open_since = None
            return Watched(frozen_s=time_s - self._changed_s, frame_rate=rate)
        closed = self._eyes_closed(time_s, eyes_open)
        self._closed_since = _since(self._closed_since, time_s, holds=closed)
        self._open_since = _since(self._open_since, time_s, holds=jaw_open > self._limits["jaw_open"])
        return Watched(
            frozen_s=time_s - self._changed_s,
            frame_rate=rate,
            motion=self._motion(time_s, face) / max(eye_distance, 1e-6),
            eyes_closed_s=_elapsed(self._closed_since, time_s),
            mouth_open_s=_elapsed(self._open_since, time_s),
        )

    def _rate(self, time_s: float) -> float:
        self._times.append(time_s)
        while time_s - self._times[0] > self._limits["rate_seconds"]:
            self._times.popleft()
        intervals = len(self._times) - 1
        return intervals / max(time_s - self._times[0], 1e-6) if intervals >= _FEWEST else 0.0

    def _motion(self, time_s: float, face: Face) -> float:
        """Pixels a second between now and a fifth of a second ago: the net's own jitter is far smaller by then."""
        place = np.asarray(face.landmarks[list(_STILL), :2], np.float32)
        self._places.append((time_s, place))
        while len(self._places) > 1 and time_s - self._places[1][0] >= self._limits["motion_seconds"]:
            self._places.popleft()
        before_s, before = self._places[0]
        elapsed = time_s - before_s
        if elapsed < self._limits["motion_seconds"] / 2:
            return 0.0
        return float(np.linalg.norm(place - before, axis=1).mean()) / elapsed

    def _eyes_closed(self, time_s: float, eyes_open: float) -> bool:
        """Shut for anybody, or far below the person's own open eyes; narrow eyes are open ones."""
        usual = self._open_eyes.level
        relative = usual is not None and eyes_open < usual * self._limits["closed_share"]
        self._open_eyes.add(time_s, eyes_open)
        return eyes_open < self._limits["shut"] or (relative and eyes_open < self._limits["surely_open"])


def _since(since: float | None, time_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return time_s if since is None else since


def _elapsed(since: float | None, time_s: float) -> float:
    return 0.0 if since is None else time_s - since
