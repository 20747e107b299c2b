"""The lender's verdict on one attempt, from the uploaded frames alone.

The same engine that guided the borrower runs again here. Of what the client says only times and frames are used, and
the times only where the frames agree: the client may be in an attacker's hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np

from loanapp.domain.liveness import Action, Challenge, VerdictOutcome, VerdictReason
from loanapp.resource_files import read_toml
from loanapp.vision.actions import ActionDetector
from loanapp.vision.arrays import Floats, Image
from loanapp.vision.continuity import Course, face_patch, most_at_rest, same_face
from loanapp.vision.events import ActionEvent
from loanapp.vision.evidence import ActionWindow, Evidence, EvidenceFrame
from loanapp.vision.face_match import FaceMatcher
from loanapp.vision.frame_analysis import FrameAnalyser, FrameFacts
from loanapp.vision.models import FaceModels
from loanapp.vision.parallel import in_parallel

# Actions that no one does by the way: two of them at a time when another was asked are not a slip.
_DELIBERATE: Final = frozenset({Action.OPEN_MOUTH, Action.TURN_LEFT, Action.TURN_RIGHT})
# So many frames before the second half are looked at twice: a face that is followed reads steadier than one just found.
_RUN_UP: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class LivenessReport:
    """Outcome, every reason against it, the measured values by name, and the best frontal crop (BGR) for matching."""

    outcome: VerdictOutcome
    reasons: tuple[VerdictReason, ...]
    measures: dict[str, float]
    best_face: Image | None


@dataclass(slots=True)
class _Seen:
    """What the engine saw: facts, pictures and face patches by frame; all events, and those a window counts."""

    facts: list[FrameFacts] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    patches: list[Floats | None] = field(default_factory=list)
    events: list[ActionEvent] = field(default_factory=list)
    counted: list[ActionEvent] = field(default_factory=list)
    rest_yaw: float = 0.0


def judge(
    evidence: Evidence,
    challenge: Challenge,
    models: FaceModels,
    *,
    received_at: datetime,
    matcher: FaceMatcher | None = None,
) -> LivenessReport:
    """Whether these frames show one living person doing what was asked, in order and in time.

    ``received_at`` is when the evidence arrived, by the clock that issued the challenge. ``matcher`` compares the face
    with itself over the attempt; without one it is loaded here.
    Raises ``EvidenceFormatError`` where a frame is no picture, :class:`LoanAppError` where a model is missing.
    """
    limits: dict[str, Any] = read_toml("vision", "verdict.toml")
    measures: dict[str, float] = {"frames": float(len(evidence.frames))}
    if not _belongs(evidence, challenge) or not _since_issued(evidence, challenge, received_at, limits, measures):
        return LivenessReport(VerdictOutcome.REFUSED, (VerdictReason.CHALLENGE_MISMATCH,), measures, None)
    if tuple(window.action for window in evidence.header.windows) != challenge.actions:
        return LivenessReport(VerdictOutcome.RETRY, (VerdictReason.WRONG_ORDER,), measures, None)
    if not _enough_frames(evidence, challenge, limits):
        return LivenessReport(VerdictOutcome.RETRY, (VerdictReason.TOO_FEW_FRAMES,), measures, None)
    seen = _watch(evidence, models)
    reasons = [*_steadiness(seen, limits, measures), *_actions(seen, evidence, limits, measures)]
    best = most_at_rest(seen.facts)
    outcome = VerdictOutcome.RETRY if reasons else VerdictOutcome.PASSED
    if best is not None and not reasons:
        outcome = _one_person(seen, _pieces(evidence.header.windows), best, matcher or FaceMatcher(), measures)
        if outcome is not VerdictOutcome.PASSED:
            reasons.append(VerdictReason.FACE_CHANGED)
    return LivenessReport(outcome, tuple(dict.fromkeys(reasons)), measures, None if best is None else seen.images[best])


def _one_person(
    seen: _Seen, spans: list[tuple[float, float]], best: int, matcher: FaceMatcher, measures: dict[str, float]
) -> VerdictOutcome:
    """Passed where one face is seen throughout; for a person to look at where that is not sure."""
    limits = read_toml("vision", "verdict.toml")["continuity"]
    course = Course(seen.facts, seen.images, seen.patches)
    found = same_face(course, best=best, spans=spans, events=seen.counted, matcher=matcher, limits=limits)
    measures["self_similarity"] = found.least_similar
    measures["least_alike_neighbours"] = found.least_alike
    measures["face_jumps"] = float(found.jumps)
    measures["faces_described"] = float(found.described)
    if found.jumps > limits["most_jumps"] or found.least_similar < limits["changed_below"]:
        return VerdictOutcome.RETRY
    return VerdictOutcome.PASSED if found.least_similar >= limits["same_from"] else VerdictOutcome.REVIEW


def _belongs(evidence: Evidence, challenge: Challenge) -> bool:
    header = evidence.header
    return (
        header.session_id == challenge.session_id
        and header.application_id == challenge.application_id
        and header.nonce == challenge.nonce
        and header.source_kind in challenge.accepted_sources
    )


def _since_issued(
    evidence: Evidence,
    challenge: Challenge,
    received_at: datetime,
    limits: dict[str, Any],
    measures: dict[str, float],
) -> bool:
    """Whether the actions can have been done since they were asked: a film made before, or slowed down, was not."""
    windows = evidence.header.windows
    if not windows:
        return True
    measures["acted_s"] = (windows[-1].done_ms - windows[0].asked_ms) / 1000
    measures["since_issued_s"] = (received_at - challenge.issued_at).total_seconds()
    return bool(measures["acted_s"] <= measures["since_issued_s"] + limits["time"]["clock_slack_seconds"])


def _enough_frames(evidence: Evidence, challenge: Challenge, limits: dict[str, Any]) -> bool:
    times = [frame.time_ms for frame in evidence.frames]
    lifetime_ms = (challenge.expires_at - challenge.issued_at).total_seconds() * 1000
    if times[-1] - times[0] > lifetime_ms:
        return False
    before = sum(time < evidence.header.windows[0].asked_ms for time in times) if evidence.header.windows else 0
    if before < limits["frames"]["before"]:
        return False
    longest_ms = (challenge.action_timeout_seconds + limits["time"]["timeout_slack_seconds"]) * 1000
    for window in evidence.header.windows:
        inside = [time for time in times if window.asked_ms <= time <= window.done_ms]
        if len(inside) < limits["frames"]["in_window"] or window.done_ms - window.asked_ms > longest_ms:
            return False
    return True


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    facts: FrameFacts
    image: Image
    patch: Floats | None


def _watch(evidence: Evidence, models: FaceModels) -> _Seen:
    detector, seen = ActionDetector(), _Seen()
    first_asked = evidence.header.windows[0].asked_ms if evidence.header.windows else 0
    for frame, look in zip(evidence.frames, _look_at(evidence.frames, models), strict=True):
        seen.images.append(look.image)
        seen.facts.append(look.facts)
        seen.patches.append(look.patch)
        seen.events += detector.feed(look.facts)
        if frame.time_ms <= first_asked and detector.neutral is not None:
            seen.rest_yaw = detector.neutral.yaw
    seen.events += detector.finish()
    return seen


def _look_at(frames: Sequence[EvidenceFrame], models: FaceModels) -> list[_Look]:
    """Every frame once, the second half beside the first: a net alone makes little use of a second core."""
    middle = (len(frames) + 1) // 2

    def look(part: tuple[int, int]) -> list[_Look]:
        start, end = part
        analyser, looks = FrameAnalyser(models), []
        for frame in frames[max(0, start - _RUN_UP) : end]:
            image = frame.decode()
            facts = analyser.analyse(image, frame.time_ms / 1000)
            looks.append(_Look(facts, image, None if facts.face is None else face_patch(image, facts.face)))
        return looks[min(start, _RUN_UP) :]

    return [one for half in in_parallel(look, [(0, middle), (middle, len(frames))]) for one in half]


def _steadiness(seen: _Seen, limits: dict[str, Any], measures: dict[str, float]) -> list[VerdictReason]:
    """One face all the time, in light enough, and frontal at the beginning."""
    faces = [facts for facts in seen.facts if facts.face is not None]
    measures["face_share"] = len(faces) / len(seen.facts)
    measures["several_share"] = sum(facts.faces > 1 for facts in seen.facts) / len(seen.facts)
    measures["longest_gap_s"] = _longest_gap(seen.facts)
    measures["face_luma"] = float(np.median([facts.face_luma for facts in faces])) if faces else 0.0
    measures["rest_yaw"] = seen.rest_yaw
    reasons = []
    unsteady = (
        measures["face_share"] < limits["face"]["least_share"]
        or measures["longest_gap_s"] > limits["face"]["longest_gap_seconds"]
        or abs(seen.rest_yaw) > limits["face"]["rest_yaw"]
    )
    if unsteady:
        reasons.append(VerdictReason.FACE_NOT_STEADY)
    if measures["several_share"] > limits["face"]["several_share"]:
        reasons.append(VerdictReason.SEVERAL_FACES_SEEN)
    if faces and measures["face_luma"] < limits["light"]["dark_face"]:
        reasons.append(VerdictReason.TOO_DARK_TO_JUDGE)
    return reasons


def _longest_gap(all_facts: list[FrameFacts]) -> float:
    longest, last = 0.0, all_facts[0].time_s
    for facts in all_facts:
        if facts.face is not None:
            longest, last = max(longest, facts.time_s - last), facts.time_s
    return max(longest, all_facts[-1].time_s - last)


def _actions(
    seen: _Seen, evidence: Evidence, limits: dict[str, Any], measures: dict[str, float]
) -> list[VerdictReason]:
    """Each action in its own window, and not others instead."""
    slack = limits["time"]["window_slack_seconds"]
    reasons: list[VerdictReason] = []
    strays = 0
    for place, window in enumerate(evidence.header.windows):
        asked, done = window.asked_ms / 1000, window.done_ms / 1000
        inside = [
            event
            for event in seen.events
            if event.counts and event.start_s >= asked - slack and event.end_s <= done + slack
        ]
        right = [event for event in inside if event.action is window.action]
        seen.counted += right
        strays += sum(event.action in _DELIBERATE for event in inside if event.action is not window.action)
        name = f"action_{place + 1}_{window.action.value}"
        measures[name] = max((event.strength for event in right), default=0.0)
        if right:
            measures[f"{name}_after_s"] = right[0].start_s - asked
        else:
            elsewhere = any(event.counts and event.action is window.action for event in seen.events)
            deliberate = window.action in _DELIBERATE
            wrong = (elsewhere and deliberate) or any(event.action in _DELIBERATE for event in inside)
            reasons.append(VerdictReason.WRONG_ORDER if wrong else VerdictReason.ACTION_NOT_SEEN)
    measures["stray_actions"] = float(strays)
    if strays > limits["actions"]["most_strays"]:
        reasons.append(VerdictReason.WRONG_ORDER)
    return reasons


def _pieces(windows: tuple[ActionWindow, ...]) -> list[tuple[float, float]]:
    """Before the first action, each action, and after the last; seconds."""
    ends = [(window.asked_ms / 1000, window.done_ms / 1000) for window in windows]
    if not ends:
        return []
    return [(0.0, ends[0][0]), *ends, (ends[-1][1], float("inf"))]
