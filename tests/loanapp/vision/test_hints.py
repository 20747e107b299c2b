import cv2
import numpy as np
import pytest

from loanapp.domain.liveness import HintCode
from loanapp.resource_files import read_toml
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.hint_filter import HintFilter
from loanapp.vision.hints import hint_for, hints_for
from loanapp.vision.light_meter import light_level

WIDTH, HEIGHT = 640, 480


def scene(portrait, *, face_width=150, centre=(0.5, 0.5), light=1.0, ground=110):
    """The portrait's head in a room: ``face_width`` in pixels, its middle at ``centre`` of the frame."""
    scale = face_width / 93
    image = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
    matrix = np.float32([[scale, 0, centre[0] * WIDTH - 225 * scale], [0, scale, centre[1] * HEIGHT - 124 * scale]])
    cv2.warpAffine(portrait, matrix, (WIDTH, HEIGHT), dst=image, borderMode=cv2.BORDER_TRANSPARENT)
    return cv2.convertScaleAbs(image, alpha=light)


@pytest.fixture
def look(face_models):
    def facts_of(image, time_s=0.0):
        analyser = FrameAnalyser(face_models)
        for _ in range(9):
            facts = analyser.analyse(image, time_s)
            if facts.face is not None:
                break
        return facts

    return facts_of


def test_facts_of_a_good_frame(look, portrait):
    facts = look(scene(portrait))
    assert facts.size == (WIDTH, HEIGHT)
    assert facts.faces == 1
    assert hint_for(facts) is None
    assert 0.15 < facts.eye_distance_ratio < 0.3
    assert facts.centre_offset < 0.05
    assert facts.cut_off == 0
    assert facts.eye_open_left == pytest.approx(facts.eye_open_right, rel=0.35)
    assert light_level(facts) > 0.9


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"face_width": 70}, HintCode.TOO_FAR),
        ({"face_width": 400}, HintCode.TOO_NEAR),
        ({"centre": (0.2, 0.5)}, HintCode.OFF_CENTRE),
        ({"centre": (0.5, 0.83)}, HintCode.OFF_CENTRE),
        ({"light": 0.18}, HintCode.TOO_DARK),
    ],
)
def test_each_fault_has_its_hint(look, portrait, changes, expected):
    assert hint_for(look(scene(portrait, **changes))) is expected


def test_place_is_relative_to_the_frame_not_in_pixels(look, portrait):
    small = cv2.resize(scene(portrait), (320, 240), interpolation=cv2.INTER_AREA)
    large = cv2.resize(scene(portrait), (1280, 960))
    assert hint_for(look(small)) is hint_for(look(large)) is None
    ratio = look(scene(portrait)).eye_distance_ratio
    assert look(small).eye_distance_ratio == pytest.approx(ratio, rel=0.05)
    assert look(large).eye_distance_ratio == pytest.approx(ratio, rel=0.05)


def test_black_picture_and_empty_room(look):
    assert hint_for(look(np.zeros((HEIGHT, WIDTH, 3), np.uint8))) is HintCode.CAMERA_BLACK
    room = np.random.default_rng(2).integers(60, 120, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    assert hint_for(look(room)) is HintCode.NO_FACE


def test_two_people_come_before_light(look, portrait):
    half = portrait[20:276, 96:352]
    image = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
    image[100:356, 30:286] = half
    image[100:356, 340:596] = half
    assert next(hints_for(look(image))) is HintCode.SEVERAL_FACES


def test_turned_head_matters_before_the_start_only(look, portrait):
    image = cv2.warpAffine(
        scene(portrait),
        cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 32, 1),
        (WIDTH, HEIGHT),
        borderValue=(110,) * 3,
    )
    facts = look(image)
    assert hint_for(facts) is HintCode.TILTED
    assert hint_for(facts, pose=False) is None


class Stream:
    """Feeds a filter at 30 a second."""

    def __init__(self):
        self.filter = HintFilter()
        self.time_s = 0.0

    def show(self, facts, seconds):
        from dataclasses import replace

        shown = []
        for _ in range(round(seconds * 30)):
            shown.append(self.filter.feed(replace(facts, time_s=self.time_s)))
            self.time_s += 1 / 30
        return shown


def test_hint_stays_long_enough_to_read_and_single_frames_show_nothing(look, portrait):
    good, far = look(scene(portrait)), look(scene(portrait, face_width=70))
    stream = Stream()
    assert set(stream.show(good, 0.5)) == {None}
    assert set(stream.show(far, 0.1) + stream.show(good, 0.5)) == {None}
    stream.show(far, 0.5)
    shown = stream.show(good, 2.0)
    hold = read_toml("vision", "thresholds.toml")["hysteresis"]["hold_seconds"]
    assert hold >= 1
    assert shown.count(HintCode.TOO_FAR) / 30 >= hold - 0.25
    assert shown[-1] is None
    assert stream.filter.clean_seconds(stream.time_s) == pytest.approx(2.0, abs=0.1)


def test_more_important_hint_replaces_at_once_and_lesser_waits(look, portrait):
    far, empty = look(scene(portrait, face_width=70)), look(np.full((HEIGHT, WIDTH, 3), 90, np.uint8))
    stream = Stream()
    stream.show(far, 0.5)
    assert stream.show(empty, 0.4)[-1] is HintCode.NO_FACE
    lesser = stream.show(far, 2.0)
    assert lesser[0] is HintCode.NO_FACE
    assert lesser[-1] is HintCode.TOO_FAR


def test_hint_does_not_flicker_at_its_threshold(look, portrait):
    from dataclasses import replace

    facts = look(scene(portrait))
    limit = read_toml("vision", "thresholds.toml")["place"]["far"]
    just_under, just_over = (
        replace(facts, eye_distance_ratio=limit * 0.99),
        replace(facts, eye_distance_ratio=limit * 1.02),
    )
    assert hint_for(just_under) is HintCode.TOO_FAR
    assert hint_for(just_over) is None
    assert hint_for(just_over, shown=HintCode.TOO_FAR) is HintCode.TOO_FAR
