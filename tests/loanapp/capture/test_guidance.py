"""One attempt step by step, with the demonstration borrower and with facts made by hand."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from loanapp.capture.guidance import CapturePhase, GuidedAttempt
from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, FlashColour, HintCode, SourceKind
from loanapp.vision.evidence import unpack_evidence
from loanapp.vision.frame_analysis import FrameAnalyser


@pytest.fixture(scope="module")
def calm(face_models):
    """Facts and picture of the borrower doing nothing."""
    borrower = DemonstrationBorrower(fps=15, paced=False, models=face_models)
    borrower.open()
    frame = borrower.read()
    borrower.close()
    return FrameAnalyser(face_models).analyse(frame.image, 0.0), frame.image


class Play:
    """Feeds an attempt at 30 a second with the calm frame, changed as asked."""

    def __init__(self, calm, **options):
        self.facts, self.image = calm
        self.attempt = GuidedAttempt(**options)
        self.time_s = 10.0
        self.random = np.random.default_rng(0)

    def run(self, seconds, change=lambda facts: facts):
        phases = []
        for _ in range(round(seconds * 30)):
            wobble = {"yaw": self.facts.yaw + float(self.random.normal(0, 0.2))}
            self.attempt.feed(change(replace(self.facts, time_s=self.time_s, **wobble)), self.image)
            self.time_s += 1 / 30
            phases.append(self.attempt.guidance.phase)
        return phases

    def turn_left(self):
        """To 24 degrees and back within 1.5 s."""
        start = self.time_s
        bend = lambda facts: replace(facts, yaw=24 * np.sin(np.pi * min(1, (facts.time_s - start) / 1.5)))  # noqa: E731
        return self.run(1.7, bend)

    @property
    def phase(self):
        return self.attempt.guidance.phase


def lost(facts):
    return replace(facts, face=None, faces=0)


def test_nothing_starts_before_a_clean_second(calm, make_challenge):
    play = Play(calm)
    assert play.phase is CapturePhase.OPENING
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    assert CapturePhase.ACTING not in play.run(2.0, lambda facts: replace(facts, eye_distance_ratio=0.05))
    assert play.attempt.guidance.hint is HintCode.TOO_FAR
    assert not play.attempt.guidance.ready
    phases = play.run(1.6)
    assert 0.9 <= phases.index(CapturePhase.ACTING) / 30 <= 1.5
    assert play.attempt.prompt is Action.TURN_LEFT


def test_without_a_challenge_it_only_watches(calm):
    play = Play(calm)
    assert set(play.run(3)) == {CapturePhase.GET_READY}
    assert play.attempt.guidance.ready
    assert play.attempt.guidance.light > 0.5
    with pytest.raises(LoanAppError) as caught:
        play.attempt.evidence(SourceKind.CAMERA)
    assert caught.value.code is ErrorCode.NOT_ALLOWED_NOW


def test_action_then_neutral_then_done(calm, make_challenge):
    play = Play(calm)
    challenge = make_challenge(Action.TURN_LEFT)
    play.attempt.begin(challenge)
    play.run(1.5)
    guidance = play.attempt.guidance
    assert (guidance.done_count, guidance.total) == (0, 1)
    assert 11 < guidance.seconds_left <= 12
    play.turn_left()
    play.run(1.0)
    assert play.phase is CapturePhase.DONE
    assert play.attempt.guidance.done_count == 1
    evidence = unpack_evidence(play.attempt.evidence(SourceKind.CAMERA))
    assert [window.action for window in evidence.header.windows] == [Action.TURN_LEFT]
    assert evidence.header.nonce == challenge.nonce


def test_wrong_direction_is_not_the_action(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_RIGHT))
    play.run(1.5)
    play.turn_left()
    assert play.phase is CapturePhase.ACTING
    assert play.attempt.guidance.done_count == 0


def test_action_not_done_in_time_ends_the_attempt_and_another_may_begin(calm, make_challenge):
    play = Play(calm, action_timeout_s=2.0)
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    play.run(4.0)
    assert play.phase is CapturePhase.FAILED
    assert play.attempt.guidance.error.code is ErrorCode.ACTION_TIMEOUT
    assert play.attempt.prompt is None
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    assert play.attempt.guidance.error is None
    play.run(1.5)
    play.turn_left()
    play.run(1.0)
    assert play.phase is CapturePhase.DONE


def test_lost_face_is_forgiven_for_a_moment_only(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    play.run(1.5)
    play.run(0.7, lost)
    assert play.phase is CapturePhase.ACTING
    play.run(0.5)
    play.run(1.2, lost)
    assert play.phase is CapturePhase.FAILED
    assert play.attempt.guidance.error.code is ErrorCode.FACE_LOST


def test_second_face_that_stays_ends_the_attempt(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    play.run(1.5)
    play.run(0.6, lambda facts: replace(facts, faces=2))
    assert play.attempt.guidance.hint is HintCode.SEVERAL_FACES
    play.run(0.6, lambda facts: replace(facts, faces=2))
    assert play.phase is CapturePhase.FAILED
    assert play.attempt.guidance.error.code is ErrorCode.FACE_NOT_ALONE, "the face was never lost"


def test_camera_that_stays_black_ends_the_attempt(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    black = lambda facts: replace(lost(facts), frame_luma=2.0, frame_spread=1.0)  # noqa: E731
    play.run(11, black)
    assert play.phase is CapturePhase.GET_READY
    assert play.attempt.guidance.hint is HintCode.CAMERA_BLACK
    play.run(2, black)
    assert play.phase is CapturePhase.FAILED
    assert play.attempt.guidance.error.code is ErrorCode.CAMERA_BLACK
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    play.run(11, black)
    assert play.phase is CapturePhase.GET_READY
    play.run(3)
    assert play.phase is CapturePhase.ACTING


def test_failure_from_outside_ends_it_but_never_a_finished_attempt(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    play.run(1.5)
    play.turn_left()
    play.run(1.0)
    play.attempt.fail(LoanAppError(ErrorCode.CAMERA_LOST))
    assert play.phase is CapturePhase.DONE
    other = Play(calm)
    other.attempt.fail(LoanAppError(ErrorCode.CAMERA_LOST))
    assert other.phase is CapturePhase.FAILED


def test_borrower_gets_every_action_done(face_models, make_challenge):
    borrower = DemonstrationBorrower(fps=15, paced=False, models=face_models, reaction_s=0.2, seed=4)
    analyser, attempt = FrameAnalyser(face_models), GuidedAttempt()
    borrower.open()
    attempt.begin(make_challenge(*Action))
    for _ in range(15 * 20):
        frame = borrower.read()
        attempt.feed(analyser.analyse(frame.image, frame.time_s), frame.image)
        borrower.prompt(attempt.prompt)
        if attempt.guidance.phase is CapturePhase.DONE:
            break
    borrower.close()
    assert attempt.guidance.phase is CapturePhase.DONE


COLOURS = (FlashColour.CYAN, FlashColour.BLACK, FlashColour.MAGENTA, FlashColour.WHITE)


def lit(play):
    """What the page shows, frame by frame, until the attempt is over."""
    colours = []
    for _ in range(300):
        play.run(1 / 30)
        colours.append(play.attempt.guidance.flash)
        if play.phase in {CapturePhase.HOLD_STILL, CapturePhase.FAILED}:
            return colours
    raise AssertionError("never over")


def test_colours_come_after_the_actions_and_their_times_go_with_the_frames(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT, flash=COLOURS, flash_colour_ms=450))
    play.run(1.5)
    assert play.attempt.guidance.flash is None
    play.turn_left()
    assert play.phase is CapturePhase.FLASH
    colours = lit(play)
    assert [colour for colour, _ in itertools.groupby(colours)] == [None, *COLOURS, None]
    play.run(0.7)
    assert play.phase is CapturePhase.DONE
    evidence = unpack_evidence(play.attempt.evidence(SourceKind.CAMERA))
    assert [window.colour for window in evidence.header.flash] == list(COLOURS)
    times = np.array([frame.time_ms for frame in evidence.frames])
    for window in evidence.header.flash:
        assert 450 <= window.until_ms - window.shown_ms <= 500
        inside = times[(times >= window.shown_ms) & (times < window.until_ms)]
        assert len(inside) >= 6
    assert evidence.header.windows[-1].done_ms <= evidence.header.flash[0].shown_ms
    assert times[-1] > evidence.header.flash[-1].until_ms


@pytest.mark.parametrize("end", ["fail", "begin", "lost"])
def test_no_colour_stays_when_the_attempt_ends(calm, make_challenge, end):
    play = Play(calm)
    challenge = make_challenge(Action.TURN_LEFT, flash=COLOURS, flash_colour_ms=450)
    play.attempt.begin(challenge)
    play.run(1.5)
    play.turn_left()
    play.run(0.5)
    assert play.attempt.flash is COLOURS[0]
    if end == "fail":
        play.attempt.fail(LoanAppError(ErrorCode.CAMERA_LOST))
    elif end == "begin":
        play.attempt.begin(challenge)
    else:
        play.run(1.2, lost)
        assert play.attempt.guidance.error.code is ErrorCode.FACE_LOST
    assert play.attempt.flash is None
    assert play.attempt.guidance.flash is None


def test_light_of_the_colours_is_nobodys_fault(calm, make_challenge):
    """The face is dark while the page is black, and everybody's is."""
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT, flash=COLOURS, flash_colour_ms=450))
    play.run(1.5)
    play.turn_left()
    play.run(1.0, lambda facts: replace(facts, face_luma=10.0, background_luma=10.0))
    assert play.phase is CapturePhase.FLASH
    assert play.attempt.guidance.hint is None


