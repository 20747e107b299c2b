import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from loanapp.capture.guidance import CapturePhase, GuidedAttempt
from loanapp.capture.sources import CameraError
from loanapp.demonstration.borrower import BLINK, GESTURES, DemonstrationBorrower
from loanapp.demonstration.identities import find_identity
from loanapp.demonstration.identity_card import draw_front
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Action, Challenge, HintCode, SourceKind, VerdictOutcome
from loanapp.vision.actions import ActionDetector
from loanapp.vision.evidence import unpack_evidence
from loanapp.vision.face_match import FaceMatcher, MatchOutcome, load_match_policy
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.hints import hints_for
from loanapp.vision.models import FaceModels
from loanapp.vision.verdict import judge


@pytest.fixture(scope="module")
def models():
    return FaceModels.load()


@pytest.fixture(scope="module")
def played(models):
    """One borrower for the module: its preparation takes half a second; ``open`` starts it anew."""
    return DemonstrationBorrower(paced=False, fps=15, models=models)


def watch(borrower, models, seconds, action):
    """Prompt after one second of rest; the facts of every frame and the actions seen."""
    analyser, detector = FrameAnalyser(models), ActionDetector()
    facts, events = [], []
    borrower.open()
    for index in range(int(seconds * 15)):
        borrower.prompt(action if 15 <= index < 26 else None)
        frame = borrower.read()
        facts.append(analyser.analyse(frame.image, frame.time_s))
        events += detector.feed(facts[-1])
    return facts, events


@pytest.mark.parametrize("action", list(Action))
def test_every_action_is_seen_and_nothing_else(played, models, action):
    facts, events = watch(played, models, 4.0, action)
    assert [event.action for event in events if event.counts] == [action]
    rest, act = facts[:15], facts[15:]
    assert all(abs(one.yaw) < 5 and abs(one.pitch) < 10 for one in rest), "frontal at rest"
    assert not [hint for one in rest for hint in hints_for(one)], "the picture is right at rest"
    readings = {
        Action.BLINK: max(min(one.blink_left, one.blink_right) for one in act) - rest[0].blink_left > 0.3,
        Action.OPEN_MOUTH: max(one.jaw_open for one in act) - rest[0].jaw_open > 0.4,
        Action.TURN_LEFT: max(one.yaw for one in act) > 19,
        Action.TURN_RIGHT: min(one.yaw for one in act) < -19,
        Action.NOD: rest[0].pitch - min(one.pitch for one in act) > 10,
    }
    assert readings[action]


def test_a_whole_challenge_passes_the_lenders_judgement_and_matches_the_document(played, models):
    now = datetime.now(UTC)
    actions = (Action.TURN_RIGHT, Action.BLINK)
    accepted = (SourceKind.DEMONSTRATION,)
    challenge = Challenge("s", "a", "n", actions, now, now + timedelta(minutes=3), 12, accepted, "")
    attempt, analyser = GuidedAttempt(), FrameAnalyser(models)
    played.open()
    attempt.begin(challenge)
    while attempt.guidance.phase not in {CapturePhase.DONE, CapturePhase.FAILED}:
        frame = played.read()
        attempt.feed(analyser.analyse(frame.image, frame.time_s), frame.image)
        played.prompt(attempt.prompt)
        assert frame.time_s < 20
    assert attempt.guidance.phase is CapturePhase.DONE
    report = judge(
        unpack_evidence(attempt.evidence(played.kind)), challenge, models, received_at=now + timedelta(seconds=30)
    )
    assert report.outcome is VerdictOutcome.PASSED, report.reasons
    likeness = FaceMatcher().similarity(draw_front(find_identity("approved")), report.best_face)
    assert load_match_policy().outcome(likeness) is MatchOutcome.SAME


def test_reaction_time_and_repetition(played):
    rig_poses = []
    played.open()
    original = played._rig.render
    played._rig.render = lambda pose: rig_poses.append(pose) or original(pose)
    try:
        played.prompt(Action.OPEN_MOUTH)
        for _ in range(15 * 5):
            played.read()
    finally:
        del played._rig.render
    open_at = [index / 15 for index, pose in enumerate(rig_poses) if pose.mouth > 0.5]
    assert 0.6 <= open_at[0] <= 1.1
    assert any(later - earlier > 1 for earlier, later in itertools.pairwise(open_at)), "done again"


def test_blinks_by_itself_while_nothing_is_asked(played):
    poses = []
    played.open()
    original = played._rig.render
    played._rig.render = lambda pose: poses.append(pose) or played._rig._base
    try:
        for _ in range(15 * 20):
            played.read()
    finally:
        played._rig.render = original
    shut = [pose.shut > 0.1 for pose in poses]
    assert 3 <= sum(now and not before for before, now in itertools.pairwise(shut)) <= 8


def test_gestures_begin_and_end_at_rest():
    for gesture in [BLINK, *GESTURES.values()]:
        assert gesture.at(0) == gesture.at(gesture.seconds) == gesture.at(gesture.seconds + 1) == 0
        assert gesture.at(gesture.out_s + gesture.hold_s / 2) == 1


def test_same_seed_same_frames_and_no_two_frames_alike(models):
    def frames(seed):
        borrower = DemonstrationBorrower(paced=False, seed=seed, size=(320, 240), models=models)
        borrower.open()
        return [borrower.read().image for _ in range(4)]

    first, again, other = frames(1), frames(1), frames(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert not np.array_equal(first[0], first[1])


def test_too_little_light_is_noticed(played, models):
    played.light = 0.2
    try:
        played.open()
        frame = played.read()
        facts = FrameAnalyser(models).analyse(frame.image, frame.time_s)
    finally:
        played.light = 1.0
    assert HintCode.TOO_DARK in hints_for(facts)


def test_frames_are_paced_and_late_ones_left_out(models):
    now = [100.0]
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    borrower = DemonstrationBorrower(size=(320, 240), models=models, fps=10, clock=lambda: now[0], sleep=sleep)
    borrower.open()
    assert borrower.read().time_s == 100.0
    assert borrower.read().time_s == pytest.approx(100.1)
    assert slept == [pytest.approx(0.1)]
    now[0] += 1.0
    late = borrower.read()
    assert 101.0 <= late.time_s <= 101.1001
    assert late.sequence == 2


def test_source_contract(models):
    borrower = DemonstrationBorrower(paced=False, size=(320, 240), models=models)
    assert borrower.kind is SourceKind.DEMONSTRATION
    assert "模拟" in borrower.name
    borrower.close()
    with pytest.raises(CameraError) as caught:
        borrower.read()
    assert caught.value.code is ErrorCode.CAMERA_LOST
    borrower.open()
    assert borrower.read().image.shape == (240, 320, 3)
    borrower.close()
    borrower.close()
    with pytest.raises(CameraError):
        borrower.read()
