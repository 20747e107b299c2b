import numpy as np
import pytest

from loanapp.capture.evidence_recorder import EvidenceRecorder, Sampler
from loanapp.capture.flash_sequence import ShownColour
from loanapp.domain.liveness import Action, FlashColour, SourceKind
from loanapp.vision.evidence import MOST_BYTES, DeviceFacts, EvidenceFormatError, unpack_evidence
from loanapp.vision.face_mesh import Face


@pytest.fixture(scope="module")
def noise():
    """The picture that JPEG likes least."""
    return np.random.default_rng(5).integers(0, 255, (360, 640, 3), np.uint8)


def face_at(left, top, right, bottom):
    box = np.array([left, top, right, bottom], np.float32)
    return Face(np.zeros((478, 3), np.float32), np.zeros(52, np.float32), box, 1.0)


FACE = face_at(200, 80, 380, 300)


@pytest.mark.parametrize("fps", [10, 15, 24, 25, 30, 60, 120])
def test_sampler_takes_fifteen_a_second_at_most(fps):
    sampler = Sampler()
    taken = [index / fps for index in range(fps * 10) if sampler.takes(index / fps)]
    assert len(taken) <= 151
    assert len(taken) >= min(fps, 12) * 10 - 1
    assert min(np.diff(taken)) > 1 / 31


def test_sampler_survives_a_jump_of_the_clock():
    sampler = Sampler()
    assert sampler.takes(100.0)
    assert sampler.takes(3.0)
    assert not sampler.takes(3.01)
    assert sampler.takes(500.0)


def fill(recorder, noise, start, seconds, fps=15):
    for index in range(round(seconds * fps)):
        recorder.add(noise, FACE, start + index / fps)
    return start + seconds


COLOURS = tuple(FlashColour)[:6]


def test_however_slow_an_attempt_stays_within_its_limits(noise, make_challenge):
    """Three actions that each take their whole twelve seconds and six colours, in the worst picture there is."""
    actions = (Action.BLINK, Action.NOD, Action.TURN_LEFT)
    challenge = make_challenge(*actions, flash=COLOURS, flash_colour_ms=450)
    recorder, now = EvidenceRecorder(), 51.0
    fill(recorder, noise, now - 3.0, 3.0)
    recorder.start(challenge)
    for action in actions:
        fill(recorder, noise, now, 9.6, fps=5)
        recorder.window(action, now, fill(recorder, noise, now + 9.6, 2.4), now + 10.6)
        now += 12.0
    recorder.light_up(now)
    shown = [now + 0.3 + 0.466 * place for place in range(len(COLOURS) + 1)]
    now = fill(recorder, noise, now, shown[-1] - now)
    recorder.flash(tuple(ShownColour(*one) for one in zip(COLOURS, shown, shown[1:], strict=False)))
    fill(recorder, noise, now, 0.6)
    packed = recorder.pack(challenge, SourceKind.CAMERA)
    evidence = unpack_evidence(packed)
    assert len(packed) <= MOST_BYTES
    assert 170 <= len(evidence.frames) <= 180
    assert [window.action for window in evidence.header.windows] == list(actions)
    times = np.array([frame.time_ms for frame in evidence.frames])
    for window in evidence.header.windows:
        inside = times[(times >= window.asked_ms) & (times <= window.done_ms)]
        assert len(inside[inside > window.done_ms - 1650]) >= 25, "the action itself is never thinned out"
        assert np.diff(inside).max() < 1900, "the wait before it is thinned evenly, and looks like no lost face"
    assert (times < evidence.header.windows[0].asked_ms).sum() >= 12
    first = evidence.header.flash[0].shown_ms
    assert np.diff(times[times >= first - 280]).max() < 100, "every frame of the colours is kept"
    for window in evidence.header.flash:
        assert ((times >= window.shown_ms) & (times < window.until_ms)).sum() >= 6


def test_quick_attempt_is_kept_whole(noise, make_challenge):
    recorder = EvidenceRecorder()
    fill(recorder, noise, 0.0, 1.0)
    recorder.start(make_challenge(Action.BLINK, Action.NOD))
    fill(recorder, noise, 1.0, 8.0)
    recorder.window(Action.BLINK, 1.0, 5.0)
    recorder.window(Action.NOD, 5.0, 9.0)
    frames = unpack_evidence(recorder.pack(make_challenge(Action.BLINK, Action.NOD), SourceKind.CAMERA)).frames
    assert len(frames) == 9 * 15


def test_what_was_noticed_of_the_camera_goes_with_the_frames(noise, make_challenge):
    recorder = EvidenceRecorder()
    fill(recorder, noise, 0.0, 1.0)
    recorder.start(make_challenge(Action.BLINK))
    recorder.window(Action.BLINK, 1.0, 1.5)
    facts = DeviceFacts("摄像头", 640, 480, 29.97, 0, 1234, virtual=False, changed=True)
    evidence = unpack_evidence(recorder.pack(make_challenge(Action.BLINK), SourceKind.CAMERA, facts))
    assert evidence.header.device == facts


def test_forgotten_is_forgotten(noise, make_challenge):
    recorder = EvidenceRecorder()
    fill(recorder, noise, 0.0, 1.0)
    recorder.start(make_challenge(Action.BLINK))
    fill(recorder, noise, 1.0, 1.0)
    recorder.forget()
    assert recorder.before_frames == 0
    with pytest.raises(EvidenceFormatError):
        recorder.pack(make_challenge(Action.BLINK), SourceKind.CAMERA)


def test_evidence_is_bound_to_its_challenge(noise, make_challenge):
    recorder = EvidenceRecorder()
    fill(recorder, noise, 0.0, 1.0)
    assert recorder.before_seconds == pytest.approx(14 / 15)
    recorder.start(make_challenge(Action.BLINK))
    fill(recorder, noise, 1.0, 1.0)
    recorder.window(Action.BLINK, 1.0, 1.9)
    challenge = make_challenge(Action.BLINK)
    header = unpack_evidence(recorder.pack(challenge, SourceKind.VIDEO_FILE)).header
    assert (header.session_id, header.application_id, header.nonce) == (
        challenge.session_id,
        challenge.application_id,
        challenge.nonce,
    )
    assert header.source_kind is SourceKind.VIDEO_FILE
    assert header.windows[0].asked_ms == 1000


def test_next_attempt_does_not_carry_the_last(noise, make_challenge):
    recorder = EvidenceRecorder()
    fill(recorder, noise, 0.0, 1.0)
    recorder.start(make_challenge(Action.BLINK))
    assert recorder.running
    fill(recorder, noise, 1.0, 2.0)
    recorder.rest()
    assert not recorder.running
    fill(recorder, noise, 10.0, 1.0)
    recorder.start(make_challenge(Action.BLINK))
    recorder.window(Action.BLINK, 11.0, 11.5)
    evidence = unpack_evidence(recorder.pack(make_challenge(Action.BLINK), SourceKind.CAMERA))
    assert len(evidence.frames) == 15
