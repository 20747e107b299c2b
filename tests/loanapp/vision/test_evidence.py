import random
import struct
from dataclasses import replace

import cv2
import numpy as np
import pytest

from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Action, SourceKind
from loanapp.vision.evidence import (
    LEAST_SURROUNDINGS_MS,
    MAGIC,
    MOST_BYTES,
    MOST_FRAMES,
    ActionWindow,
    EvidenceFormatError,
    EvidenceFrame,
    EvidenceHeader,
    EvidenceReader,
    jpeg_size,
    pack_evidence,
    unpack_evidence,
)
from loanapp.vision.surroundings import MOST_SURROUNDINGS_BYTES, Surroundings, read_surroundings

HEADER = EvidenceHeader(
    session_id="s",
    application_id="a",
    nonce="n",
    source_kind=SourceKind.CAMERA,
    windows=(ActionWindow(Action.BLINK, 1000, 1800), ActionWindow(Action.NOD, 1900, 3000)),
)


def jpeg(width=96, height=96, quality=60, grey=False):
    image = np.random.default_rng(width).integers(0, 255, (height, width, 3), np.uint8)
    return cv2.imencode(".jpg", image[:, :, 0] if grey else image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


PICTURE = jpeg()
AROUND = Surroundings(40, 1, 0, 14, 12, (240, 135, 400, 335), bytes(range(14 * 12))).pack()
FRAMES = [EvidenceFrame(index * 67, PICTURE, AROUND if index % 4 == 0 else b"") for index in range(12)]


@pytest.fixture(scope="module")
def packed():
    return pack_evidence(HEADER, FRAMES)


def refused(content):
    with pytest.raises(EvidenceFormatError) as caught:
        unpack_evidence(content)
    assert caught.value.code is ErrorCode.EVIDENCE_INVALID
    return caught.value.what


def test_what_is_packed_is_read_back(packed):
    evidence = unpack_evidence(packed)
    assert evidence.header == HEADER
    assert list(evidence.frames) == FRAMES
    assert evidence.frames[0].decode().shape == (96, 96, 3)


def test_cells_around_the_face_are_held_against_what_was_agreed():
    """Neither larger than they may be, nor finer, nor more often; a length that lies is not believed."""
    for around in (b"\0", AROUND[:-1], AROUND + b"\0", bytes(MOST_SURROUNDINGS_BYTES)):
        with pytest.raises(EvidenceFormatError) as caught:
            pack_evidence(HEADER, [EvidenceFrame(0, PICTURE, around)])
        assert caught.value.what == "surroundings"
    soon = [EvidenceFrame(0, PICTURE, AROUND), EvidenceFrame(LEAST_SURROUNDINGS_MS - 1, PICTURE, AROUND)]
    with pytest.raises(EvidenceFormatError):
        pack_evidence(HEADER, soon)
    coarse = replace(read_surroundings(AROUND), cell=read_surroundings(AROUND).cell + 1).pack()
    pack_evidence(HEADER, [EvidenceFrame(0, PICTURE, AROUND), EvidenceFrame(LEAST_SURROUNDINGS_MS, PICTURE, coarse)])
    with pytest.raises(EvidenceFormatError):  # finer than one before: two lattices tell more than one
        pack_evidence(
            HEADER, [EvidenceFrame(0, PICTURE, coarse), EvidenceFrame(LEAST_SURROUNDINGS_MS, PICTURE, AROUND)]
        )
    packed = pack_evidence(HEADER, [EvidenceFrame(0, PICTURE, AROUND)])
    at = packed.index(PICTURE) - 2
    for length in (len(AROUND) + 1, MOST_SURROUNDINGS_BYTES, 2**16 - 1):
        refused(packed[:at] + struct.pack(">H", length) + packed[at + 2 :])


def test_every_truncation_is_refused(packed):
    for length in [*range(200), *range(200, len(packed), 997), len(packed) - 1]:
        refused(packed[:length])


def test_anything_behind_the_last_frame_is_refused(packed):
    assert refused(packed + b"\0") == "trailing bytes"


def test_flipped_bits_never_crash(packed):
    """Each either is refused, or reads as evidence whose frames decode or are refused."""
    source = random.Random(7)
    for _ in range(400):
        broken = bytearray(packed)
        broken[source.randrange(len(broken))] ^= 1 << source.randrange(8)
        try:
            for frame in unpack_evidence(bytes(broken)).frames[:2]:
                frame.decode()
        except EvidenceFormatError:
            continue


def test_sizes_and_counts_are_bounded():
    assert refused(MAGIC + b"\0" * MOST_BYTES) == "size"
    assert refused(b"PK\x03\x04" + b"\0" * 50) == "magic"
    assert refused(MAGIC + struct.pack(">I", 2**31)) == "header"
    with pytest.raises(EvidenceFormatError):
        pack_evidence(HEADER, [EvidenceFrame(index, PICTURE) for index in range(MOST_FRAMES + 1)])
    with pytest.raises(EvidenceFormatError):
        pack_evidence(HEADER, [])


@pytest.mark.parametrize("times", [(0, 0), (100, 50), (0, 600_001)])
def test_times_only_go_forward(times):
    with pytest.raises(EvidenceFormatError, match="evidence_invalid"):
        pack_evidence(HEADER, [EvidenceFrame(time, PICTURE) for time in times])


@pytest.mark.parametrize(
    "windows",
    [
        (ActionWindow(Action.BLINK, 1800, 1000),),
        (ActionWindow(Action.BLINK, 1000, 2000), ActionWindow(Action.NOD, 1500, 2500)),
        (ActionWindow(Action.BLINK, 0, 700_000),),
        (ActionWindow(Action.BLINK, 0, 10),) * 9,
    ],
)
def test_windows_follow_each_other(windows):
    with pytest.raises(EvidenceFormatError):
        pack_evidence(replace(HEADER, windows=windows), FRAMES)


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"{}",
        b"{" * 4000,
        b'{"nonce":1}',
        "{“}".encode(),
        b'{"application_id":"a","frames":true,"nonce":"n","session_id":"s","source_kind":"camera","windows":[]}',
        b'{"application_id":"a","frames":1,"nonce":"n","session_id":"s","source_kind":"satellite","windows":[]}',
        b'{"application_id":"a","frames":1,"nonce":"n","session_id":"s","source_kind":"camera","windows":[["fly",1,2]]}',
        b'{"application_id":"a","frames":1,"nonce":"n","session_id":"s","source_kind":"camera","windows":[["nod",1.5,2]]}',
        b'{"application_id":"a","frames":1,"nonce":"n","session_id":"s","source_kind":"camera","windows":[],"more":1}',
    ],
)
def test_strange_headers_are_refused(header):
    frame = struct.pack(">IIH", 0, len(PICTURE), 0) + PICTURE
    refused(MAGIC + struct.pack(">I", len(header)) + header + frame)


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\xff\xd8",
        b"GIF89a" + b"\0" * 40,
        jpeg(513, 96),
        jpeg(96, 513),
        jpeg(32, 96),
        jpeg(grey=True),
        b"\xff\xd8\xff\xda",
    ],
)
def test_pictures_are_measured_before_they_are_decoded(picture):
    with pytest.raises(EvidenceFormatError):
        jpeg_size(picture)