def test_turn_to_the_wrong_side_is_told_and_holds_nothing_up(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT))
    play.run(1.5)
    away = play.run(0.8, lambda facts: replace(facts, yaw=-22.0))
    assert away[-1] is CapturePhase.ACTING
    assert play.attempt.guidance.hint is HintCode.WRONG_DIRECTION
    play.run(0.3)
    play.turn_left()
    assert play.phase is CapturePhase.HOLD_STILL
    assert play.attempt.guidance.hint is None


def test_posture_and_covering_do_not_nag_during_an_action(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.NOD))
    play.run(1.5)
    play.run(1.5, lambda facts: replace(facts, roll=35.0, jaw_open=0.6, mouth_open_s=2.0, motion=9.0))
    assert play.phase is CapturePhase.ACTING
    assert play.attempt.guidance.hint is None


def test_whoever_does_not_become_neutral_is_told_why_and_not_kept_for_ever(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.TURN_LEFT, Action.NOD))
    play.run(1.5)
    start = play.time_s

    def turn_with_open_mouth(facts):
        part = min(1, (facts.time_s - start) / 1.0)
        mouth = {"jaw_open": 0.7, "mouth_gap": 0.6, "mouth_open_s": 2.0} if part > 0.5 else {}
        return replace(facts, yaw=24 * np.sin(np.pi * part), **mouth)

    play.run(4.0, turn_with_open_mouth)
    assert play.phase is CapturePhase.NEUTRAL
    assert play.attempt.guidance.hint is HintCode.MOUTH_OPEN
    play.run(8.0, lambda facts: replace(facts, yaw=24.0))
    assert play.phase is CapturePhase.FAILED
    assert play.attempt.guidance.error.code is ErrorCode.ACTION_TIMEOUT


