import threading
import time

import numpy as np
import pytest

from loanapp.capture.sources import CameraError, CameraInfo, Frame
from loanapp.capture.thumbnails import CameraThumbnails
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import SourceKind

COLOUR, GREY, BUSY, BROKEN = (
    CameraInfo(index, name) for index, name in enumerate(("webcam", "二号", "busy", "broken"))
)


class Cameras:
    """Fake devices: which are open now, and how often each was opened."""

    def __init__(self):
        self.open_now, self.opened, self.most = set(), [], 0
        self.lock = threading.Lock()

    def __call__(self, camera):
        return FakeCamera(self, camera)


class FakeCamera:
    kind = SourceKind.CAMERA

    def __init__(self, cameras, camera):
        self.cameras, self.camera, self.name = cameras, camera, camera.name
        self.count = 0

    def open(self):
        if self.camera is BUSY:
            raise CameraError(ErrorCode.CAMERA_BUSY)
        if self.camera is BROKEN:
            raise OSError("driver")
        with self.cameras.lock:
            self.cameras.open_now.add(self.camera)
            self.cameras.opened.append(self.camera)
            self.cameras.most = max(self.cameras.most, len(self.cameras.open_now))

    def read(self):
        time.sleep(0.005)
        self.count += 1
        image = np.random.default_rng(self.count).integers(60, 90, (72, 128, 3), np.uint8)
        image[..., 0] += 40
        if self.camera is GREY:
            image = np.repeat(image[..., :1], 3, axis=2)
        return Frame(image, time.monotonic(), self.count)

    def prompt(self, action):
        pass

    def illuminate(self, colour):
        pass

    def close(self):
        with self.cameras.lock:
            self.cameras.open_now.discard(self.camera)


@pytest.fixture
def cameras():
    return Cameras()


def wait_for(condition):
    until = time.monotonic() + 8
    while not condition():
        assert time.monotonic() < until, "never came"
        time.sleep(0.01)


def test_every_camera_is_seen_one_after_another(cameras, expect_log):
    expect_log("a camera failed: OSError")
    thumbnails = CameraThumbnails((COLOUR, GREY, BUSY, BROKEN), cameras, look_s=0.05)
    assert [one.image for one in thumbnails.latest()] == [None] * 4
    assert cameras.opened == [], "no camera opens by itself"
    thumbnails.start()
    thumbnails.start()
    wait_for(lambda: len(cameras.opened) >= 5)
    colour, grey, busy, broken = thumbnails.latest()
    assert colour.image.shape == (135, 240, 3)
    assert (colour.infrared, colour.error) == (False, None)
    assert grey.image is not None
    assert grey.infrared, "its picture says so, whatever its name"
    assert (busy.image, busy.error.code) == (None, ErrorCode.CAMERA_BUSY)
    assert broken.error.code is ErrorCode.CAMERA_LOST
    thumbnails.stop()
    assert cameras.most == 1, "never two at once"
    assert not cameras.open_now
    assert all(one.image is None and one.error is None for one in thumbnails.latest())
    thumbnails.stop()
    thumbnails.start()
    assert threading.active_count() == 1 or not any(one.name == "capture-thumbnails" for one in threading.enumerate())


def test_an_only_camera_stays_open(cameras):
    thumbnails = CameraThumbnails((COLOUR,), cameras, look_s=0.05)
    thumbnails.start()
    wait_for(lambda: thumbnails.latest()[0].image is not None)
    first = thumbnails.latest()[0].image
    wait_for(lambda: not np.array_equal(thumbnails.latest()[0].image, first))
    time.sleep(0.2)
    thumbnails.stop()
    assert cameras.opened == [COLOUR]


def test_without_cameras_there_is_nothing_to_do(cameras):
    thumbnails = CameraThumbnails((), cameras)
    thumbnails.start()
    assert thumbnails.latest() == ()
    thumbnails.stop()
