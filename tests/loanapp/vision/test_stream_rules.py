"""What contradicts a camera, or is not told of it, is for a person to look at."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from loanapp.domain.liveness import SourceKind, VerdictOutcome, VerdictReason
from loanapp.vision.case import open_case
from loanapp.vision.evidence import DeviceFacts, EvidenceHeader
from loanapp.vision.observation import Seen
from loanapp.vision.stream_rules import judge_stream

CAMERA = DeviceFacts("Integrated Webcam", 1280, 720, 30.0, 0, 900, virtual=False, changed=False)


def judged(device, make_challenge, *, source=SourceKind.CAMERA, interval_ms=67, pictures=None):
    random = np.random.default_rng(2)
    seen = Seen(
        times_ms=list(range(0, 60 * interval_ms, interval_ms)),
        fingerprints=pictures or [random.normal(128, 20, 4675).astype(np.float32) for _ in range(60)],
    )
    header = EvidenceHeader("session-1", "application-1", "bm9uY2U", source, (), device=device)
    case = open_case(header, make_challenge(), datetime.now(UTC))
    judge_stream(case, seen)
    return case.book


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"virtual": True}, "camera_is_a_device"),
        ({"camera": "OBS Virtual Camera"}, "camera_is_a_device"),
        ({"changed": True}, "camera_kept"),
        ({"frames_a_second": 8.0}, "frames_over_camera"),
        ({"height": 90}, "camera_pixels"),
    ],
)
def test_what_contradicts_a_camera_is_for_a_person_to_look_at(make_challenge, changes, rule):
    book = judged(replace(CAMERA, **changes), make_challenge)
    assert book.outcome is VerdictOutcome.REVIEW
    assert book.reasons == (VerdictReason.STREAM_IRREGULAR,)
    assert [one.name for one in book.rules if not one.passed] == [rule]


def test_a_usual_camera_passes(make_challenge):
    book = judged(CAMERA, make_challenge)
    assert book.outcome is VerdictOutcome.PASSED
    assert all(rule.passed for rule in book.rules)


@pytest.mark.parametrize("device", [None, replace(CAMERA, frames_a_second=0.0)])
def test_a_camera_that_nothing_is_told_of_is_for_a_person_to_look_at(make_challenge, device):
    book = judged(device, make_challenge)
    assert book.outcome is VerdictOutcome.REVIEW
    assert [one.name for one in book.rules if not one.passed] == ["camera_told"]
    assert judged(device, make_challenge, source=SourceKind.DEMONSTRATION).outcome is VerdictOutcome.PASSED


def test_times_without_any_spread_are_only_noted(make_challenge):
    book = judged(replace(CAMERA, interval_spread_us=0), make_challenge)
    assert book.outcome is VerdictOutcome.PASSED
    assert [one.name for one in book.rules if not one.passed] == ["camera_interval_spread_us"]


def test_names_mean_nothing_where_frames_are_no_cameras(make_challenge):
    device = replace(CAMERA, camera="OBS Virtual Camera", interval_spread_us=0)
    assert judged(device, make_challenge, source=SourceKind.DEMONSTRATION).outcome is VerdictOutcome.PASSED


def test_more_frames_than_the_client_takes_are_irregular(make_challenge):
    book = judged(None, make_challenge, interval_ms=33)
    assert book.outcome is VerdictOutcome.REVIEW
    assert VerdictReason.STREAM_IRREGULAR in book.reasons


def test_a_picture_that_stands_still_for_most_of_the_time_is_to_be_tried_again(make_challenge):
    random = np.random.default_rng(2)
    one = [random.normal(128, 20, 4675).astype(np.float32)]
    book = judged(CAMERA, make_challenge, pictures=one * 60)
    assert book.outcome is VerdictOutcome.RETRY
    assert book.reasons == (VerdictReason.STREAM_IRREGULAR,)