def segment(marker, content=b""):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def encoded(*options, side=96):
    image = np.random.default_rng(3).integers(0, 255, (side, side, 3), np.uint8)
    return cv2.imencode(".jpg", image, list(options))[1].tobytes()


FRAME_AT, SCAN_AT = PICTURE.index(b"\xff\xc0"), PICTURE.index(b"\xff\xda")
LARGE_FRAME = segment(0xC0, struct.pack(">BHHB", 8, 6000, 6000, 3) + PICTURE[FRAME_AT + 10 : FRAME_AT + 19])


@pytest.mark.parametrize(
    "picture",
    {
        "progressive, whose scans take time": encoded(cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        "with restart intervals": encoded(cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
        "turned by Exif": PICTURE[:2] + segment(0xE1, b"Exif\0\0") + PICTURE[2:],
        "a marker without a length, which hides another size": (
            PICTURE[:FRAME_AT] + b"\xff\x01" + LARGE_FRAME + PICTURE[FRAME_AT:]
        ),
        "two frames": PICTURE[:FRAME_AT] + LARGE_FRAME + PICTURE[FRAME_AT:],
        "a second frame after the scan's header": PICTURE[:-2] + LARGE_FRAME + b"\xff\xd9",
        "number of lines after the scan": PICTURE[:-2] + segment(0xDC, struct.pack(">H", 6000)) + b"\xff\xd9",
        "a second scan": PICTURE[:-2] + PICTURE[SCAN_AT:],
        "a scan of one component": PICTURE[: SCAN_AT + 4] + b"\x01" + PICTURE[SCAN_AT + 5 :],
        "filled with 255": PICTURE[:FRAME_AT] + b"\xff" + PICTURE[FRAME_AT:],
        "without an end": PICTURE[:-2],
        "another picture after the end": PICTURE + PICTURE,
        "too long": encoded(cv2.IMWRITE_JPEG_QUALITY, 100, side=512),
    }.items(),
    ids=lambda case: case[0],
)
def test_only_what_the_own_encoder_writes_is_given_to_a_decoder(picture):
    with pytest.raises(EvidenceFormatError):
        jpeg_size(picture[1])


def test_a_header_that_lies_about_its_size_is_refused():
    """The frame header claims 96 x 96 pixels in 65,000: no buffer is made for them."""
    at = PICTURE.index(b"\xff\xc0")
    huge = PICTURE[: at + 5] + struct.pack(">HH", 65_000, 65_000) + PICTURE[at + 9 :]
    with pytest.raises(EvidenceFormatError):
        EvidenceFrame(0, huge).decode()
    empty = PICTURE[: at + 20]
    with pytest.raises(EvidenceFormatError):
        EvidenceFrame(0, empty).decode()


@pytest.mark.parametrize("piece", [1, 100, 5000])
def test_frames_come_out_as_they_arrive_and_equal_those_read_at_once(packed, piece):
    content = packed
    reader, found, before_the_end = EvidenceReader(), [], 0
    for start in range(0, len(content), piece):
        before_the_end = len(found)
        found += reader.feed(content[start : start + piece])
    assert reader.finish() == unpack_evidence(content).header
    assert tuple(found) == unpack_evidence(content).frames
    assert before_the_end >= len(found) - 1


def test_a_length_that_lies_is_refused_before_anything_is_waited_for():
    reader = EvidenceReader()
    reader.feed(MAGIC)
    with pytest.raises(EvidenceFormatError):
        reader.feed((8193).to_bytes(4, "big"))
