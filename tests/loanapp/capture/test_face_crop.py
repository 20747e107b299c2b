"""What leaves of a face's surroundings: light and long edges, nothing to read."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from loanapp.capture.face_crop import SIDE, cell_width, encode_crop, face_crop
from loanapp.vision.evidence import MOST_BYTES, MOST_FRAMES, jpeg_size
from loanapp.vision.face_mesh import Face, FaceMesh

_HEIGHT = 300.0  # of the face in the frame, 17.7 cm
_CM = _HEIGHT / 17.7
_WALL, _PAINT = 70, 225


def face_at(x=640.0, y=360.0, height=_HEIGHT, turn=0.0):
    """An oval of landmarks, ``turn`` radians from upright."""
    angle = np.linspace(0, 2 * np.pi, 468, endpoint=False)
    across, along = 0.37 * height * np.cos(angle), 0.5 * height * np.sin(angle)
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:468, 0] = x + across * np.cos(turn) - along * np.sin(turn)
    landmarks[:468, 1] = y + across * np.sin(turn) + along * np.cos(turn)
    for index, side in ((10, -0.5), (152, 0.5)):  # hairline and chin
        landmarks[index, :2] = x - side * height * np.sin(turn), y + side * height * np.cos(turn)
    landmarks[468:, :2] = x, y
    box = np.concatenate([landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)])
    return Face(landmarks, np.zeros(52, np.float32), box, 1.0)


def digit(number, height):
    """A large digit as on a door plate, 0 to 1, ``height`` pixels high."""
    big = np.zeros((400, 400), np.uint8)
    cv2.putText(big, str(number), (80, 300), cv2.FONT_HERSHEY_SIMPLEX, 8, (255,), 18, cv2.LINE_AA)
    rows, columns = np.where(big > 40)
    cut = big[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    size = (round(cut.shape[1] * height / cut.shape[0]), round(height))
    return cv2.resize(cut, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def room(random, plate=None, x=0, y=0):
    frame = np.full((720, 1280), _WALL, np.float32)
    if plate is not None:
        part = frame[y : y + plate.shape[0], x : x + plate.shape[1]]
        part += plate * (_PAINT - _WALL)
    return cv2.cvtColor(np.clip(frame + random.normal(0, 2, frame.shape), 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def shapes(height, cell):
    """What a reader compares with, who knows typeface and size: each digit, made as coarse as the picture is."""
    made = [np.pad(digit(number, height), round(max(cell, 4))) for number in range(10)]
    return [(cv2.GaussianBlur(one, (0, 0), cell * 0.45) if cell else one)[:, :110] for one in made]


def read_digit(crop, known):
    """The digit that fits best anywhere left of the head."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)[:, :110].astype(np.float32)
    return int(np.argmax([cv2.matchTemplate(grey, shape, cv2.TM_CCOEFF_NORMED).max() for shape in known]))


@pytest.mark.parametrize("centimetres", [5, 10])
def test_door_number_beside_the_head_cannot_be_read_back(centimetres):
    """At the distance of the face itself, where it is largest; a plain crop is read every time."""
    random, face = np.random.default_rng(centimetres), face_at()
    scale = SIDE / (_HEIGHT * 1.8)
    plainly = shapes(centimetres * _CM * scale, 0)
    coarsely = shapes(centimetres * _CM * scale, cell_width(face) * scale)
    sharp, coarse, count = 0, 0, 24
    for _ in range(count):
        number = int(random.integers(10))
        plate = digit(number, centimetres * _CM)
        x = int(random.integers(372, max(373, 500 - plate.shape[1])))
        y = int(random.integers(100, 620 - plate.shape[0]))
        frame = room(random, plate, x, y)
        cut = frame[90:630, 370:910]
        plain = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        crop = cv2.imdecode(np.frombuffer(encode_crop(frame, face), np.uint8), cv2.IMREAD_COLOR)
        sharp += read_digit(plain, plainly) == number
        coarse += read_digit(crop, coarsely) == number
    assert sharp >= 0.9 * count
    assert coarse <= 0.35 * count, "by chance it is a tenth"


def test_a_cell_is_about_three_centimetres_wide_at_the_face():
    for height in np.linspace(60, 600, 50):
        assert 2.9 <= cell_width(face_at(height=height)) / (height / 17.7) <= 4.2


