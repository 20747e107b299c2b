"""The lender's verdict on one attempt, from the uploaded frames alone.

The same engine that guided the borrower runs again here. Of what the client says only times and frames are used, and
the times only where the frames agree: the client may be in an attacker's hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from loanapp.domain.liveness import Action, Challenge, VerdictOutcome, VerdictReason
from loanapp.vision.arrays import Image
from loanapp.vision.case import Case, open_case
from loanapp.vision.continuity import Course, most_at_rest, same_face
from loanapp.vision.edge_rules import note_edges
from loanapp.vision.events import ActionEvent
from loanapp.vision.evidence import ActionWindow, Evidence, EvidenceFrame, EvidenceHeader
from loanapp.vision.face_match import FaceMatcher
from loanapp.vision.flash_rules import flash_as_asked, judge_flash
from loanapp.vision.frame_analysis import FrameFacts
from loanapp.vision.models import FaceModels
from loanapp.vision.observation import Observer, Seen
from loanapp.vision.pad_model import PadModel
from loanapp.vision.rules import Rule, RuleBook
from loanapp.vision.stream_rules import judge_stream
from loanapp.vision.turn_rules import judge_turns

# Actions that no one does by the way: one of them when another was asked is a slip.
_DELIBERATE: Final = frozenset({Action.OPEN_MOUTH, Action.TURN_LEFT, Action.TURN_RIGHT})
# What takes time and intent; people blink as they please.
_WHOLE: Final = _DELIBERATE | {Action.NOD}


@dataclass(frozen=True, slots=True, eq=False)
class LivenessReport:
    """Outcome, every reason against it, the measured values by name, and the best frontal crop (BGR) for matching.

    ``rules`` are those that were applied, each with its value and threshold, in order: what comes after one that ends
    the matter (another challenge, too few frames) was not looked at.
    """

    outcome: VerdictOutcome
    reasons: tuple[VerdictReason, ...]
    measures: dict[str, float]
    best_face: Image | None
    rules: tuple[Rule, ...] = ()

    def rules_as_json(self) -> list[dict[str, Any]]:
        """The rules as plain values, to store with the verdict."""
        return [rule.as_json() for rule in self.rules]


class Watcher:
    """Makes a verdict while the frames arrive: most of the work is done when the last one does.

    One object per attempt, used by one thread at a time.
    """

    def __init__(self, models: FaceModels) -> None:
        self._observer: Final = Observer(models)

    def add(self, frames: Sequence[EvidenceFrame]) -> None:
        """Look at the next frames, in order of time. Raises ``EvidenceFormatError`` where one is no picture."""
        self._observer.add(frames)

    def finish(
        self,
        header: EvidenceHeader,
        challenge: Challenge,
        *,
        received_at: datetime,
        matcher: FaceMatcher | None = None,
        pad_model: PadModel | None = None,
    ) -> LivenessReport:
        """The verdict, once, after the last frame.

        ``received_at`` is when the evidence arrived, by the clock that issued the challenge. ``matcher`` compares the
        face with itself over the attempt; without one it is loaded here. ``pad_model`` is a lender's own. Raises
        :class:`LoanAppError` where a model is missing.
        """
        case = open_case(header, challenge, received_at)
        seen = self._observer.finish()
        if not _worth_watching(case, seen.times_ms):
            return _report(case.book, None)
        _steadiness(case, seen)
        counted = _actions(case, seen)
        judge_flash(case, seen)
        judge_turns(case, seen, counted)
        judge_stream(case, seen)
        note_edges(case, seen)
        best = most_at_rest(seen.facts)
        if best is not None and case.book.outcome in {VerdictOutcome.PASSED, VerdictOutcome.REVIEW}:
            _one_person(case, seen, best, counted, matcher or FaceMatcher())
        if pad_model is not None:
            _score(case, seen, pad_model)
        return _report(case.book, None if best is None else seen.images[best])


def judge(
    evidence: Evidence,
    challenge: Challenge,
    models: FaceModels,
    *,
    received_at: datetime,
    matcher: FaceMatcher | None = None,
    pad_model: PadModel | None = None,
) -> LivenessReport:
    """Whether these frames show one living person doing what was asked, in order and in time.

    As :class:`Watcher`, over evidence that is there as a whole; what its header and times rule out is not looked at.
    """
    case = open_case(evidence.header, challenge, received_at)
    if not _worth_watching(case, [frame.time_ms for frame in evidence.frames]):
        return _report(case.book, None)
    watcher = Watcher(models)
    watcher.add(evidence.frames)
    return watcher.finish(evidence.header, challenge, received_at=received_at, matcher=matcher, pad_model=pad_model)


def _report(book: RuleBook, best: Image | None) -> LivenessReport:
    return LivenessReport(book.outcome, book.reasons, book.measures, best, book.rules)


def _worth_watching(case: Case, times_ms: Sequence[int]) -> bool:
    """What header and times alone tell: whether the evidence is of this challenge, in its order, and enough."""
    book = case.book
    book.measure("frames", len(times_ms))
    _belongs(case)
    _since_issued(case)
    flash_as_asked(case)
    if book.outcome is not VerdictOutcome.PASSED:
        return False
    told = tuple(window.action for window in case.header.windows)
    book.holds("actions_as_asked", true=told == case.challenge.actions, reason=VerdictReason.WRONG_ORDER)
    if book.outcome is VerdictOutcome.PASSED:
        _enough_frames(case, times_ms)
    return book.outcome is VerdictOutcome.PASSED


def _belongs(case: Case) -> None:
    header, challenge = case.header, case.challenge
    facts = {
        "session_matches": header.session_id == challenge.session_id,
        "application_matches": header.application_id == challenge.application_id,
        "nonce_matches": header.nonce == challenge.nonce,
        "source_accepted": header.source_kind in challenge.accepted_sources,
    }
    for name, true in facts.items():
        case.book.holds(name, true=true, reason=VerdictReason.CHALLENGE_MISMATCH, outcome=VerdictOutcome.REFUSED)


def _since_issued(case: Case) -> None:
    """Whether it can all have happened since it was asked: a film made before, or slowed down, did not."""
    windows, flash = case.header.windows, case.header.flash
    if not windows:
        return
    end_ms = flash[-1].until_ms if flash else windows[-1].done_ms
    since_issued_s = (case.received_at - case.challenge.issued_at).total_seconds()
    case.book.measure("since_issued_s", since_issued_s)
    case.book.at_most(
        "acted_s",
        (end_ms - windows[0].asked_ms) / 1000,
        since_issued_s + case.limits["time"]["clock_slack_seconds"],
        VerdictReason.CHALLENGE_MISMATCH,
        VerdictOutcome.REFUSED,
    )


def _enough_frames(case: Case, times_ms: Sequence[int]) -> None:
    windows, book, limits, few = case.header.windows, case.book, case.limits, VerdictReason.TOO_FEW_FRAMES
    lifetime_s = (case.challenge.expires_at - case.challenge.issued_at).total_seconds()
    book.at_most("recorded_s", (times_ms[-1] - times_ms[0]) / 1000 if times_ms else 0.0, lifetime_s, few)
    before = sum(time < windows[0].asked_ms for time in times_ms) if windows else 0
    book.at_least("frames_before", before, limits["frames"]["before"], few)
    longest_s = case.challenge.action_timeout_seconds + limits["time"]["timeout_slack_seconds"]
    for place, window in enumerate(windows, start=1):
        inside = sum(window.asked_ms <= time <= window.done_ms for time in times_ms)
        book.at_least(f"action_{place}_frames", inside, limits["frames"]["in_window"], few)
        book.at_most(f"action_{place}_s", (window.done_ms - window.asked_ms) / 1000, longest_s, few)


def _steadiness(case: Case, seen: Seen) -> None:
    """One face all the time, in light enough, and frontal at the beginning."""
    book, limits, steady = case.book, case.limits, VerdictReason.FACE_NOT_STEADY
    faces = [facts for facts in seen.facts if facts.face is not None]
    book.at_least("face_share", len(faces) / len(seen.facts), limits["face"]["least_share"], steady)
    book.at_most("longest_gap_s", _longest_gap(seen.facts), limits["face"]["longest_gap_seconds"], steady)
    rest_yaw = _rest_yaw(seen, case.header)
    book.measure("rest_yaw", rest_yaw)
    book.at_most("rest_yaw_away", abs(rest_yaw), limits["face"]["rest_yaw"], steady)
    several = sum(facts.faces > 1 for facts in seen.facts) / len(seen.facts)
    book.at_most("several_share", several, limits["face"]["several_share"], VerdictReason.SEVERAL_FACES_SEEN)
    if faces:
        luma = float(np.median([facts.face_luma for facts in faces]))
        book.at_least("face_luma", luma, limits["light"]["dark_face"], VerdictReason.TOO_DARK_TO_JUDGE)
        covered = sum(facts.covering.most > 1 for facts in faces) / len(faces)
        book.at_most("covered_share", covered, limits["face"]["covered_share"], VerdictReason.FACE_COVERED)
        blurred = sum(facts.sharpness < limits["face"]["sharp"] for facts in faces) / len(faces)
        book.at_most("blurred_share", blurred, limits["face"]["blurred_share"], VerdictReason.TOO_BLURRED_TO_JUDGE)


def _rest_yaw(seen: Seen, header: EvidenceHeader) -> float:
    """Degrees of the head at rest, as learnt before the first action was asked."""
    first_asked = header.windows[0].asked_ms if header.windows else 0
    before = [yaw for time, yaw in zip(seen.times_ms, seen.rest_yaws, strict=True) if time <= first_asked]
    return before[-1] if before else 0.0


def _longest_gap(all_facts: Sequence[FrameFacts]) -> float:
    longest, last = 0.0, all_facts[0].time_s
    for facts in all_facts:
        if facts.face is not None:
            longest, last = max(longest, facts.time_s - last), facts.time_s
    return max(longest, all_facts[-1].time_s - last)


def _actions(case: Case, seen: Seen) -> list[ActionEvent]:
    """Each action in its own window, and not others instead; the events that count for one."""
    book, limits = case.book, case.limits["actions"]
    slack = case.limits["time"]["window_slack_seconds"]
    windows, events = case.header.windows, [event for event in seen.events if event.counts]
    counted: list[ActionEvent] = []
    slips: list[ActionEvent] = []
    for place, window in enumerate(windows, start=1):
        inside = [event for event in events if _within(event, window, slack)]
        right = [event for event in inside if event.action is window.action]
        counted += right
        slips += [event for event in inside if event.action is not window.action and event.action in _WHOLE]
        elsewhere = window.action in _DELIBERATE and any(event.action is window.action for event in events)
        wrong = elsewhere or any(event.action in _DELIBERATE for event in inside)
        reason = VerdictReason.WRONG_ORDER if wrong and not right else VerdictReason.ACTION_NOT_SEEN
        name = f"action_{place}_{window.action.value}"
        book.at_least(name, max((event.strength for event in right), default=0.0), 1.0, reason)
        if right:
            book.measure(f"{name}_after_s", right[0].start_s - window.asked_ms / 1000)
            # A window that stays open when its action is over would make room for what nobody asked for.
            open_s = window.done_ms / 1000 - max(event.end_s for event in right)
            book.at_most(f"{name}_open_s", open_s, limits["longest_open_seconds"], VerdictReason.WRONG_ORDER)
    book.at_most("stray_actions", len(slips), limits["most_strays"], VerdictReason.WRONG_ORDER)
    between = sum(_unasked(event, windows, slack) for event in events)
    book.at_most("actions_between", between, limits["most_between"], VerdictReason.WRONG_ORDER)
    return counted


def _within(event: ActionEvent, window: ActionWindow, slack: float) -> bool:
    return event.start_s >= window.asked_ms / 1000 - slack and event.end_s <= window.done_ms / 1000 + slack


def _unasked(event: ActionEvent, windows: Sequence[ActionWindow], slack: float) -> bool:
    """Whether it lies in no window as a whole: the next action is asked at once, so a film that runs on shows there.

    The same action once more, begun before it was seen to be done, is what people do.
    """
    if event.action not in _WHOLE or any(_within(event, window, slack) for window in windows):
        return False
    begun = [window for window in windows if window.asked_ms / 1000 <= event.start_s]
    if not begun or event.start_s > windows[-1].done_ms / 1000:
        return False
    return event.action is not begun[-1].action


def _one_person(case: Case, seen: Seen, best: int, counted: list[ActionEvent], matcher: FaceMatcher) -> None:
    """One face throughout; for a person to look at where that is not sure."""
    book, limits, changed = case.book, case.limits["continuity"], VerdictReason.FACE_CHANGED
    course, spans = Course(seen.facts, seen.images, seen.patches), _pieces(case.header.windows)
    found = same_face(course, best=best, spans=spans, events=counted, matcher=matcher, limits=limits)
    book.measure("least_alike_neighbours", found.least_alike)
    book.measure("faces_described", found.described)
    book.at_most("face_jumps", found.jumps, limits["most_jumps"], changed)
    book.at_least("self_similarity", found.least_similar, limits["changed_below"], changed)
    book.at_least("self_similarity_sure", found.least_similar, limits["same_from"], changed, VerdictOutcome.REVIEW)


def _score(case: Case, seen: Seen, model: PadModel) -> None:
    """A lender's own model over frontal frames of the whole attempt; its doubt is for a person to look at."""
    limits = case.limits["pad_model"]
    frontal = [
        index
        for index, facts in enumerate(seen.facts)
        if facts.face is not None and abs(facts.yaw) <= limits["frontal_yaw"]
    ]
    unsure = (VerdictReason.LIVENESS_UNSURE, VerdictOutcome.REVIEW)
    if not case.book.at_least("pad_frames", len(frontal), 1, *unsure):
        return
    places = np.linspace(0, len(frontal) - 1, min(len(frontal), int(limits["crops"]))).round().astype(int)
    score = model.score([seen.images[frontal[place]] for place in places])
    case.book.at_most("pad_score", score, model.threshold, *unsure)


def _pieces(windows: tuple[ActionWindow, ...]) -> list[tuple[float, float]]:
    """Before the first action, each action, and after the last; seconds."""
    ends = [(window.asked_ms / 1000, window.done_ms / 1000) for window in windows]
    if not ends:
        return []
    return [(0.0, ends[0][0]), *ends, (ends[-1][1], float("inf"))]
