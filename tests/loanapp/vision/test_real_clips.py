"""Blinks of real people, at the clips' own rate and as the evidence keeps them; footage outside the project."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from loanapp.capture.evidence_recorder import Sampler, encode_crop
from loanapp.vision.actions import ActionDetector
from loanapp.vision.events import EventKind
from loanapp.vision.frame_analysis import FrameAnalyser

# What the clips show, frames by eye: blinks, and what must not be called one.
CLIPS = {
    "man_smile_blink.mp4": ([(26, 28)], []),
    "man_then_no_face.mov": ([(26, 28)], []),
    "woman_hand_over_face.mp4": ([], [248, 288]),
    "man_frontal_blink.mp4": ([(64, 67)], []),
    "woman_dim_wink_turn_mouth.mp4": ([], [*range(8, 21)]),
    "man_glasses_backlit_blinks.mp4": ([(42, 46), (78, 82), (102, 104), (314, 317)], []),
    "man_mouth_wide_blinks.mp4": ([(94, 97), (186, 187)], []),
    "woman_distance_blinks.mp4": ([(69, 74), (214, 219), (260, 266)], []),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("LOANAPP_CLIPS"), reason="LOANAPP_CLIPS names no folder with the evaluation clips"
    ),
]


@pytest.mark.parametrize("name", CLIPS)
def test_every_listed_blink_is_found_at_both_rates_and_nothing_else_counted(name, face_models):
    capture = cv2.VideoCapture(str(Path(os.environ["LOANAPP_CLIPS"]) / name))
    fps = capture.get(cv2.CAP_PROP_FPS)
    whole, crops, sampler = FrameAnalyser(face_models), FrameAnalyser(face_models), Sampler()
    streams = {"full": (ActionDetector(), []), "evidence": (ActionDetector(), [])}
    events = {"full": [], "evidence": []}
    number = 0
    while True:
        ok, image = capture.read()
        if not ok:
            break
        facts = whole.analyse(image, number / fps)
        taken = {"full": facts}
        if sampler.takes(number / fps) and facts.face is not None:
            crop = cv2.imdecode(np.frombuffer(encode_crop(image, facts.face), np.uint8), cv2.IMREAD_COLOR)
            taken["evidence"] = crops.analyse(crop, number / fps)
        for stream, seen in taken.items():
            detector, numbers = streams[stream]
            numbers.append(number)
            events[stream] += detector.feed(seen)
        number += 1
    capture.release()
    blinks, never = CLIPS[name]
    for stream, (detector, numbers) in streams.items():
        found = [
            (numbers[event.start_frame], numbers[event.end_frame])
            for event in events[stream] + detector.finish()
            if event.kind is EventKind.BLINK
        ]
        missed = [span for span in blinks if not any(a <= span[1] + 1 and b >= span[0] - 1 for a, b in found)]
        counted = [frame for frame in never if any(a <= frame <= b for a, b in found)]
        assert not missed, (stream, found)
        assert not counted, (stream, found)