def test_many_frames_of_a_moving_head_tell_no_more_than_one():
    """The cells lie still in the frame: the same place always gives the same mean, wherever the head is."""
    random = np.random.default_rng(0)
    frame = room(random, digit(8, 10 * _CM), 372, 150)
    first = face_crop(frame, face_at())
    scale = SIDE / (_HEIGHT * 1.8)
    for dx, dy in ((18, 0), (0, 18), (36, -18)):
        moved = face_crop(frame, face_at(640 + dx, 360 + dy))
        shift = np.float32([[1, 0, dx * scale], [0, 1, dy * scale]])
        back = cv2.warpAffine(moved, shift, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        ring = np.s_[30:120, 30:60]
        assert np.abs(back[ring].astype(int) - first[ring]).max() <= 4


@pytest.mark.parametrize("turn", [-0.5, 0.0, 0.5])
@pytest.mark.parametrize("place", [(640, 360), (560, 300), (700, 420)])
def test_only_the_face_is_sharp_however_it_is_held(turn, place):
    """Stripes behind the face are gone everywhere but in the face, the hair above it and a margin of 2 cm."""
    frame = np.zeros((720, 1280, 3), np.uint8)
    frame[:, ::8] = frame[:, 1::8] = frame[:, 2::8] = frame[:, 3::8] = 255
    face = face_at(*place, turn=turn)
    crop = face_crop(frame, face)
    spread = (
        cv2.blur(crop[..., 0].astype(np.float32) ** 2, (5, 5)) - cv2.blur(crop[..., 0].astype(np.float32), (5, 5)) ** 2
    )
    sharp = spread > 1000
    middle = np.zeros((SIDE, SIDE), np.uint8)
    scale = SIDE / (1.8 * max(face.box[2] - face.box[0], face.box[3] - face.box[1]))
    points = (face.landmarks[:468, :2] - (face.box[:2] + face.box[2:]) / 2) * scale + SIDE / 2
    cv2.fillConvexPoly(middle, cv2.convexHull(np.round(points).astype(np.int32)), (1,))
    up = points[10] - points[152]
    rise = np.clip(2 * (points - (points[10] + points[152]) / 2) @ up / (up @ up), 0, 1)
    cv2.fillConvexPoly(middle, cv2.convexHull(np.round(points + 0.2 * rise[:, None] * up).astype(np.int32)), (1,))
    allowed = cv2.dilate(middle, np.ones((2 * 21 + 1,) * 2, np.uint8)) > 0
    assert sharp[middle > 0].mean() > 0.95
    assert not sharp[~allowed].any()
    assert (~allowed).mean() > 0.3


def test_edge_of_a_sheet_and_the_light_of_a_colour_stay_measurable():
    random = np.random.default_rng(4)
    frame = room(random)
    frame[:, :430] = 200  # a sheet's edge, 6 cm left of the face
    crop = face_crop(frame, face_at()).astype(float).mean(axis=2)
    step = crop[:, :10].mean() - crop[:, 56:66].mean()
    assert step > 0.8 * (200 - _WALL)
    tinted = room(random).astype(np.float32) * (1.0, 1.02, 1.04)
    ring = np.s_[:, :40]
    before = face_crop(room(random), face_at())[ring].mean(axis=(0, 1))
    after = face_crop(np.clip(np.rint(tinted), 0, 255).astype(np.uint8), face_at())[ring].mean(axis=(0, 1))
    assert after / before == pytest.approx([1.0, 1.02, 1.04], abs=0.006)


def test_lender_reads_the_same_landmarks(face_models, portrait):
    image = cv2.resize(portrait, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    (face,) = FaceMesh(face_models).find(image)
    crop = cv2.imdecode(np.frombuffer(encode_crop(image, face), np.uint8), cv2.IMREAD_COLOR)
    (again,) = FaceMesh(face_models).find(crop)
    scale = SIDE / (1.8 * max(face.box[2] - face.box[0], face.box[3] - face.box[1]))
    expected = (face.landmarks[:, :2] - (face.box[:2] + face.box[2:]) / 2) * scale + SIDE / 2
    eyes = np.linalg.norm(expected[33] - expected[263])
    assert np.linalg.norm(again.landmarks[:, :2] - expected, axis=1).mean() < 0.02 * eyes


@pytest.mark.parametrize(
    "face",
    [face_at(), face_at(100, 80), face_at(1270, 700), face_at(height=800), face_at(4, 4, 4), face_at(-90, -90, 120)],
)
def test_crop_is_a_bounded_square_in_the_picture_that_jpeg_likes_least(face):
    noise = np.random.default_rng(5).integers(0, 255, (720, 1280, 3), np.uint8)
    jpeg = encode_crop(noise, face)
    assert jpeg_size(jpeg) == (SIDE, SIDE)
    assert len(jpeg) * MOST_FRAMES < MOST_BYTES - 10_000
    flat = replace(face, landmarks=np.full_like(face.landmarks, 50.0), box=np.full(4, 50.0, np.float32))
    assert jpeg_size(encode_crop(noise, flat)) == (SIDE, SIDE)
