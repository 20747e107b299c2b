"""The two threads of a capture: they never make the window wait, and they always end."""

import itertools
import threading
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from loanapp.capture.guidance import CapturePhase
from loanapp.capture.guided_capture import GuidedCapture
from loanapp.capture.sources import CameraError, Frame
from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, FlashColour, HintCode, SourceKind
from loanapp.vision.evidence import EvidenceFormatError, unpack_evidence


class PlayedCamera:
    """A camera that gives noise at 60 a second until what the test planned happens."""

    kind = SourceKind.CAMERA
    name = "played camera"

    def __init__(self, *, error_at=None, open_error=None, end_at=None, still=False, image=None, error=None):
        self.error_at, self.open_error, self.end_at, self.still, self.image = error_at, open_error, end_at, still, image
        self.error = error or CameraError(ErrorCode.CAMERA_LOST)
        self.closed = 0
        self.count = 0
        self.random = np.random.default_rng(0)

    def open(self):
        if self.open_error is not None:
            raise self.open_error

    def read(self):
        time.sleep(1 / 60)
        self.count += 1
        if self.error_at is not None and self.count > self.error_at:
            raise self.error
        if self.end_at is not None and self.count > self.end_at:
            return None
        image = np.full((120, 160, 3), 90, np.uint8) if self.image is None else self.image
        if not self.still:
            image = np.clip(image + self.random.integers(-3, 4, image.shape), 0, 255).astype(np.uint8)
        return Frame(image, time.monotonic(), self.count - 1)

    def prompt(self, action):
        pass

    def illuminate(self, colour):
        pass

    def close(self):
        self.closed += 1


