"""Each hint: that it comes where its value is past its limit, not just before, and does not flicker there."""

from dataclasses import replace

import pytest

from loanapp.domain.liveness import Action, HintCode
from loanapp.resource_files import read_toml
from loanapp.vision.asked_action import ActionWatch, AskedAction
from loanapp.vision.covering import Covering
from loanapp.vision.hint_filter import HintFilter
from loanapp.vision.hints import hints_for
from tests.loanapp.vision.test_actions import Person
from tests.loanapp.vision.test_actions import facts as facts_of

LIMITS = read_toml("vision", "thresholds.toml")
SHARE = LIMITS["hysteresis"]["share"]


@pytest.fixture
def good():
    """A frame with nothing to change."""
    return replace(facts_of(10.0, Person(yaw=0.0, pitch=0.0)), frame_rate=30.0)


def limit(table, name):
    return float(LIMITS[table][name])


# Code, what changes with the value, its limit, whether the hint comes above it.
SINGLE = [
    (HintCode.CAMERA_FROZEN, lambda v: {"frozen_s": v}, limit("stream", "frozen_seconds"), True),
    (HintCode.CAMERA_BLACK, lambda v: {"frame_luma": v, "frame_spread": 2.0}, limit("light", "black_mean"), False),
    (HintCode.CAMERA_SLOW, lambda v: {"frame_rate": v}, limit("stream", "slow_rate"), False),
    (HintCode.ANOTHER_FACE, lambda v: {"likeness": v}, limit("stream", "another_face"), False),
    (HintCode.TOO_DARK, lambda v: {"face_light": v}, limit("light", "dark_face"), False),
    (HintCode.TOO_DARK, lambda v: {"face_light": v, "background_luma": 30.0}, limit("light", "dim_face"), False),
    (HintCode.TOO_BRIGHT, lambda v: {"face_light": v}, limit("light", "bright_face"), True),
    (HintCode.TOO_BRIGHT, lambda v: {"face_blown": v}, limit("light", "blown"), True),
    (HintCode.BACKLIT, lambda v: {"face_light": 90.0, "background_luma": 90 * v}, limit("light", "backlit"), True),
    (HintCode.UNEVEN_LIGHT, lambda v: {"cheek_ratio": v}, limit("light", "uneven"), False),
    (HintCode.CUT_OFF, lambda v: {"cut_off": v}, limit("place", "cut_off"), True),
    (HintCode.TOO_FAR, lambda v: {"eye_distance_ratio": v}, limit("place", "far"), False),
    (HintCode.TOO_NEAR, lambda v: {"eye_distance_ratio": v}, limit("place", "near"), True),
    (HintCode.OFF_CENTRE, lambda v: {"centre_offset": v}, limit("place", "off_centre"), True),
    (HintCode.MASK, lambda v: {"covering": Covering(mask=v)}, 1.0, True),
    (HintCode.HAND_ON_FACE, lambda v: {"covering": Covering(hand=v)}, 1.0, True),
    (HintCode.SUNGLASSES, lambda v: {"covering": Covering(sunglasses=v)}, 1.0, True),
    (HintCode.BROWS_COVERED, lambda v: {"covering": Covering(brows=v)}, 1.0, True),
    (HintCode.GLARE, lambda v: {"covering": Covering(glare=v)}, 1.0, True),
    (HintCode.TILTED, lambda v: {"roll": -v}, limit("pose", "frontal_roll"), True),
    (HintCode.NOT_FRONTAL, lambda v: {"yaw": -v}, limit("pose", "frontal_yaw"), True),
    (HintCode.NOT_FRONTAL, lambda v: {"pitch": v}, limit("pose", "frontal_pitch"), True),
    (HintCode.EYES_CLOSED, lambda v: {"eyes_closed_s": v}, limit("rest", "eyes_closed_seconds"), True),
    (HintCode.MOUTH_OPEN, lambda v: {"mouth_open_s": v}, limit("rest", "mouth_open_seconds"), True),
    (HintCode.BLURRED, lambda v: {"sharpness": v}, limit("rest", "blurred"), False),
    (HintCode.BLURRED, lambda v: {"sharpness_measured": v}, limit("rest", "surely_blurred"), False),
    (HintCode.MOVING, lambda v: {"motion": v}, limit("rest", "moving"), True),
]
AT_REST_ONLY = {
    *(HintCode.MASK, HintCode.HAND_ON_FACE, HintCode.SUNGLASSES, HintCode.BROWS_COVERED, HintCode.GLARE),
    *(HintCode.TILTED, HintCode.NOT_FRONTAL, HintCode.EYES_CLOSED, HintCode.MOUTH_OPEN),
    *(HintCode.BLURRED, HintCode.MOVING),
}


