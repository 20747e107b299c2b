"""Drawn photos through real reading: 0.3 to 0.5 s each, so few of them."""

import io
import socket
import struct
import zlib
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from loanapp.demonstration.identities import find_identity
from loanapp.demonstration.identity_card import PhotoConditions, render_card
from loanapp.demonstration.portrait import load_portrait
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.documents import DocumentReader, DocumentSide
from loanapp.vision.photos import decode_photo
from tests.evaluation.id_cards import card_photo


@pytest.fixture(scope="module")
def reader():
    return DocumentReader()


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args):
        raise AssertionError("nothing may be fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def code_of(call):
    with pytest.raises(LoanAppError) as caught:
        call()
    return caught.value.code


def check_front(reading, identity):
    assert reading.side is DocumentSide.FRONT
    values = {key: field.value for key, field in reading.fields.items()}
    born = identity.identity_number[6:14]
    assert values == {
        "name": identity.name,
        "sex": "female",
        "ethnic_group": identity.ethnic_group,
        "birth": f"{born[:4]}-{born[4:6]}-{born[6:]}",
        "address": identity.address,
        "identity_number": identity.identity_number,
    }


def test_front_without_network_or_output(reader, no_network, capfd):
    identity = find_identity("approved_long_term")
    reading = reader.read(render_card(identity, "front"), "front")
    check_front(reading, identity)
    assert all(field.confidence > 0.7 for field in reading.fields.values())
    assert reading.portrait is not None
    assert reading.portrait.shape[2] == 3
    assert reading.specimen
    assert identity.name not in repr(reading)
    assert capfd.readouterr() == ("", "")


def test_back(reader):
    identity = find_identity("approved_long_term")
    reading = reader.read(render_card(identity, "back"), DocumentSide.BACK)
    values = {key: field.value for key, field in reading.fields.items()}
    assert values == {
        "authority": identity.authority,
        "valid_from": identity.valid_from.isoformat(),
        "valid_until": "long_term",
    }
    assert reading.portrait is None


@pytest.mark.parametrize(
    "conditions",
    [
        PhotoConditions(tilt_degrees=7, noise=12, glare=0.8),
        PhotoConditions(tilt_degrees=-6, perspective=0.3, blur=2, noise=8, light=0.6),
    ],
    ids=["tilt and glare", "lean, blur and dim"],
)
def test_hard_photos(reader, conditions):
    identity = find_identity("declined_burden")
    check_front(reader.read(render_card(identity, "front", conditions), "front"), identity)


def test_phone_photo_on_its_side_by_exif_and_small_in_the_picture(reader):
    identity = find_identity("approved")
    card = Image.open(io.BytesIO(render_card(identity, "front")))
    table = Image.new("RGB", (3000, 2300), (90, 90, 96))
    table.paste(card, (900, 700))
    photo = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter by the camera
    table.rotate(90, expand=True).save(photo, "JPEG", quality=90, exif=exif)
    check_front(reader.read(photo.getvalue(), "front"), identity)


def test_card_upside_down_without_a_mark(reader):
    identity = find_identity("approved")
    photo = io.BytesIO()
    Image.open(io.BytesIO(render_card(identity, "front"))).rotate(180).save(photo, "WEBP", quality=92)
    check_front(reader.read(photo.getvalue(), "front"), identity)


@pytest.mark.parametrize(("side", "expected"), [("front", "back"), ("back", "front")])
def test_swapped_sides(reader, side, expected):
    photo = render_card(find_identity("approved"), side)
    assert code_of(lambda: reader.read(photo, expected)) is ErrorCode.PHOTO_SIDES_SWAPPED


def test_expired(reader):
    photo = render_card(find_identity("document_expired"), "back")
    assert code_of(lambda: reader.read(photo, "back")) is ErrorCode.DOCUMENT_EXPIRED


def encoded(image):
    return cv2.imencode(".jpg", image)[1].tobytes()


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(lambda: encoded(load_portrait()), id="a portrait only"),
        pytest.param(lambda: encoded(np.zeros((100, 100, 3), np.uint8)), id="tiny"),
    ],
)
def test_unreadable(reader, photo):
    content = photo()
    assert code_of(lambda: reader.read(content, "front")) is ErrorCode.PHOTO_UNREADABLE


def drawn(**conditions):
    return render_card(find_identity("approved"), "front", PhotoConditions(**conditions))


def left_part(photo):
    return encoded(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)[:, :620])


