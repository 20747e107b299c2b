from dataclasses import dataclass, replace

import numpy as np
import pytest

from loanapp.domain.liveness import Action
from loanapp.resource_files import read_toml
from loanapp.vision.actions import ActionDetector
from loanapp.vision.events import ActionEvent, EventKind
from loanapp.vision.face_mesh import Face
from loanapp.vision.frame_analysis import FrameFacts

FACE = Face(np.zeros((478, 3), np.float32), np.zeros(52, np.float32), np.array([200, 100, 400, 350], np.float32), 1.0)


@dataclass(frozen=True)
class Person:
    """Values at rest: a typical face, unless a test changes them."""

    open_left: float = 0.30
    open_right: float = 0.29
    blink: float = 0.10
    jaw: float = 0.03
    gap: float = 0.02
    yaw: float = 1.0
    pitch: float = -4.0


def facts(time_s, person, **changes):
    fields = {
        "yaw": person.yaw,
        "pitch": person.pitch,
        "roll": 0.0,
        "blink_left": person.blink,
        "blink_right": person.blink,
        "eye_open_left": person.open_left,
        "eye_open_right": person.open_right,
        "jaw_open": person.jaw,
        "mouth_gap": person.gap,
    } | changes
    return FrameFacts(
        time_s=time_s,
        size=(640, 480),
        faces=1,
        face=FACE,
        eye_distance=100.0,
        eye_distance_ratio=0.21,
        centre_offset=0.02,
        cut_off=0.0,
        face_luma=130.0,
        background_luma=120.0,
        frame_luma=120.0,
        frame_spread=40.0,
        **fields,
    )


def ramp(elapsed, start, out, hold, back):
    """0 to 1 and back: out, held and back in seconds from ``start``."""
    at = elapsed - start
    if at <= 0 or at >= out + hold + back:
        return 0.0
    if at < out:
        return at / out
    return 1.0 if at <= out + hold else (out + hold + back - at) / back


def eyes(person, left, right):
    """Changes of a frame whose eyes are closed by these shares (1: shut)."""
    shut = 0.06
    return {
        "eye_open_left": person.open_left + (shut - person.open_left) * left,
        "eye_open_right": person.open_right + (shut - person.open_right) * right,
        "blink_left": person.blink + 0.55 * left,
        "blink_right": person.blink + 0.55 * right,
    }


def play(script, *, person=None, seconds=5.0, fps=30.0, seed=0):
    """Events of a stream; ``script(elapsed)`` gives the changes of each frame. A little noise, as a net makes."""
    person = person or Person()
    random = np.random.default_rng(seed)
    detector = ActionDetector()
    events = []
    for index in range(round(seconds * fps)):
        time_s = index / fps
        noise = {name: float(random.normal(0, 0.004)) for name in ("eye_open_left", "eye_open_right", "jaw_open")}
        frame = facts(time_s, person, **script(time_s))
        frame = replace(frame, **{name: getattr(frame, name) + value for name, value in noise.items()})
        frame = replace(
            frame, yaw=frame.yaw + float(random.normal(0, 0.15)), pitch=frame.pitch + float(random.normal(0, 0.15))
        )
        events += detector.feed(frame)
    return events + detector.finish(), detector


def kinds(script, **options):
    return [event.kind for event in play(script, **options)[0]]


def blink(person, start=2.0, hold=0.1, left=1.0, right=1.0):
    def script(elapsed):
        part = ramp(elapsed, start, 0.07, hold, 0.1)
        return eyes(person, part * left, part * right)

    return script


def turn(degrees, start=2.0, hold=0.5, rest=1.0):
    return lambda elapsed: {"yaw": rest + (degrees - rest) * ramp(elapsed, start, 0.5, hold, 0.5)}