def test_whole_attempt_is_bounded_by_the_life_of_its_challenge(calm, make_challenge):
    play = Play(calm)
    now = datetime.now(UTC)
    play.attempt.begin(make_challenge(Action.NOD, issued_at=now, expires_at=now + timedelta(seconds=5)))
    dark = lambda facts: replace(facts, eye_distance_ratio=0.05)  # noqa: E731
    assert play.run(4.8, dark)[-1] is CapturePhase.GET_READY
    play.run(0.5, dark)
    assert play.phase is CapturePhase.FAILED
    assert play.attempt.guidance.error.code is ErrorCode.CHALLENGE_EXPIRED


def test_slow_camera_is_a_hint_first_and_an_error_much_later(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.NOD))
    slow = lambda facts: replace(facts, frame_rate=5.0)  # noqa: E731
    play.run(1.0, slow)
    assert play.attempt.guidance.hint is HintCode.CAMERA_SLOW
    assert play.run(17, slow)[-1] is CapturePhase.GET_READY
    play.run(4, slow)
    assert play.phase is CapturePhase.FAILED
    assert play.attempt.guidance.error.code is ErrorCode.CAMERA_SLOW


def test_unhurried_there_is_time_to_read(calm, make_challenge):
    quick, slow = Play(calm), Play(calm, unhurried=True)
    for play in (quick, slow):
        play.attempt.begin(make_challenge(Action.TURN_LEFT, Action.NOD, action_timeout_seconds=40))
        play.run(1.5)
        assert play.attempt.guidance.seconds_left > 35, "the time for an action is the challenge's"
        play.turn_left()
    assert quick.attempt.prompt is Action.NOD
    assert slow.phase is CapturePhase.NEUTRAL
    slow.run(1.6)
    assert slow.attempt.prompt is Action.NOD
    for play in (quick, slow):
        play.run(0.5, lambda facts: replace(facts, faces=2))
        play.run(1.6)
    assert quick.attempt.guidance.hint is None
    assert slow.attempt.guidance.hint is HintCode.SEVERAL_FACES


def test_failed_attempt_keeps_no_frame(calm, make_challenge):
    play = Play(calm)
    play.attempt.begin(make_challenge(Action.NOD))
    play.run(2.0)
    assert play.attempt._recorder._kept
    play.attempt.fail(LoanAppError(ErrorCode.CAMERA_LOST))
    assert not play.attempt._recorder._kept
    assert play.attempt._recorder.before_frames == 0
