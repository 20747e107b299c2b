"""What the engine sees in the frames of one attempt, taken in while they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from loanapp.vision.actions import ActionDetector
from loanapp.vision.arrays import Floats, Image
from loanapp.vision.continuity import face_patch
from loanapp.vision.events import ActionEvent
from loanapp.vision.evidence import EvidenceFrame
from loanapp.vision.frame_analysis import FrameAnalyser, FrameFacts
from loanapp.vision.models import FaceModels
from loanapp.vision.parallel import in_parallel
from loanapp.vision.reflection import Reflection, measure_reflection
from loanapp.vision.stream_integrity import fingerprint
from loanapp.vision.surroundings import Surroundings, read_surroundings

# So many frames before the second half are looked at twice: a face that is followed reads steadier than one just found.
_RUN_UP = 2
# And so many of the very first: against them blur and what covers a face are measured.
_OWN_LOOK = 10
# Fewer frames at once are not worth a second analyser.
_WORTH_HALVING = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    facts: FrameFacts
    image: Image
    patch: Floats | None
    reflection: Reflection | None


@dataclass(slots=True)
class Seen:
    """All by frame.

    Time in milliseconds, facts, picture, face patch and reflection (None without a face), fingerprint, yaw at rest as
    learnt.
    ``events``: every action seen so far, in order of their ends. ``around``: the cells around the face with their time
    in milliseconds, of those frames that have them.
    """

    times_ms: list[int] = field(default_factory=list)
    facts: list[FrameFacts] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    patches: list[Floats | None] = field(default_factory=list)
    reflections: list[Reflection | None] = field(default_factory=list)
    fingerprints: list[Floats] = field(default_factory=list)
    rest_yaws: list[float] = field(default_factory=list)
    events: list[ActionEvent] = field(default_factory=list)
    around: list[tuple[int, Surroundings]] = field(default_factory=list)


class Observer:
    """Takes in frames, some at a time, in order; used by one thread, which uses two cores."""

    def __init__(self, models: FaceModels) -> None:
        self._models = models
        self._analyser = FrameAnalyser(models)
        self._detector = ActionDetector()
        self._first: list[EvidenceFrame] = []
        self.seen = Seen()

    def add(self, frames: Sequence[EvidenceFrame]) -> None:
        """Look at the next frames. Raises ``EvidenceFormatError`` where one is no picture."""
        for frame, look in zip(frames, self._look_at(frames), strict=True):
            self.seen.times_ms.append(frame.time_ms)
            self.seen.facts.append(look.facts)
            self.seen.images.append(look.image)
            self.seen.patches.append(look.patch)
            self.seen.reflections.append(look.reflection)
            self.seen.fingerprints.append(fingerprint(look.image))
            self.seen.events += self._detector.feed(look.facts)
            if frame.around:
                self.seen.around.append((frame.time_ms, read_surroundings(frame.around)))
            neutral = self._detector.neutral
            self.seen.rest_yaws.append(0.0 if neutral is None else neutral.yaw)

    def finish(self) -> Seen:
        """No frame follows: what was still under way is told as not complete."""
        self.seen.events += self._detector.finish()
        return self.seen

    def _look_at(self, frames: Sequence[EvidenceFrame]) -> list[_Look]:
        """Every frame once, the second half beside the first: a net alone makes little use of a second core."""
        if len(frames) < _WORTH_HALVING:
            return [_look(self._analyser, frame) for frame in frames]
        self._first = self._first or list(frames[:_OWN_LOOK])
        middle = (len(frames) + 1) // 2
        run_up = frames[middle - _RUN_UP : middle]
        known = [frame for frame in self._first if frame.time_ms < run_up[0].time_ms]
        other = FrameAnalyser(self._models)

        def look(part: tuple[FrameAnalyser, list[EvidenceFrame], Sequence[EvidenceFrame]]) -> list[_Look]:
            analyser, before, asked = part
            for frame in before:
                analyser.analyse(frame.decode(), frame.time_ms / 1000)
            return [_look(analyser, frame) for frame in asked]

        parts = [(self._analyser, [], frames[:middle]), (other, [*known, *run_up], frames[middle:])]
        looks = [one for half in in_parallel(look, parts) for one in half]
        self._analyser = other
        return looks


def _look(analyser: FrameAnalyser, frame: EvidenceFrame) -> _Look:
    image = frame.decode()
    facts = analyser.analyse(image, frame.time_ms / 1000)
    if facts.face is None:
        return _Look(facts, image, None, None)
    return _Look(facts, image, face_patch(image, facts.face), measure_reflection(image, facts.face))