@pytest.mark.parametrize("fps", [12, 15, 24, 30, 60])
def test_blink_is_seen_at_every_frame_rate(fps):
    events, _ = play(blink(Person(), hold=0.12), fps=fps)
    (event,) = events
    assert event.kind is EventKind.BLINK
    assert event.counts
    assert event.action is Action.BLINK
    assert 2.0 <= event.start_s <= event.end_s <= 2.35


@pytest.mark.parametrize(
    "person",
    [
        Person(open_left=0.17, open_right=0.16, blink=0.38),  # narrow eyes, which a fixed threshold calls closed
        Person(open_left=0.40, open_right=0.38, blink=0.02),
        Person(open_left=0.31, open_right=0.26, blink=0.2),  # one lid hangs a little
    ],
)
def test_blink_is_relative_to_the_persons_own_eyes(person):
    def script(elapsed):
        part = ramp(elapsed, 2.0, 0.07, 0.1, 0.1)
        shut = 0.05
        return {
            "eye_open_left": person.open_left + (shut - person.open_left) * part,
            "eye_open_right": person.open_right + (shut - person.open_right) * part,
            "blink_left": person.blink + 0.28 * part,
            "blink_right": person.blink + 0.28 * part,
        }

    assert kinds(script, person=person) == [EventKind.BLINK]
    assert kinds(lambda _elapsed: {}, person=person) == []


def test_what_is_no_blink():
    person = Person()
    assert kinds(blink(person, hold=1.2)) == [], "eyes shut for more than 800 ms"
    assert kinds(blink(person, left=0.45, right=0.45)) == [], "a squint that does not close"
    assert kinds(lambda elapsed: eyes(person, *(2 * [1.0 if 2.0 <= elapsed < 2.01 else 0.0]))) == [], "a single frame"
    wink = kinds(blink(person, hold=0.4, right=0.1))
    assert wink == [EventKind.WINK]


@pytest.mark.parametrize(
    ("times", "blinks"),
    [
        ((2.0, 2.083, 2.125), 0),  # 15 a second taken from 24: down for .0625 s at most as far as can be told
        ((2.0, 2.067, 2.133), 1),  # 15 a second taken from 30
        ((2.0, 2.042, 2.083), 0),  # 24 a second
    ],
)
def test_a_lid_seen_down_once_is_a_blink_only_where_the_frames_around_leave_it_time(times, blinks):
    person, detector, events = Person(), ActionDetector(), []
    around = [*np.arange(0, times[0], times[0] / 30), *times, *np.arange(times[-1] + 0.067, 3, 0.067)]
    for time_s in around:
        part = 1.0 if time_s == times[1] else 0.0
        events += detector.feed(facts(time_s, person, **eyes(person, part, part)))
    assert [event.kind for event in events] == [EventKind.BLINK] * blinks


def test_turns_foreshortening_and_a_nods_lowered_lids_are_no_blink():
    person = Person()

    def turning(elapsed):
        part = ramp(elapsed, 2.0, 0.3, 0.1, 0.3)
        return {"yaw": 1 + 27 * part} | eyes(person, 0.8 * part, 0.9 * part)

    def nodding(elapsed):
        part = ramp(elapsed, 2.0, 0.3, 0.1, 0.3)
        return {"pitch": -4 - 14 * part} | eyes(person, 0.8 * part, 0.8 * part)

    assert kinds(turning) == [EventKind.TURN_LEFT]
    assert kinds(nodding) == [EventKind.NOD]


def test_face_lost_in_mid_blink_is_no_blink():
    person, detector, events = Person(), ActionDetector(), []
    script = blink(person, hold=0.2)
    for index in range(120):
        frame = facts(index / 30, person, **script(index / 30))
        if 62 <= index < 64:
            frame = replace(frame, face=None, faces=0)
        events += detector.feed(frame)
    assert events == []


@pytest.mark.parametrize(("degrees", "kind"), [(24, EventKind.TURN_LEFT), (-24, EventKind.TURN_RIGHT)])
def test_clear_turn_counts(degrees, kind):
    events, _ = play(turn(degrees))
    assert [event.kind for event in events] == [kind]
    assert events[0].counts