def wait_for(capture, condition, seconds=12.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        view = capture.latest()
        if condition(view):
            return view
        time.sleep(1 / 60)
    raise AssertionError(f"never came: {capture.latest()}")


@pytest.fixture
def run(face_models):
    captures = []

    def start(source, **options):
        capture = GuidedCapture(source, load_models=lambda: face_models, **options)
        captures.append(capture)
        capture.start()
        return capture

    yield start
    for capture in captures:
        capture.stop()


def failed(view):
    return view.phase is CapturePhase.FAILED


def test_borrower_passes_a_live_attempt(run, face_models, make_challenge):
    capture = run(DemonstrationBorrower(models=face_models, reaction_s=0.2))
    challenge = make_challenge(Action.TURN_RIGHT)
    capture.begin(challenge)
    slowest = 0.0

    def done(view):
        nonlocal slowest
        began = time.perf_counter()
        capture.latest()
        slowest = max(slowest, time.perf_counter() - began)
        return view.phase in {CapturePhase.DONE, CapturePhase.FAILED}

    view = wait_for(capture, done, seconds=30)
    assert view.phase is CapturePhase.DONE, view.error and view.error.code
    assert view.frame.image.shape == (480, 640, 3)
    assert view.facts.faces == 1
    assert slowest < 0.05, "polling never waits for the analysis"
    evidence = unpack_evidence(capture.evidence())
    assert evidence.header.source_kind is SourceKind.DEMONSTRATION
    assert evidence.header.nonce == challenge.nonce
    capture.begin(challenge)
    with pytest.raises(LoanAppError):
        capture.evidence()


class LitBorrower(DemonstrationBorrower):
    """Writes down when the page lights it."""

    def __init__(self, **options):
        super().__init__(**options)
        self.lit = []

    def illuminate(self, colour):
        self.lit.append((time.monotonic(), colour))
        super().illuminate(colour)


COLOURS = (FlashColour.CYAN, FlashColour.BLACK, FlashColour.MAGENTA, FlashColour.WHITE)


def test_colours_go_on_while_the_analysis_stalls(run, face_models, make_challenge):
    """The page changes by the clock of the frames; what is recorded is when it did."""
    source = LitBorrower(models=face_models, reaction_s=0.2)
    capture = run(source)
    capture.begin(make_challenge(Action.OPEN_MOUTH, flash=COLOURS, flash_colour_ms=450))
    feed, stalls = capture._attempt.feed, []

    def slow(facts, image):
        if capture._attempt.flash is COLOURS[0] and not stalls:
            stalls.append(time.monotonic())
            time.sleep(2.0)
        feed(facts, image)

    capture._attempt.feed = slow
    view = wait_for(capture, lambda one: one.flash is COLOURS[-1], seconds=30)
    assert view.phase is CapturePhase.FLASH
    view = wait_for(capture, lambda one: one.phase in {CapturePhase.DONE, CapturePhase.FAILED})
    assert view.phase is CapturePhase.DONE, view.error and view.error.code
    assert view.flash is None
    assert [colour for _, colour in source.lit] == [*COLOURS, None]
    times = [when for when, _ in source.lit]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(0.35 < gap < 1.5 for gap in gaps), f"stalled or hurried: {gaps}"
    windows = unpack_evidence(capture.evidence()).header.flash
    assert [window.colour for window in windows] == list(COLOURS)
    for window, (shown, until) in zip(windows, itertools.pairwise(times), strict=True):
        assert window.until_ms - window.shown_ms == pytest.approx((until - shown) * 1000, abs=300)


@pytest.mark.parametrize("end", ["begin", pytest.param("lost", marks=pytest.mark.slow)])
def test_no_colour_stays_on_the_page(run, face_models, make_challenge, end):
    source = LitBorrower(models=face_models, reaction_s=0.1)
    capture = run(source)
    challenge = make_challenge(Action.BLINK, flash=COLOURS, flash_colour_ms=450)
    capture.begin(challenge)
    wait_for(capture, lambda one: one.flash is not None and source.lit, seconds=30)
    if end == "begin":
        capture.begin(challenge)
    else:
        source.close()
        assert wait_for(capture, failed).error.code is ErrorCode.CAMERA_LOST
    assert capture.latest().flash is None
    capture.stop()
    assert source.lit[-1][1] is None


def test_frames_flow_and_stop_ends_both_threads(run):
    before = threading.active_count()
    source = PlayedCamera()
    capture = run(source)
    view = wait_for(capture, lambda one: one.frame is not None and one.frame.sequence > 10 and one.facts is not None)
    assert view.phase is CapturePhase.GET_READY
    capture.start()
    assert threading.active_count() == before + 2
    capture.stop()
    assert threading.active_count() == before
    assert source.closed >= 1
    capture.stop()


@pytest.mark.parametrize("code", [ErrorCode.CAMERA_NOT_FOUND, ErrorCode.CAMERA_BUSY])
def test_camera_that_does_not_open_is_said(run, code):
    capture = run(PlayedCamera(open_error=CameraError(code)))
    assert wait_for(capture, failed).error.code is code


@pytest.mark.parametrize("fault", [{"error_at": 20}, {"end_at": 20}])
def test_camera_lost_in_the_middle_is_said(run, make_challenge, fault):
    """Unplugged, or ended."""
    capture = run(PlayedCamera(**fault))
    capture.begin(make_challenge(Action.BLINK))
    view = wait_for(capture, failed)
    assert view.error.code is ErrorCode.CAMERA_LOST
    assert view.frame is not None


def test_picture_that_stands_still_is_a_hint_first_and_an_error_later(run, make_challenge):
    capture = run(PlayedCamera(still=True))
    capture.begin(make_challenge(Action.BLINK))
    began = time.monotonic()
    wait_for(capture, lambda view: view.hint is HintCode.CAMERA_FROZEN)
    assert time.monotonic() - began < 3.5
    assert wait_for(capture, failed).error.code is ErrorCode.CAMERA_FROZEN


@pytest.mark.parametrize("error", [OSError("driver"), KeyError("stream")])
def test_driver_that_falls_over_is_a_lost_camera(run, expect_log, error):
    expect_log("the frame source failed")
    assert wait_for(run(PlayedCamera(open_error=error)), failed).error.code is ErrorCode.CAMERA_LOST
    assert wait_for(run(PlayedCamera(error_at=20, error=error)), failed).error.code is ErrorCode.CAMERA_LOST


def test_analysis_that_falls_over_is_said_and_the_next_attempt_works(run, face_models, make_challenge, expect_log):
    """Any error of the engine ends the attempt, not the thread that shows it."""
    expect_log("the analysis failed: KeyError")
    capture = run(DemonstrationBorrower(models=face_models, reaction_s=0.2))
    wait_for(capture, lambda view: view.facts is not None)
    attempt, feed = capture._attempt, capture._attempt.feed

    def broken(facts, image):
        attempt.feed = feed
        raise KeyError("landmark")

    attempt.feed = broken
    assert wait_for(capture, failed).error.code is ErrorCode.UNEXPECTED
    capture.begin(make_challenge(Action.OPEN_MOUTH))
    view = wait_for(capture, lambda one: one.phase in {CapturePhase.DONE, CapturePhase.FAILED}, seconds=30)
    assert view.phase is CapturePhase.DONE, view.error and view.error.code
    assert unpack_evidence(capture.evidence())


def test_attempt_that_cannot_be_packed_has_failed(run, face_models, make_challenge):
    capture = run(DemonstrationBorrower(models=face_models, reaction_s=0.2))

    def broken(challenge, kind, device):
        raise EvidenceFormatError("size")

    capture._attempt._recorder.pack = broken
    capture.begin(make_challenge(Action.OPEN_MOUTH))
    assert wait_for(capture, failed, seconds=30).error.code is ErrorCode.EVIDENCE_INVALID
    assert all(thread.is_alive() for thread in capture._threads)


def test_missing_model_is_said(make_challenge):
    def missing():
        raise LoanAppError(ErrorCode.ASSET_MISSING, asset="face_landmarker.task")

    capture = GuidedCapture(PlayedCamera(), load_models=missing)
    capture.start()
    assert wait_for(capture, failed).error.code is ErrorCode.ASSET_MISSING
    capture.begin(make_challenge(Action.BLINK))
    assert wait_for(capture, failed).error.code is ErrorCode.ASSET_MISSING, "and again, as long as it is missing"
    capture.stop()


def test_expired_challenge_ends_the_attempt(run, make_challenge):
    now = datetime.now(UTC)
    seconds = [1000.0]
    capture = run(PlayedCamera(), clock_s=lambda: seconds[0])
    capture.begin(make_challenge(Action.BLINK, issued_at=now, expires_at=now + timedelta(minutes=3)))
    wait_for(capture, lambda view: view.total == 1)
    seconds[0] += 240
    assert wait_for(capture, failed).error.code is ErrorCode.CHALLENGE_EXPIRED


@pytest.mark.parametrize("ahead", [timedelta(hours=-2), timedelta(hours=2)])
def test_a_computer_whose_time_of_day_is_wrong_ends_no_attempt(run, make_challenge, ahead):
    lenders = datetime.now(UTC) + ahead
    capture = run(PlayedCamera())
    capture.begin(make_challenge(Action.BLINK, issued_at=lenders, expires_at=lenders + timedelta(minutes=3)))
    view = wait_for(capture, lambda now: now.total == 1 and now.facts is not None)
    time.sleep(0.5)
    assert view.error is None
    assert capture.latest().phase is not CapturePhase.FAILED


def test_stop_before_start_and_without_frames():
    capture = GuidedCapture(PlayedCamera())
    assert capture.latest().phase is CapturePhase.OPENING
    with pytest.raises(LoanAppError):
        capture.evidence()
    capture.stop()


class ChangingBorrower(DemonstrationBorrower):
    """Gives larger frames from a moment on, as a camera does that another program takes over."""

    larger = False

    def read(self):
        frame = super().read()
        if self.larger:
            return Frame(np.repeat(np.repeat(frame.image, 2, axis=0), 2, axis=1), frame.time_s, frame.sequence)
        return frame


def test_camera_that_changes_its_size_goes_on_and_the_lender_is_told(run, face_models, make_challenge):
    source = ChangingBorrower(models=face_models, reaction_s=0.2, size=(480, 360))
    capture = run(source)
    capture.begin(make_challenge(Action.BLINK))
    wait_for(capture, lambda view: view.phase is CapturePhase.ACTING, seconds=30)
    source.larger = True
    view = wait_for(capture, lambda one: one.phase in {CapturePhase.DONE, CapturePhase.FAILED}, seconds=30)
    assert view.phase is CapturePhase.DONE, view.error and view.error.code
    assert view.frame.image.shape == (720, 960, 3)
    device = unpack_evidence(capture.evidence()).header.device
    assert (device.width, device.height, device.changed) == (960, 720, True)
    assert device.camera == source.name
    assert device.frames_a_second > 5


PHASES = [CapturePhase.GET_READY, CapturePhase.HOLD_STILL, CapturePhase.DONE]


@pytest.mark.parametrize(
    "phase",
    [CapturePhase.ACTING, CapturePhase.FLASH, *(pytest.param(phase, marks=pytest.mark.slow) for phase in PHASES)],
)
def test_stopped_in_any_phase_it_leaves_no_thread_and_no_frame(run, face_models, make_challenge, phase):
    before = threading.active_count()
    capture = run(DemonstrationBorrower(models=face_models, reaction_s=0.0))
    capture.begin(make_challenge(Action.BLINK, flash=COLOURS[:1], flash_colour_ms=400))
    wait_for(capture, lambda view: view.phase is phase and view.facts is not None, seconds=30)
    capture.stop()
    assert threading.active_count() == before
    view = capture.latest()
    assert (view.frame, view.facts, view.flash) == (None, None, None)
    assert not capture._attempt._recorder._kept
    assert capture._attempt._recorder.before_frames == 0
    assert capture._meter._last is None
    with pytest.raises(LoanAppError):
        capture.evidence()


def test_no_message_shows_a_face(run):
    capture = run(PlayedCamera())
    view = wait_for(capture, lambda one: one.facts is not None)
    for text in (repr(view), str(view), repr(view.frame), f"{view!r}"):
        assert "array" not in text
        assert "landmarks" not in text


@pytest.mark.slow
def test_source_that_cannot_be_told_of_the_light_is_a_lost_camera(run, face_models, make_challenge, expect_log):
    expect_log("the frame source failed: ValueError|the analysis failed: ValueError")

    class Deaf(DemonstrationBorrower):
        def illuminate(self, colour):
            if colour is not None:
                raise ValueError("lamp")

    capture = run(Deaf(models=face_models, reaction_s=0.0))
    capture.begin(make_challenge(Action.BLINK, flash=COLOURS, flash_colour_ms=450))
    view = wait_for(capture, failed, seconds=30)
    assert view.error.code in {ErrorCode.CAMERA_LOST, ErrorCode.UNEXPECTED}
    assert view.flash is None
