"""The cells around the face that go with a few frames: what they hold, and what they must not."""

import cv2
import numpy as np
import pytest

from loanapp.capture.around_face import look_around
from loanapp.capture.evidence_recorder import EvidenceRecorder
from loanapp.domain.liveness import Action, SourceKind
from loanapp.vision.evidence import MOST_FRAMES, unpack_evidence
from loanapp.vision.surroundings import MOST_SURROUNDINGS_BYTES, read_surroundings
from tests.loanapp.capture.test_face_crop import digit, face_at, room, shapes

_CM = 300.0 / 17.7


def test_cells_are_the_means_of_what_is_there():
    frame = np.zeros((720, 1280, 3), np.uint8)
    frame[:, 640:] = 200
    found = look_around(frame, face_at())
    grid = found.grid()
    assert found.cell >= 300 / 6
    edge = 640 / found.cell - found.column
    assert grid[:, : int(edge)].max() == 0
    assert grid[:, int(np.ceil(edge)) :].min() == 200
    assert grid[0, int(edge)] == pytest.approx(200 * (1 - edge % 1), abs=3)


def test_they_reach_the_edge_of_a_sheet_and_no_further_than_agreed():
    found = look_around(np.zeros((1080, 1920, 3), np.uint8), face_at(960.0, 540.0))
    left = (found.column * found.cell - found.box[0]) / found.side
    right = ((found.column + found.columns) * found.cell - found.box[2]) / found.side
    assert -1.4 <= left <= -1.2
    assert 1.2 <= right <= 1.4


@pytest.mark.parametrize(("centimetres", "farther"), [(5.0, 1.0), (10.0, 2.0), (10.0, 1.5)])
def test_door_number_cannot_be_read_from_the_cells(centimetres, farther):
    """Not even one digit, by one who knows typeface and size; ``farther``: how much than the face it is away."""
    centimetres /= farther  # as large as it looks
    random, face, count, read = np.random.default_rng(5), face_at(), 60, 0
    cell = look_around(room(random), face).cell
    known = [
        cv2.resize(one, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
        for one in shapes(centimetres * _CM, cell)
    ]
    for _ in range(count):
        number = int(random.integers(10))
        plate = digit(number, centimetres * _CM)
        x, y = int(random.integers(200, 480 - plate.shape[1])), int(random.integers(100, 620 - plate.shape[0]))
        found = look_around(room(random, plate, x, y), face)
        seen = cv2.resize(found.grid(), None, fx=cell / 8, fy=cell / 8, interpolation=cv2.INTER_CUBIC)
        left = seen[:, : seen.shape[1] // 2 - round(130 / 8)].astype(np.float32)
        fits = [one for one in known if one.shape[0] <= left.shape[0] and one.shape[1] <= left.shape[1]]
        assert len(fits) == 10
        read += int(np.argmax([cv2.matchTemplate(left, one, cv2.TM_CCOEFF_NORMED).max() for one in fits])) == number
    assert read <= 0.35 * count, "by chance it is a tenth"


def test_a_face_that_goes_back_does_not_make_them_finer():
    frame = np.zeros((720, 1280, 3), np.uint8)
    near = look_around(frame, face_at(height=400))
    far = look_around(frame, face_at(height=200), least_cell=near.cell)
    assert far.cell == near.cell


def test_where_no_whole_cell_is_in_reach_there_are_none():
    assert look_around(np.zeros((60, 60, 3), np.uint8), face_at(30.0, 30.0, height=600)) is None
    assert look_around(np.zeros((720, 1280, 3), np.uint8), face_at(-2000.0, 360.0)) is None


@pytest.mark.parametrize("fps", [4, 10, 15, 30])
def test_an_attempt_carries_a_few_of_them_a_second_and_little_in_all(fps, make_challenge):
    frame = np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8)
    recorder, challenge = EvidenceRecorder(), make_challenge(Action.BLINK)
    face = face_at(300.0, 190.0, height=160)
    for index in range(2 * fps):
        recorder.add(frame, face, index / fps)
    recorder.start(challenge)
    for index in range(2 * fps, 8 * fps):
        recorder.add(frame, face, index / fps)
    recorder.window(Action.BLINK, 2.0, 7.0)
    frames = unpack_evidence(recorder.pack(challenge, SourceKind.CAMERA)).frames
    with_cells = [one for one in frames if one.around]
    assert len(with_cells) >= 0.9 * min(3, fps) * 8 - 1
    assert np.diff([one.time_ms for one in with_cells]).min() >= 200
    assert sum(len(one.around) for one in frames) < 40_000
    assert MOST_FRAMES * MOST_SURROUNDINGS_BYTES < 100_000, "whatever a client does"
    assert len({read_surroundings(one.around).cell for one in with_cells}) == 1


def test_none_are_taken_once_the_colours_come(make_challenge):
    """Nobody reads them: what is not needed does not leave."""
    frame, face = np.full((360, 640, 3), 90, np.uint8), face_at(300.0, 190.0, height=160)
    recorder, challenge = EvidenceRecorder(), make_challenge(Action.BLINK)
    recorder.start(challenge)
    for index in range(60):
        if index == 30:
            recorder.light_up(index / 15)
        recorder.add(frame, face, index / 15)
    frames = unpack_evidence(recorder.pack(challenge, SourceKind.CAMERA)).frames
    times = [one.time_ms for one in frames if one.around]
    assert times
    assert max(times) < 2000 <= frames[-1].time_ms
    recorder.start(challenge)
    recorder.add(frame, face, 5.0)
    assert unpack_evidence(recorder.pack(challenge, SourceKind.CAMERA)).frames[-1].around
