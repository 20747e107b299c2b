import sys
import threading

import cv2
import numpy as np
import pytest

from loanapp.capture.mailbox import Mailbox
from loanapp.capture.sources import CameraError, CameraInfo, CameraSource, VideoFileSource, in_order, list_cameras
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Action, SourceKind


@pytest.fixture
def video(tmp_path):
    """Thirty frames at 20 a second whose brightness counts them."""
    path = tmp_path / "counted.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (64, 48))
    for index in range(30):
        writer.write(np.full((48, 64, 3), index * 8, np.uint8))
    writer.release()
    return path


class Time:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def number(frame):
    return round(float(frame.image.mean()) / 8)


def test_video_plays_in_real_time(video):
    clock = Time()
    source = VideoFileSource(video, clock=clock, sleep=clock.sleep)
    source.open()
    frames = [source.read() for _ in range(10)]
    assert [number(frame) for frame in frames] == list(range(10))
    assert [frame.time_s for frame in frames] == pytest.approx([100 + index / 20 for index in range(10)])
    assert clock.now == pytest.approx(100.45)
    source.close()


def test_late_reader_skips_frames(video):
    clock = Time()
    source = VideoFileSource(video, clock=clock, sleep=clock.sleep)
    source.open()
    source.read()
    clock.now += 0.5
    frame = source.read()
    assert number(frame) == 10
    assert frame.sequence == 1
    clock.now += 10
    assert source.read() is None
    source.close()


def test_unpaced_video_gives_every_frame_and_ends(video):
    source = VideoFileSource(video, paced=False)
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    assert [number(frame) for frame in frames] == list(range(30))
    assert source.fps == 20
    assert source.kind is SourceKind.VIDEO_FILE
    assert source.name == "counted.avi"
    source.prompt(Action.BLINK)
    source.close()
    source.close()


def test_opening_again_starts_again(video):
    source = VideoFileSource(video, paced=False)
    for _ in range(2):
        source.open()
        assert number(source.read()) == 0
    source.close()
    with pytest.raises(CameraError):
        source.read()


@pytest.mark.parametrize("content", [None, b"", b"not a video at all" * 50])
def test_unreadable_video_says_so(tmp_path, content):
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CameraError) as caught:
        VideoFileSource(path).open()
    assert caught.value.code is ErrorCode.VIDEO_UNREADABLE


def test_camera_that_is_not_there():
    source = CameraSource(CameraInfo(61, "no such camera"))
    assert source.name == "no such camera"
    assert CameraSource(61).name == "61"
    with pytest.raises(CameraError) as caught:
        source.open()
    assert caught.value.code is ErrorCode.CAMERA_NOT_FOUND
    with pytest.raises(CameraError) as caught:
        source.read()
    assert caught.value.code is ErrorCode.CAMERA_LOST
    source.prompt(None)
    source.close()


def test_cameras_are_listed_once_each():
    cameras = list_cameras()
    assert len({camera.index for camera in cameras}) == len(cameras)


def test_mailbox_keeps_only_the_newest():
    box = Mailbox()
    assert box.take(0.0) is None
    for number_ in range(5):
        box.put(number_)
    assert box.take(0.0) == 4
    assert box.take(0.0) is None


def test_mailbox_wakes_its_reader():
    box, got = Mailbox(), []
    reader = threading.Thread(target=lambda: got.extend([box.take(5.0), box.take(5.0)]))
    reader.start()
    box.put("frame")
    while not got and reader.is_alive():
        if len(got) == 1:
            break
        box.close()
    reader.join(2)
    assert not reader.is_alive()


def test_first_camera_is_a_colour_camera():
    infrared, virtual, plain, grey = (
        CameraInfo(index, name)
        for index, name in enumerate(("HP IR Camera", "OBS Virtual Camera", "HD Webcam", "Cam 2"))
    )
    assert in_order([infrared, virtual, plain, grey]) == [plain, grey, infrared, virtual]
    assert in_order([grey, infrared, virtual, plain], infrared={grey}) == [plain, grey, infrared, virtual]
    assert (infrared.infrared, infrared.virtual) == (True, False)
    assert (virtual.infrared, virtual.virtual) == (False, True)
    assert (plain.infrared, plain.virtual) == (False, False)
    assert in_order([]) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no device files")
@pytest.mark.parametrize(("allowed", "code"), [(True, ErrorCode.CAMERA_BUSY), (False, ErrorCode.CAMERA_FORBIDDEN)])
def test_camera_that_the_system_forbids_is_told_from_one_in_use(tmp_path, monkeypatch, allowed, code):
    monkeypatch.setattr("loanapp.capture.sources._DEVICES", tmp_path)
    # Whoever runs the tests may be allowed everything.
    monkeypatch.setattr("loanapp.capture.sources.os.access", lambda path, mode: allowed)
    (tmp_path / "video61").touch()
    with pytest.raises(CameraError) as caught:
        CameraSource(CameraInfo(61, "webcam")).open()
    assert caught.value.code is code
