"""The lender's verdict on one attempt, from the uploaded frames alone.

The same engine that guided the borrower runs again here. Of what the client says only times and frames are used, and
the times only where the frames agree: the client may be in an attacker's hands.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, Challenge, VerdictOutcome, VerdictReason
from loanapp.resource_files import read_toml
from loanapp.vision.actions import ActionDetector
from loanapp.vision.arrays import Image
from loanapp.vision.events import ActionEvent
from loanapp.vision.evidence import ActionWindow, Evidence
from loanapp.vision.face_match import FaceMatcher
from loanapp.vision.frame_analysis import FrameAnalyser, FrameFacts
from loanapp.vision.models import FaceModels

# Actions that no one does by the way: two of them at a time when another was asked are not a slip.
_DELIBERATE: Final = frozenset({Action.OPEN_MOUTH, Action.TURN_LEFT, Action.TURN_RIGHT})


@dataclass(frozen=True, slots=True, eq=False)
class LivenessReport:
    """Outcome, every reason against it, the measured values by name, and the best frontal crop (BGR) for matching."""

    outcome: VerdictOutcome
    reasons: tuple[VerdictReason, ...]
    measures: dict[str, float]
    best_face: Image | None


@dataclass(slots=True)
class _Seen:
    """What the engine saw: facts and pictures by frame, events with times in milliseconds."""

    facts: list[FrameFacts] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    events: list[ActionEvent] = field(default_factory=list)
    rest_yaw: float = 0.0


def judge(
    evidence: Evidence, challenge: Challenge, models: FaceModels, *, matcher: FaceMatcher | None = None
) -> LivenessReport:
    """Whether these frames show one living person doing what was asked, in order and in time.

    ``matcher`` compares the face with itself over the attempt; without one it is loaded here.
    Raises ``EvidenceFormatError`` where a frame is no picture, :class:`LoanAppError` where a model is missing.
    """
    limits: dict[str, Any] = read_toml("vision", "verdict.toml")
    measures: dict[str, float] = {"frames": float(len(evidence.frames))}
    if not _belongs(evidence, challenge):
        return LivenessReport(VerdictOutcome.REFUSED, (VerdictReason.CHALLENGE_MISMATCH,), measures, None)
    if tuple(window.action for window in evidence.header.windows) != challenge.actions:
        return LivenessReport(VerdictOutcome.RETRY, (VerdictReason.WRONG_ORDER,), measures, None)
    if not _enough_frames(evidence, challenge, limits):
        return LivenessReport(VerdictOutcome.RETRY, (VerdictReason.TOO_FEW_FRAMES,), measures, None)
    seen = _watch(evidence, models)
    reasons = [*_steadiness(seen, limits, measures), *_actions(seen, evidence, limits, measures)]
    best = _best(seen.facts)
    outcome = VerdictOutcome.RETRY if reasons else VerdictOutcome.PASSED
    if best is not None and not reasons:
        same = measures["self_similarity"] = _self_similarity(seen, evidence, best, matcher or FaceMatcher())
        if same < limits["continuity"]["same_from"]:
            reasons.append(VerdictReason.FACE_CHANGED)
            changed = same < limits["continuity"]["changed_below"]
            outcome = VerdictOutcome.RETRY if changed else VerdictOutcome.REVIEW
    return LivenessReport(outcome, tuple(dict.fromkeys(reasons)), measures, None if best is None else seen.images[best])


def _belongs(evidence: Evidence, challenge: Challenge) -> bool:
    header = evidence.header
    return (
        header.session_id == challenge.session_id
        and header.application_id == challenge.application_id
        and header.nonce == challenge.nonce
        and header.source_kind in challenge.accepted_sources
    )


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


def _watch(evidence: Evidence, models: FaceModels) -> _Seen:
    analyser, detector, seen = FrameAnalyser(models), ActionDetector(), _Seen()
    first_asked = evidence.header.windows[0].asked_ms if evidence.header.windows else 0
    for frame in evidence.frames:
        image = frame.decode()
        facts = analyser.analyse(image, frame.time_ms / 1000)
        seen.images.append(image)
        seen.facts.append(facts)
        seen.events += detector.feed(facts)
        if frame.time_ms <= first_asked and detector.neutral is not None:
            seen.rest_yaw = detector.neutral.yaw
    seen.events += detector.finish()
    return seen


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


def _best(all_facts: list[FrameFacts], allowed: Callable[[FrameFacts], bool] = lambda _facts: True) -> int | None:
    """The frame whose face is most at rest: frontal, eyes open, mouth shut."""
    scored = [
        (
            abs(facts.yaw) / 10
            + abs(facts.pitch) / 15
            + facts.jaw_open * 2
            - 4 * min(facts.eye_open_left, facts.eye_open_right),
            index,
        )
        for index, facts in enumerate(all_facts)
        if facts.face is not None and allowed(facts)
    ]
    return min(scored)[1] if scored else None


def _self_similarity(seen: _Seen, evidence: Evidence, best: int, matcher: FaceMatcher) -> float:
    """The least likeness of the best frame to the frame most at rest before, within and after each action."""
    chosen = [_best_between(seen.facts, start, end) for start, end in _pieces(evidence.header.windows)]
    lowest = 1.0
    try:
        reference = matcher.describe(seen.images[best])
        for index in {index for index in chosen if index is not None} - {best}:
            lowest = min(lowest, float(reference @ matcher.describe(seen.images[index])))
    except LoanAppError as error:
        if error.code is not ErrorCode.FACE_LOST:
            raise
        return 0.0  # the second detector sees no face where the first saw one
    return lowest


def _best_between(all_facts: list[FrameFacts], start_s: float, end_s: float) -> int | None:
    return _best(all_facts, lambda facts: start_s <= facts.time_s <= end_s)


def _pieces(windows: tuple[ActionWindow, ...]) -> list[tuple[float, float]]:
    """Before the first action, each action, and after the last; seconds."""
    ends = [(window.asked_ms / 1000, window.done_ms / 1000) for window in windows]
    if not ends:
        return []
    return [(0.0, ends[0][0]), *ends, (ends[-1][1], float("inf"))]
