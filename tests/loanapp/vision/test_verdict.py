"""The verdict over evidence of the demonstration borrower and of those who would like to pass without being there."""

from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest

from loanapp.capture.evidence_recorder import encode_crop
from loanapp.capture.guidance import CapturePhase, GuidedAttempt
from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.liveness import Action, FlashColour, SourceKind, VerdictOutcome, VerdictReason
from loanapp.vision import edge_rules
from loanapp.vision.edge_rules import CELLS_SEEN, EDGES_MOVE, UNTOLD
from loanapp.vision.evidence import ActionWindow, Evidence, EvidenceFrame, unpack_evidence
from loanapp.vision.face_match import FaceMatcher
from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.observation import Observer
from loanapp.vision.straight_edges import EdgeMotion
from loanapp.vision.verdict import Watcher
from loanapp.vision.verdict import judge as judge_received
from tests.loanapp.vision.cells import sheet

ACTIONS = (Action.TURN_LEFT, Action.BLINK)
FLASH = (FlashColour.BLUE, FlashColour.YELLOW, FlashColour.CYAN, FlashColour.MAGENTA)


@pytest.fixture(scope="session")
def matcher():
    return FaceMatcher()


@pytest.fixture(scope="module")
def attempt(face_models):
    """Evidence of the demonstration borrower doing what is asked: a turn to the left, then a blink."""
    return record(face_models, ACTIONS)


@pytest.fixture(scope="module")
def lit_attempt(face_models):
    """The same with a blink and four colours."""
    return record(face_models, (Action.BLINK,), FLASH)


@pytest.fixture(scope="module")
def film(face_models):
    """An uncut film of three actions, the one in the middle asked by nobody."""
    return record(face_models, (Action.TURN_LEFT, Action.OPEN_MOUTH, Action.TURN_RIGHT))


def record(models, actions, flash=(), **options):
    from datetime import UTC, datetime, timedelta

    from loanapp.domain.liveness import Challenge

    now = datetime.now(UTC)
    challenge = Challenge(
        *("session-1", "application-1", "bm9uY2U", actions, now, now + timedelta(minutes=3), 12, tuple(SourceKind), ""),
        flash=flash,
        flash_colour_ms=450 if flash else 0,
    )
    borrower = DemonstrationBorrower(fps=15, paced=False, models=models, reaction_s=0.3, **options)
    analyser, guided = FrameAnalyser(models), GuidedAttempt()
    borrower.open()
    guided.begin(challenge)
    colour = None
    for _ in range(15 * 20):
        frame = borrower.read()
        guided.tick(frame.time_s)
        guided.feed(analyser.analyse(frame.image, frame.time_s), frame.image)
        borrower.prompt(guided.prompt)
        if guided.flash is not colour:
            colour = guided.flash
            borrower.illuminate(colour)
        if guided.guidance.phase in {CapturePhase.DONE, CapturePhase.FAILED}:
            break
    borrower.close()
    assert guided.guidance.phase is CapturePhase.DONE
    return unpack_evidence(guided.evidence(borrower.kind))


def seen_in(evidence, models):
    """The actions the engine sees in evidence, whoever asked for them."""
    observer = Observer(models)
    observer.add(evidence.frames)
    return observer.finish().events


def judge(evidence, challenge, models, *, after_s=60.0, **options):
    """The verdict on evidence that arrived ``after_s`` seconds after its challenge was issued."""
    received_at = challenge.issued_at + timedelta(seconds=after_s)
    return judge_received(evidence, challenge, models, received_at=received_at, **options)


def still_evidence(attempt, jpegs):
    """The times and windows of a real attempt over other pictures."""
    frames = tuple(
        EvidenceFrame(frame.time_ms, jpegs[index % len(jpegs)]) for index, frame in enumerate(attempt.frames)
    )
    return Evidence(attempt.header, frames)


def with_cells(attempt, cells):
    """The same attempt, with other cells around the face."""
    left = iter(cells)
    frames = (replace(frame, around=next(left).pack()) if frame.around else frame for frame in attempt.frames)
    return Evidence(attempt.header, tuple(frames))


