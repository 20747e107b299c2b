"""What the verdict asks of the stream and of what the client tells of its camera."""

import numpy as np

from loanapp.domain.liveness import SourceKind, VerdictOutcome, VerdictReason
from loanapp.vision.camera_names import is_virtual_name
from loanapp.vision.case import Case
from loanapp.vision.observation import Seen
from loanapp.vision.stream_integrity import find_repeats


def judge_stream(case: Case, seen: Seen) -> None:
    """No picture repeats, times are those of a camera, and what is told of the camera does not contradict them."""
    book, limits = case.book, case.limits["stream"]
    irregular, review = VerdictReason.STREAM_IRREGULAR, VerdictOutcome.REVIEW
    repeats = find_repeats(seen.fingerprints, same_below=limits["same_below"])
    book.at_most("frames_looped", repeats.looped, limits["most_looped"], irregular, VerdictOutcome.REFUSED)
    book.at_most("frames_frozen", repeats.frozen, limits["most_frozen"], irregular)
    book.at_most("frames_frozen_sure", repeats.frozen, limits["most_frozen_sure"], irregular, review)
    rate = _rate(seen)
    book.at_most("frames_a_second", rate, limits["most_frames_a_second"], irregular, review)
    device = case.header.device
    if case.header.source_kind is SourceKind.CAMERA:
        told = device is not None and device.frames_a_second > 0
        book.holds("camera_told", true=told, reason=irregular, outcome=review)
    if device is None:
        return
    if case.header.source_kind is SourceKind.CAMERA:
        virtual = device.virtual or is_virtual_name(device.camera)
        book.holds("camera_is_a_device", true=not virtual, reason=irregular, outcome=review)
        # A note alone: some systems hand out frames by a clock of their own.
        book.at_least("camera_interval_spread_us", device.interval_spread_us, limits["least_spread_us"])
    book.holds("camera_kept", true=not device.changed, reason=irregular, outcome=review)
    if device.frames_a_second > 0:
        over = rate / device.frames_a_second
        book.at_most("frames_over_camera", over, limits["most_over_camera"], irregular, review)
    pixels = min(device.width, device.height)
    book.at_least("camera_pixels", pixels, limits["least_camera_pixels"], irregular, review)


def _rate(seen: Seen) -> float:
    """Frames a second, by the middle interval."""
    intervals = np.diff(seen.times_ms)
    return 1000 / float(np.median(intervals)) if len(intervals) else 0.0
