import numpy as np
import pytest

from loanapp.capture.sources import Frame
from loanapp.capture.stream_meter import StreamMeter


def play(meter, times, *, name="HD Webcam", size=(120, 160), still=()):
    random = np.random.default_rng(2)
    image = random.integers(0, 255, (*size, 3), np.uint8)
    for place, now in enumerate(times):
        if place not in still:
            image = image.copy()
            image[-1, -1] = random.integers(0, 255, 3)  # one pixel that a sparse look would miss
        meter.add(Frame(image, now, place), name)


def test_rate_spread_and_repeats_are_measured():
    meter = StreamMeter()
    play(meter, 5 + np.cumsum(np.tile([0.030, 0.036], 50)), still=(10, 11, 40))
    facts = meter.facts()
    assert (facts.camera, facts.width, facts.height) == ("HD Webcam", 160, 120)
    assert facts.frames_a_second == pytest.approx(1 / 0.033, rel=0.01)
    assert facts.interval_spread_us == pytest.approx(3000, rel=0.02)
    assert facts.repeated == 3
    assert (facts.virtual, facts.changed) == (False, False)


def test_an_attempt_counts_from_its_beginning():
    meter = StreamMeter()
    play(meter, np.arange(50) / 10, still=range(1, 50))
    assert meter.still_seconds == pytest.approx(4.9)
    meter.begin()
    play(meter, 5 + np.arange(50) / 20)
    assert meter.facts().repeated == 0
    assert meter.facts().frames_a_second == pytest.approx(20)
    assert meter.still_seconds == 0


@pytest.mark.parametrize("change", [{"size": (240, 320)}, {"name": "OBS Virtual Camera"}])
def test_camera_that_changes_in_the_middle_is_noticed(change):
    meter = StreamMeter()
    play(meter, np.arange(10) / 30)
    meter.begin()
    play(meter, 1 + np.arange(10) / 30)
    assert not meter.facts().changed
    play(meter, 2 + np.arange(10) / 30, **change)
    assert meter.facts().changed
    assert meter.facts().virtual is ("name" in change)


def test_before_the_first_frame_nothing_is_known():
    facts = StreamMeter().facts()
    assert (facts.frames_a_second, facts.repeated, facts.interval_spread_us) == (0, 0, 0)