def test_edges_with_nothing_beyond_them_to_tell_by_are_no_rule_that_was_met(
    attempt, make_challenge, face_models, matcher, monkeypatch
):
    """A sheet before a plain wall, or one that fills the picture, is not stored as measured and found still."""
    unclear = EdgeMotion(beside=0.2, above=0.2, outside=float("inf"), grids=24)
    monkeypatch.setattr(edge_rules, "edge_motion", lambda *_: unclear)
    report = judge(attempt, make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert EDGES_MOVE not in [rule.name for rule in report.rules]
    assert report.measures[UNTOLD] == 1.0


def test_edges_that_move_around_a_face_are_a_note_and_change_no_verdict(attempt, make_challenge, face_models, matcher):
    """Whatever is around the face, a good attempt passes and a bad one does not: the note decides nothing."""
    held, told, notes = with_cells(attempt, sheet(60, 6.0)), make_challenge(*ACTIONS), [EDGES_MOVE, CELLS_SEEN]
    plain = Evidence(attempt.header, tuple(replace(frame, around=b"") for frame in attempt.frames))
    for evidence, unmet in ((attempt, []), (held, [EDGES_MOVE]), (plain, [CELLS_SEEN])):
        report = judge(evidence, told, face_models, matcher=matcher)
        assert report.outcome is VerdictOutcome.PASSED
        assert report.reasons == ()
        assert [rule.name for rule in report.rules if rule.name in notes and not rule.passed] == unmet
    rule = next(rule for rule in judge(held, told, face_models, matcher=matcher).rules if rule.name == EDGES_MOVE)
    assert rule.value > rule.limit > 0
    assert (rule.reason, rule.outcome) == (None, VerdictOutcome.PASSED)
    wrong = make_challenge(Action.TURN_RIGHT, Action.BLINK)
    header = replace(
        attempt.header,
        windows=(replace(attempt.header.windows[0], action=Action.TURN_RIGHT), attempt.header.windows[1]),
    )
    outcomes = {
        judge(Evidence(header, evidence.frames), wrong, face_models, matcher=matcher).outcome
        for evidence in (attempt, held, plain)
    }
    assert outcomes == {VerdictOutcome.RETRY}


def test_borrower_who_does_what_is_asked_passes(attempt, make_challenge, face_models, matcher, portrait):
    report = judge(attempt, make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.reasons == ()
    assert report.outcome is VerdictOutcome.PASSED
    assert report.measures["action_1_turn_left"] > 1
    assert report.measures["action_2_blink"] > 1
    assert report.measures["self_similarity"] > 0.8
    assert len(attempt.frames) <= 180
    assert matcher.similarity(report.best_face, portrait) > 0.6, "the best frame shows the person"


def test_every_rule_is_told_with_its_value_and_threshold(attempt, make_challenge, face_models, matcher):
    report = judge(attempt, make_challenge(*ACTIONS), face_models, matcher=matcher)
    rules = {rule.name: rule for rule in report.rules}
    assert all(rule.passed for rule in report.rules if rule.reason is not None)
    assert {"nonce_matches", "acted_s", "face_share", "action_1_turn_left", "self_similarity"} <= set(rules)
    assert rules["face_luma"].value == pytest.approx(report.measures["face_luma"])
    assert rules["face_luma"].limit > 0


def test_a_verdict_made_while_frames_arrive_is_the_same(attempt, make_challenge, face_models, matcher):
    challenge = make_challenge(*ACTIONS)
    whole = judge(attempt, challenge, face_models, matcher=matcher)
    watcher = Watcher(face_models)
    for start in range(0, len(attempt.frames), 13):
        watcher.add(attempt.frames[start : start + 13])
    received_at = challenge.issued_at + timedelta(seconds=60)
    report = watcher.finish(attempt.header, challenge, received_at=received_at, matcher=matcher)
    assert report.outcome is whole.outcome is VerdictOutcome.PASSED
    assert [rule.name for rule in report.rules] == [rule.name for rule in whole.rules]
    for rule, other in zip(report.rules, whole.rules, strict=True):
        assert rule.value == pytest.approx(other.value, rel=0.1, abs=0.1)


def test_a_photo_does_not_pass(attempt, make_challenge, face_models, matcher, portrait):
    """A still print, held in many ways: shifted, nearer, tilted, lit by turns; never turned or blinking."""
    (face,) = FaceMesh(face_models).find(portrait)
    random = np.random.default_rng(3)
    jpegs = []
    for index in range(len(attempt.frames)):
        matrix = cv2.getRotationMatrix2D((225, 120), float(5 * np.sin(index / 3)), 1 + 0.05 * float(np.cos(index / 4)))
        moved = cv2.convertScaleAbs(
            cv2.warpAffine(portrait, matrix, (512, 512)), alpha=1 - 0.1 * float(random.random())
        )
        jpegs.append(encode_crop(moved, face))
    report = judge(still_evidence(attempt, jpegs), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert VerdictReason.ACTION_NOT_SEEN in report.reasons


def test_a_print_swung_before_the_camera_does_not_pass(attempt, make_challenge, face_models, matcher, portrait):
    """Perspective of a flat print turned to 45 degrees and back, where the turn was asked."""
    (face,) = FaceMesh(face_models).find(portrait)
    window = attempt.header.windows[0]
    frames = []
    for frame in attempt.frames:
        part = np.sin(np.pi * np.clip((frame.time_ms - window.asked_ms) / (window.done_ms - window.asked_ms), 0, 1))
        y = np.radians(45 * part)
        corners = np.array([[-256, -256], [256, -256], [256, 256], [-256, 256]], np.float64)
        depth = 700 - corners[:, 0] * np.sin(y)
        shown = np.stack([corners[:, 0] * np.cos(y), corners[:, 1]], axis=1) / depth[:, None] * 700 + 256
        matrix = cv2.getPerspectiveTransform(np.float32([[0, 0], [512, 0], [512, 512], [0, 512]]), np.float32(shown))
        frames.append(
            EvidenceFrame(frame.time_ms, encode_crop(cv2.warpPerspective(portrait, matrix, (512, 512)), face))
        )
    report = judge(Evidence(attempt.header, tuple(frames)), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert report.measures["action_1_turn_left"] == 0


def test_right_actions_in_another_order_do_not_pass(attempt, make_challenge, face_models, matcher):
    wrong = (Action.BLINK, Action.TURN_LEFT)
    challenge = make_challenge(*wrong)
    honest_header = judge(attempt, challenge, face_models, matcher=matcher)
    assert honest_header.outcome is VerdictOutcome.RETRY
    assert honest_header.reasons == (VerdictReason.WRONG_ORDER,)
    windows = tuple(
        ActionWindow(action, window.asked_ms, window.done_ms)
        for action, window in zip(wrong, attempt.header.windows, strict=True)
    )
    lying = Evidence(replace(attempt.header, windows=windows), attempt.frames)
    report = judge(lying, challenge, face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert VerdictReason.WRONG_ORDER in report.reasons


def test_a_film_that_runs_on_between_two_windows_does_not_pass(film, make_challenge, face_models, matcher):
    """An uncut film of three actions, told over the two of them that come in the order asked."""
    first, _, last = film.header.windows
    told = Evidence(replace(film.header, windows=(first, last)), film.frames)
    challenge = make_challenge(Action.TURN_LEFT, Action.TURN_RIGHT)
    report = judge(told, challenge, face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert report.reasons == (VerdictReason.WRONG_ORDER,)
    assert [rule.name for rule in report.rules if not rule.passed] == ["actions_between"]


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_an_action_that_straddles_the_edge_of_a_window_counts_too(film, make_challenge, face_models, matcher, share):
    """The client draws the windows: one that ends, or begins, in the middle of an action does not hide it."""
    first, _middle, last = film.header.windows
    (event,) = [one for one in seen_in(film, face_models) if one.action is Action.OPEN_MOUTH and one.counts]
    edge = round(1000 * (event.start_s + share * (event.end_s - event.start_s)))
    for windows in ((replace(first, done_ms=edge), last), (first, replace(last, asked_ms=edge))):
        told = Evidence(replace(film.header, windows=windows), film.frames)
        report = judge(told, make_challenge(Action.TURN_LEFT, Action.TURN_RIGHT), face_models, matcher=matcher)
        assert report.outcome is VerdictOutcome.RETRY
        assert "actions_between" in [rule.name for rule in report.rules if not rule.passed]


def test_a_window_that_stays_open_after_its_action_does_not_pass(film, make_challenge, face_models, matcher):
    first, _middle, last = film.header.windows
    wide = replace(first, done_ms=last.asked_ms - 1)
    told = Evidence(replace(film.header, windows=(wide, last)), film.frames)
    report = judge(told, make_challenge(Action.TURN_LEFT, Action.TURN_RIGHT), face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert [rule.name for rule in report.rules if not rule.passed] == ["action_1_turn_left_open_s"]


def test_one_action_missing_is_named(attempt, make_challenge, face_models, matcher):
    windows = (attempt.header.windows[0], replace(attempt.header.windows[1], action=Action.NOD))
    lying = Evidence(replace(attempt.header, windows=windows), attempt.frames)
    report = judge(lying, make_challenge(Action.TURN_LEFT, Action.NOD), face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert report.reasons == (VerdictReason.ACTION_NOT_SEEN,)


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "b3RoZXI"},
        {"session_id": "session-2"},
        {"application_id": "application-2"},
        {"accepted_sources": (SourceKind.CAMERA,)},
    ],
)
def test_evidence_of_another_challenge_is_refused(attempt, make_challenge, face_models, changes):
    report = judge(attempt, make_challenge(*ACTIONS, **changes), face_models)
    assert report.outcome is VerdictOutcome.REFUSED
    assert report.reasons == (VerdictReason.CHALLENGE_MISMATCH,)
    assert report.best_face is None


def test_too_few_frames_prove_nothing(attempt, make_challenge, face_models):
    challenge = make_challenge(*ACTIONS)
    for frames in (attempt.frames[:9], attempt.frames[25:], attempt.frames[::12]):
        report = judge(Evidence(attempt.header, frames), challenge, face_models)
        assert report.reasons == (VerdictReason.TOO_FEW_FRAMES,)


def test_stretched_times_prove_nothing(attempt, make_challenge, face_models):
    """Frames gathered over longer than the challenge lives."""
    frames = tuple(EvidenceFrame(frame.time_ms * 40, frame.jpeg) for frame in attempt.frames)
    windows = tuple(ActionWindow(one.action, one.asked_ms * 40, one.done_ms * 40) for one in attempt.header.windows)
    stretched = Evidence(replace(attempt.header, windows=windows), frames)
    report = judge(stretched, make_challenge(*ACTIONS), face_models, after_s=600)
    assert report.reasons == (VerdictReason.TOO_FEW_FRAMES,)


def test_actions_that_took_longer_than_the_time_since_the_challenge_are_refused(attempt, make_challenge, face_models):
    """A film made at leisure, or slowed down: times within the challenge's life, but not yet passed."""
    windows = attempt.header.windows
    acted_s = (windows[-1].done_ms - windows[0].asked_ms) / 1000
    challenge = make_challenge(*ACTIONS)
    report = judge(attempt, challenge, face_models, after_s=acted_s - 1)
    assert report.outcome is VerdictOutcome.REFUSED
    assert report.reasons == (VerdictReason.CHALLENGE_MISMATCH,)
    assert report.measures["acted_s"] == pytest.approx(acted_s)
    assert judge(attempt, challenge, face_models, after_s=acted_s).outcome is VerdictOutcome.PASSED


def test_evidence_from_before_its_challenge_is_refused(attempt, make_challenge, face_models):
    report = judge(attempt, make_challenge(*ACTIONS), face_models, after_s=-1)
    assert report.outcome is VerdictOutcome.REFUSED


def darker(jpeg, factor):
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".jpg", cv2.convertScaleAbs(image, alpha=factor))[1].tobytes()


def test_dark_frames_are_not_judged(attempt, make_challenge, face_models, matcher):
    frames = tuple(EvidenceFrame(frame.time_ms, darker(frame.jpeg, 0.18)) for frame in attempt.frames)
    report = judge(Evidence(attempt.header, frames), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert VerdictReason.TOO_DARK_TO_JUDGE in report.reasons


def changed(jpeg, change):
    image = change(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
    return cv2.imencode(".jpg", image)[1].tobytes()


def in_dark_glasses(image):
    image[95:130, 70:218] = 12
    return image


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda image: cv2.GaussianBlur(image, (0, 0), 4), VerdictReason.TOO_BLURRED_TO_JUDGE),
        (in_dark_glasses, VerdictReason.FACE_COVERED),
    ],
)
def test_blurred_and_covered_faces_are_told_as_such(attempt, make_challenge, face_models, matcher, change, reason):
    frames = tuple(
        frame if index < 12 else EvidenceFrame(frame.time_ms, changed(frame.jpeg, change))
        for index, frame in enumerate(attempt.frames)
    )
    report = judge(Evidence(attempt.header, frames), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert reason in report.reasons


class Doubt:
    """A lender's model that scores everything alike."""

    name, threshold = "doubt 1", 0.5

    def __init__(self, score):
        self._score = score

    def score(self, crops):
        assert 1 <= len(crops) <= 5
        assert all(crop.shape == (288, 288, 3) for crop in crops)
        return self._score


@pytest.mark.parametrize(("score", "outcome"), [(0.2, VerdictOutcome.PASSED), (0.9, VerdictOutcome.REVIEW)])
def test_a_lenders_own_model_sends_to_a_person_and_no_further(
    attempt, make_challenge, face_models, matcher, score, outcome
):
    report = judge(attempt, make_challenge(*ACTIONS), face_models, matcher=matcher, pad_model=Doubt(score))
    assert report.outcome is outcome
    assert report.measures["pad_score"] == score


def test_face_that_goes_away_is_noticed(attempt, make_challenge, face_models, matcher):
    blank = cv2.imencode(".jpg", np.full((288, 288, 3), 90, np.uint8))[1].tobytes()
    middle = len(attempt.frames) // 2
    frames = tuple(
        EvidenceFrame(frame.time_ms, blank if abs(index - middle) < 12 else frame.jpeg)
        for index, frame in enumerate(attempt.frames)
    )
    report = judge(Evidence(attempt.header, frames), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert VerdictReason.FACE_NOT_STEADY in report.reasons


def test_another_face_after_the_first_action_is_noticed(attempt, make_challenge, face_models, matcher):
    """The portrait pulled out of shape until it is no longer the same person to the matcher."""
    frames = tuple(
        frame
        if frame.time_ms < attempt.header.windows[1].asked_ms
        else EvidenceFrame(frame.time_ms, reshaped(frame.jpeg))
        for frame in attempt.frames
    )
    report = judge(Evidence(attempt.header, frames), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.outcome in {VerdictOutcome.RETRY, VerdictOutcome.REVIEW}
    assert VerdictReason.FACE_CHANGED in report.reasons


@pytest.mark.parametrize("count", [4, 7, 13])
def test_another_face_between_frames_is_noticed(attempt, make_challenge, face_models, matcher, count):
    """Single frames of somebody else, spread over the attempt but never where the face is most at rest."""
    step = len(attempt.frames) // count
    foreign = set(range(step // 2, len(attempt.frames), step))
    frames = tuple(
        EvidenceFrame(frame.time_ms, reshaped(frame.jpeg)) if index in foreign else frame
        for index, frame in enumerate(attempt.frames)
    )
    report = judge(Evidence(attempt.header, frames), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.outcome is not VerdictOutcome.PASSED
    if VerdictReason.ACTION_NOT_SEEN not in report.reasons:
        assert VerdictReason.FACE_CHANGED in report.reasons


def test_another_face_that_does_an_action_is_noticed(attempt, make_challenge, face_models, matcher):
    """The borrower rests, somebody else turns: the frames of the turn alone are another face."""
    window = attempt.header.windows[0]
    honest = judge(attempt, make_challenge(*ACTIONS), face_models, matcher=matcher)
    start = window.asked_ms + 1000 * honest.measures["action_1_turn_left_after_s"]
    frames = tuple(
        EvidenceFrame(frame.time_ms, reshaped(frame.jpeg)) if start - 100 <= frame.time_ms <= start + 900 else frame
        for frame in attempt.frames
    )
    report = judge(Evidence(attempt.header, frames), make_challenge(*ACTIONS), face_models, matcher=matcher)
    assert report.outcome is not VerdictOutcome.PASSED


def reshaped(jpeg):
    """A wider, shorter face with a pinched middle: features move, the face stays a face."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = (x - width / 2) / width, (y - height / 2) / height
    pinch = 1 + 1.1 * np.exp(-(dx**2 + dy**2) / 0.02)
    source_x = width / 2 + dx * width * 0.72 * pinch
    source_y = height / 2 + dy * height * 1.25 * (1 + 0.5 * np.exp(-((dy - 0.2) ** 2) / 0.01))
    return cv2.imencode(".jpg", cv2.remap(image, source_x, source_y, cv2.INTER_LINEAR))[1].tobytes()


def test_a_frame_that_is_no_picture_is_refused(attempt, make_challenge, face_models):
    from loanapp.vision.evidence import EvidenceFormatError

    frames = list(attempt.frames)
    jpeg = frames[3].jpeg
    at = jpeg.index(b"\xff\xda")
    frames[3] = EvidenceFrame(frames[3].time_ms, jpeg[:at])
    with pytest.raises(EvidenceFormatError):
        judge(Evidence(attempt.header, tuple(frames)), make_challenge(*ACTIONS), face_models)


def flash_challenge(make_challenge, colours=FLASH):
    return make_challenge(Action.BLINK, flash=colours, flash_colour_ms=450)


def test_a_face_lit_by_the_colours_shown_passes(lit_attempt, make_challenge, face_models, matcher):
    report = judge(lit_attempt, flash_challenge(make_challenge), face_models, matcher=matcher)
    assert report.reasons == ()
    assert report.outcome is VerdictOutcome.PASSED
    assert report.measures["flash_correlation"] > 0.9
    assert {"flash_change", "flash_shape", "flash_ring_over_face"} <= {rule.name for rule in report.rules}


def test_a_face_lit_by_other_colours_does_not_pass(lit_attempt, make_challenge, face_models, matcher):
    """A recorded attempt whose header tells the colours of the new challenge."""
    other = (FlashColour.GREEN, FlashColour.MAGENTA, FlashColour.BLUE, FlashColour.YELLOW)
    windows = tuple(
        replace(window, colour=colour) for window, colour in zip(lit_attempt.header.flash, other, strict=True)
    )
    lying = Evidence(replace(lit_attempt.header, flash=windows), lit_attempt.frames)
    report = judge(lying, flash_challenge(make_challenge, other), face_models, matcher=matcher)
    assert report.outcome is VerdictOutcome.RETRY
    assert VerdictReason.FLASH_MISMATCH in report.reasons


def test_a_face_that_reflects_nothing_is_for_a_person_to_look_at(lit_attempt, make_challenge, face_models, matcher):
    """As an injected film: the frames of one moment before the colours, with the times of the attempt."""
    first = lit_attempt.header.flash[0].shown_ms
    calm = [frame for frame in lit_attempt.frames if frame.time_ms < first][-8:]
    frames = tuple(
        EvidenceFrame(frame.time_ms, noisy(calm[index % 8].jpeg, index)) if frame.time_ms >= first else frame
        for index, frame in enumerate(lit_attempt.frames)
    )
    report = judge(Evidence(lit_attempt.header, frames), flash_challenge(make_challenge), face_models, matcher=matcher)
    assert report.outcome is not VerdictOutcome.PASSED
    assert VerdictReason.FLASH_NOT_SEEN in report.reasons
    assert VerdictReason.FLASH_MISMATCH not in report.reasons


def noisy(jpeg, seed):
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    noise = np.random.default_rng(seed).normal(0, 1.5, image.shape)
    return cv2.imencode(".jpg", np.clip(image + noise, 0, 255).astype(np.uint8))[1].tobytes()


@pytest.mark.parametrize(
    ("change", "outcome", "reason"),
    [
        (lambda flash: (), VerdictOutcome.REFUSED, VerdictReason.CHALLENGE_MISMATCH),
        (lambda flash: flash[::-1], VerdictOutcome.REFUSED, VerdictReason.CHALLENGE_MISMATCH),
        (lambda flash: flash[:-1], VerdictOutcome.REFUSED, VerdictReason.CHALLENGE_MISMATCH),
        (
            lambda flash: tuple(replace(one, until_ms=one.shown_ms + 200) for one in flash),
            VerdictOutcome.RETRY,
            VerdictReason.FLASH_MISMATCH,
        ),
        (
            lambda flash: (*flash[:-1], replace(flash[-1], until_ms=flash[-1].until_ms + 3000)),
            VerdictOutcome.RETRY,
            VerdictReason.FLASH_MISMATCH,
        ),
    ],
)
def test_colours_are_those_of_the_challenge_in_order_and_pace(
    lit_attempt, make_challenge, face_models, change, outcome, reason
):
    flash = change(lit_attempt.header.flash)
    told = Evidence(replace(lit_attempt.header, flash=flash), lit_attempt.frames)
    report = judge(told, flash_challenge(make_challenge), face_models)
    assert report.outcome is outcome
    assert reason in report.reasons
    assert report.best_face is None


def test_colours_that_nobody_asked_for_are_refused(lit_attempt, make_challenge, face_models):
    report = judge(lit_attempt, make_challenge(Action.BLINK), face_models)
    assert report.outcome is VerdictOutcome.REFUSED


def test_a_loop_is_refused(attempt, make_challenge, face_models, matcher):
    """The wait before the first action over and over, as a virtual camera plays it."""
    calm = [frame for frame in attempt.frames if frame.time_ms < attempt.header.windows[0].asked_ms][:12]
    report = judge(
        still_evidence(attempt, [frame.jpeg for frame in calm]), make_challenge(*ACTIONS), face_models, matcher=matcher
    )
    assert report.outcome is VerdictOutcome.REFUSED
    assert VerdictReason.STREAM_IRREGULAR in report.reasons
