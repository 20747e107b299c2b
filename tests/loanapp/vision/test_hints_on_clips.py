"""Hints on footage of real people, which is no part of this project: the folder is named by ``LOANAPP_CLIPS``."""

import os
from pathlib import Path

import pytest

from loanapp.capture.video_analysis import analyse_video
from loanapp.domain.liveness import HintCode

COVERINGS = {HintCode.MASK, HintCode.HAND_ON_FACE, HintCode.SUNGLASSES, HintCode.BROWS_COVERED, HintCode.GLARE}
HAND_CLIP, HAND_FRAMES = "woman_hand_over_face.mp4", range(61, 231)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("LOANAPP_CLIPS" not in os.environ, reason="LOANAPP_CLIPS names no folder of real clips"),
]


def covered_frames(report, codes):
    return {
        frame for hint in report.hints if hint.code in codes for frame in range(hint.start_frame, hint.end_frame + 1)
    }


def clip(name):
    path = Path(os.environ["LOANAPP_CLIPS"]) / name
    if not path.exists():
        pytest.skip(f"{name} is not in the folder that LOANAPP_CLIPS names")
    return path


@pytest.mark.timeout(300)
def test_hand_over_the_face_is_reported_where_it_is(face_models):
    report = analyse_video(clip(HAND_CLIP), face_models)
    frames = covered_frames(report, {HintCode.HAND_ON_FACE})
    inside = len(frames & set(HAND_FRAMES)) / len(HAND_FRAMES)
    outside = len(frames - set(HAND_FRAMES)) / (report.frames - len(HAND_FRAMES))
    assert inside >= 0.8
    assert outside <= 0.05


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "name",
    [
        *("man_frontal_blink.mp4", "man_glasses_backlit_blinks.mp4", "man_mouth_wide_blinks.mp4"),
        *("man_smile_blink.mp4", "man_then_no_face.mov", "woman_dim_wink_turn_mouth.mp4"),
        "woman_distance_blinks.mp4",
    ],
)
def test_bare_faces_are_not_called_covered(face_models, name):
    report = analyse_video(clip(name), face_models)
    assert len(covered_frames(report, COVERINGS)) <= 0.03 * report.frames