def test_good_frame_has_no_hint(good):
    assert list(hints_for(good)) == []


@pytest.mark.parametrize(("code", "change", "at", "above"), SINGLE)
def test_each_hint_comes_past_its_limit_and_stays_a_little_on_the_other_side(good, code, change, at, above):
    past, just_before, well_before = (at * (1 + part * (1 if above else -1)) for part in (0.02, -SHARE / 2, -SHARE * 2))
    assert list(hints_for(replace(good, **change(past)))) == [code]
    assert list(hints_for(replace(good, **change(just_before)))) == []
    assert list(hints_for(replace(good, **change(just_before)), held=[code])) == [code]
    assert list(hints_for(replace(good, **change(well_before)), held=[code])) == []


def test_who_is_there(good):
    assert list(hints_for(replace(good, face=None, faces=0))) == [HintCode.NO_FACE]
    assert list(hints_for(replace(good, faces=2))) == [HintCode.SEVERAL_FACES]


def asked(**changes):
    return AskedAction(**{"action": Action.TURN_LEFT, "now": 0.0, "furthest": 0.0} | changes)


def test_hints_about_an_asked_action(good):
    assert list(hints_for(good, asked=asked())) == []
    assert list(hints_for(good, asked=asked(opposite=0.7))) == [HintCode.WRONG_DIRECTION]
    assert list(hints_for(good, asked=asked(furthest=0.6, since_furthest_s=0.4))) == []
    assert list(hints_for(good, asked=asked(furthest=0.6, since_furthest_s=2.0))) == [HintCode.ACTION_TOO_SMALL]
    assert list(hints_for(good, asked=asked(furthest=1.0, since_furthest_s=2.0))) == []
    assert list(hints_for(good, asked=asked(furthest=0.1, since_furthest_s=9.0))) == []


def test_covering_posture_and_expression_do_not_nag_during_an_action(good):
    for code, change, at, above in SINGLE:
        facts = replace(good, **change(at * (1.5 if above else 0.5)))
        assert code in set(hints_for(facts))
        assert (code in set(hints_for(facts, asked=asked()))) is (code not in AT_REST_ONLY)
        assert (code in set(hints_for(facts, pose=False))) is (code not in AT_REST_ONLY)


def test_every_code_can_be_given():
    seen = {code for code, *_ in SINGLE} | {HintCode.NO_FACE, HintCode.SEVERAL_FACES}
    assert seen | {HintCode.WRONG_DIRECTION, HintCode.ACTION_TOO_SMALL} == set(HintCode)


def test_all_at_once_come_in_the_order_of_importance(good):
    worst = {}
    for code, change, at, above in SINGLE:
        if code not in {HintCode.CAMERA_BLACK, HintCode.TOO_BRIGHT, HintCode.TOO_NEAR}:
            worst |= {name: value for name, value in change(at * (3 if above else 0.3)).items() if name != "covering"}
    covering = Covering(mask=2, hand=2, sunglasses=2, brows=2, glare=2)
    found = list(hints_for(replace(good, **worst, covering=covering, faces=2)))
    order = list(HintCode)
    assert found == sorted(found, key=order.index)
    assert len(found) > 15


def test_progress_of_an_asked_action_is_followed():
    watch = ActionWatch()
    course = [(0.0, 0.0), (0.1, 0.4), (0.2, 0.3), (0.3, 0.1), (1.5, 0.0)]
    seen = [watch.feed(time, Action.TURN_LEFT, lambda action, v=value: v) for time, value in course]
    assert [one.furthest for one in seen] == [0.0, 0.4, 0.4, 0.4, 0.4]
    assert seen[-1].since_furthest_s == pytest.approx(1.4)
    assert watch.feed(1.6, None, lambda action: 1.0) is None
    other = watch.feed(1.7, Action.TURN_RIGHT, lambda action: 0.8 if action is Action.TURN_LEFT else 0.0)
    assert (other.opposite, other.furthest) == (0.8, 0.0)
    assert watch.feed(1.8, Action.BLINK, lambda action: 0.9).opposite == 0.0


def test_alternating_hints_do_not_keep_each_other_away(good):
    """Off centre all the time, too far in every other frame: something is said."""
    filter_ = HintFilter()
    for number in range(20):
        far = 0.105 if number % 2 else 0.2
        shown = filter_.feed(replace(good, time_s=10 + number / 30, centre_offset=0.4, eye_distance_ratio=far))
    assert shown in {HintCode.OFF_CENTRE, HintCode.TOO_FAR}
    assert filter_.clean_seconds(10.7) == 0