def grey(photo):
    return encoded(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_GRAYSCALE))


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        pytest.param(lambda: encoded(np.full((960, 1280, 3), 128, np.uint8)), ErrorCode.PHOTO_UNREADABLE, id="nothing"),
        pytest.param(lambda: drawn(blur=9), ErrorCode.PHOTO_BLURRED, id="blurred"),
        pytest.param(lambda: drawn(light=0.04, noise=5), ErrorCode.PHOTO_TOO_DARK, id="dark"),
        pytest.param(lambda: drawn(glare=6, glare_at=(0.1, 0.4)), ErrorCode.PHOTO_GLARE, id="glare"),
        pytest.param(lambda: left_part(drawn()), ErrorCode.PHOTO_CUT_OFF, id="cut off"),
        pytest.param(lambda: grey(drawn()), ErrorCode.PHOTO_OF_COPY, id="copy"),
    ],
)
def test_why_a_photo_is_asked_for_again(reader, photo, code):
    content = photo()
    assert code_of(lambda: reader.read(content, "front")) is code


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.attack("hostile-files")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ErrorCode.PHOTO_NOT_AN_IMAGE),
        (b"%PDF-1.7 not a photo", ErrorCode.PHOTO_NOT_AN_IMAGE),
        (b"GIF89a" + bytes(100), ErrorCode.PHOTO_NOT_AN_IMAGE),
        (b"\xff\xd8\xff\xe0" + bytes(500), ErrorCode.PHOTO_NOT_AN_IMAGE),
        (png(800, 600), ErrorCode.PHOTO_NOT_AN_IMAGE),
        (bytes(60 << 20), ErrorCode.PHOTO_TOO_LARGE),
        (png(9000, 9000), ErrorCode.PHOTO_TOO_MANY_PIXELS),
        (png(12000, 8000), ErrorCode.PHOTO_TOO_MANY_PIXELS),
        (png(40000, 40000), ErrorCode.PHOTO_TOO_MANY_PIXELS),
        (png(17000, 400), ErrorCode.PHOTO_TOO_MANY_PIXELS),
        (png(1000, 200), ErrorCode.PHOTO_UNREADABLE),
    ],
    ids=["empty", "pdf", "gif", "jpeg head", "cut png", "60 MB", "81 MP", "96 MP", "bomb", "ribbon", "strip"],
)
def test_hostile_files(reader, content, code):
    assert code_of(lambda: reader.read(content, "front")) is code


@pytest.mark.attack("what-is-too-large-names-its-limit")
def test_what_is_too_large_names_its_limit():
    """The sentence for each code has a place for exactly this figure."""
    with pytest.raises(LoanAppError) as heavy:
        decode_photo(bytes((20 << 20) + 1), 640)
    assert (heavy.value.code, heavy.value.details) == (ErrorCode.PHOTO_TOO_LARGE, {"limit_mb": 20})
    with pytest.raises(LoanAppError) as wide:
        decode_photo(png(9000, 9000), 640)
    assert (wide.value.code, wide.value.details) == (ErrorCode.PHOTO_TOO_MANY_PIXELS, {"limit_mp": 64})
    with pytest.raises(LoanAppError) as ribbon:
        decode_photo(png(17000, 400), 640)
    assert ribbon.value.details == {}, "6.8 million pixels are not more than 64"


@pytest.mark.attack("every-cut-of-a-photo-is-refused-or-decoded")
def test_every_cut_of_a_photo_is_refused_or_decoded():
    photo = render_card(find_identity("approved"), "front")
    for length in range(0, len(photo) - 1, len(photo) // 12):
        assert code_of(lambda cut=photo[:length]: decode_photo(cut, 640)) is ErrorCode.PHOTO_NOT_AN_IMAGE


def test_decoding_shrinks_and_never_enlarges():
    photo = render_card(find_identity("approved"), "back")
    assert decode_photo(photo, 640).shape == (480, 640, 3)
    assert decode_photo(photo, 5000).shape == (960, 1280, 3)


def test_traditional_form_of_a_printed_simplified_character_is_not_read(reader):
    photo = card_photo(0, 91)
    assert "厦门" in photo.identity.address
    assert reader.read(photo.content(), "front").fields["address"].value == photo.identity.address


def test_number_that_is_not_surely_read_is_never_accepted(reader, monkeypatch):
    """A clear photo, its number read with doubt: only the confidence is changed on its way from the real reader."""
    text = reader._text.read

    def doubting(image):
        return [replace(box, score=0.94) if any(map(str.isdigit, box.text)) else box for box in text(image)]

    monkeypatch.setattr(reader._text, "read", doubting)
    with pytest.raises(LoanAppError) as caught:
        reader.read(drawn(), "front")
    assert (caught.value.code, caught.value.details) == (ErrorCode.PHOTO_UNREADABLE, {"part": "number"})


def test_blurred_back_whose_authority_is_misread_is_asked_for_again(reader):
    photo = card_photo(0, 149)
    assert code_of(lambda: reader.read(photo.content(), "back")) is ErrorCode.PHOTO_BLURRED