def test_turn_is_reported_from_twelve_degrees_and_counts_beyond_a_flat_photo():
    limits = read_toml("vision", "thresholds.toml")["turn"]
    assert limits["report"] == 12.0
    assert limits["counts"] > 13.3
    assert kinds(turn(10.5)) == []
    (event,), _ = play(turn(13.2))
    assert event.kind is EventKind.TURN_LEFT
    assert not event.counts


def test_flat_photo_swung_from_side_to_side_never_counts():
    """It reads up to 13.3 degrees either way: 26 from edge to edge, but never 14.5 by itself."""
    script = lambda elapsed: {"yaw": 13.3 * np.sin(elapsed * 2.2)}  # noqa: E731
    events, _ = play(script, seconds=12)
    assert not any(event.counts for event in events)


def test_camera_at_the_side_makes_no_turn():
    assert kinds(lambda _elapsed: {}, person=Person(yaw=-13.0)) == []


def test_turn_that_never_comes_back_is_not_complete():
    events, _ = play(turn(25, start=3.0, hold=9.0), seconds=6)
    (event,) = events
    assert event.kind is EventKind.TURN_LEFT
    assert not event.complete
    assert not event.counts


def test_slow_beginning_does_not_become_the_rest():
    script = lambda elapsed: {"yaw": 1 + 23 * ramp(elapsed, 2.0, 3.0, 0.4, 0.6)}  # noqa: E731
    (event,), _ = play(script, seconds=8)
    assert event.counts


def test_nod_goes_down_and_comes_back_in_time():
    script = lambda elapsed: {"pitch": -4 - 12 * ramp(elapsed, 2.0, 0.4, 0.1, 0.4)}  # noqa: E731
    assert kinds(script) == [EventKind.NOD]
    looking_down = lambda elapsed: {"pitch": -4 - 12 * ramp(elapsed, 2.0, 0.4, 3.5, 0.4)}  # noqa: E731
    assert kinds(looking_down, seconds=9) == []


def test_mouth_opens_against_its_own_rest():
    def script(elapsed):
        part = ramp(elapsed, 2.0, 0.3, 0.5, 0.3)
        return {"jaw_open": 0.03 + 0.6 * part, "mouth_gap": 0.02 + 0.25 * part}

    assert kinds(script) == [EventKind.MOUTH_OPEN]
    smile = Person(jaw=0.22, gap=0.2)
    assert kinds(lambda _elapsed: {}, person=smile) == []

    def laugh(elapsed):
        part = ramp(elapsed, 2.0, 0.3, 0.5, 0.3)
        return {"jaw_open": 0.03 + 0.15 * part, "mouth_gap": 0.02 + 0.2 * part}

    assert kinds(laugh) == []


def test_rest_and_progress_tell_the_window_where_the_person_is():
    person, detector = Person(), ActionDetector()
    assert detector.neutral is None
    assert not detector.at_rest
    for index in range(30):
        detector.feed(facts(index / 30, person))
    assert detector.at_rest
    assert detector.neutral.yaw == pytest.approx(1.0)
    assert detector.progress(Action.TURN_LEFT) < 0.1
    detector.feed(facts(1.03, person, yaw=10.0))
    halfway = detector.progress(Action.TURN_LEFT)
    assert 0.4 < halfway < 0.9
    assert detector.progress(Action.TURN_RIGHT) == 0
    detector.feed(facts(1.07, person, yaw=25.0))
    assert detector.progress(Action.TURN_LEFT) == 1
    assert not detector.at_rest
    detector.feed(facts(1.1, person, **eyes(person, 1, 1)))
    assert detector.progress(Action.BLINK) == 1


def test_every_action_has_its_event():
    actions = {kind: ActionEvent(kind, 0.0, 1.0, 0, 1, 1.0, complete=True).action for kind in EventKind}
    assert actions.pop(EventKind.WINK) is None
    assert sorted(actions.values()) == sorted(Action)
