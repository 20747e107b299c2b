"""No photo leaves with the place, the time or the device it was taken with, and no bit of the picture changes."""

import io
import random
import struct

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.bare_photo import bare_photo
from loanapp.vision.photos import decode_photo

PLACE = b"GPS-39.9042-116.4074"
MAKER = "A camera nobody makes"
SECRETS = (MAKER.encode(), b"2026:11:27 08:30:00", PLACE, b"an owner's name", b"preview-of-another-picture")


def noise():
    grain = np.random.default_rng(7).integers(0, 255, (48, 64, 3), np.uint8)
    return Image.fromarray(np.kron(grain, np.ones((8, 8, 1), np.uint8)))


def exif(turned=1):
    made = Image.Exif()
    made[0x0112] = turned
    made[0x010F] = MAKER
    made[0x0132] = "2026:11:27 08:30:00"
    made[0x013B] = "an owner's name"
    place = made.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (39.0, 54.0, 15.12), "E", (116.0, 24.0, 26.64)
    place[29] = "2026:11:27"
    place[27] = b"ASCII\0\0\0" + PLACE
    return made


def photo(kind, turned=1, **more):
    content = io.BytesIO()
    extra = {"JPEG": {"comment": SECRETS[4]}, "PNG": {}, "WEBP": {"lossless": True, "xmp": SECRETS[4]}}[kind]
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", SECRETS[4].decode())
        extra = {"pnginfo": words}
    noise().save(content, kind, exif=exif(turned), **extra, **more)
    return content.getvalue()


@pytest.mark.attack("place-time-device-and-owner-are-gone")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_time_device_and_owner_are_gone(kind):
    content = photo(kind)
    with Image.open(io.BytesIO(content)) as before:
        assert before.getexif().get_ifd(0x8825)[2] == (39.0, 54.0, 15.12)  # a real place was there
    bare = bare_photo(content)
    with Image.open(io.BytesIO(bare)) as after:
        assert dict(after.getexif()) == {}
        assert after.getexif().get_ifd(0x8825) == {}
    assert not [secret for secret in SECRETS if secret in bare]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_the_picture_is_the_same_to_the_bit_and_stays_upright(kind, turned):
    content = photo(kind, turned)
    bare = bare_photo(content)
    assert (decode_photo(bare, 512) == decode_photo(content, 512)).all()
    with Image.open(io.BytesIO(bare)) as after:
        assert set(after.getexif()) <= {0x0112}
    assert bare_photo(bare) == bare  # nothing is left to take away


@pytest.mark.attack("what-stands-behind-the-picture-is-cut-off")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_stands_behind_the_picture_is_cut_off(kind):
    film = b"ftypmp42 a film of the room, as telephones append it" * 50
    assert film not in bare_photo(photo(kind) + film)


def test_a_progressive_photo_with_restarts_is_read_to_its_end():
    content = photo("JPEG", progressive=True, quality=95)
    assert (decode_photo(bare_photo(content), 512) == decode_photo(content, 512)).all()


@pytest.mark.attack("a-preview-of-what-was-cut-away-is-gone")
def test_a_preview_of_what_was_cut_away_is_gone():
    preview = b"\xff\xd8" + b"preview-of-another-picture" + b"\xff\xd9"
    segment = struct.pack(">BBH", 0xFF, 0xE1, len(preview) + 8) + b"Exif\0\0" + preview
    assert preview not in bare_photo(photo("JPEG")[:2] + segment + photo("JPEG")[2:])


@pytest.mark.attack("a-thumbnail-in-the-header-of-a-jpeg-is-gone")
def test_a_thumbnail_in_the_header_of_a_jpeg_is_gone():
    content = photo("JPEG", dpi=(72, 72))
    (length,) = struct.unpack_from(">H", content, 4)
    header, rest = content[6:18], content[4 + length :]
    small = PLACE * 6  # 120 bytes: five rows of eight pixels
    told = struct.pack(">BBH", 0xFF, 0xE0, 2 + len(header) + 2 + len(small)) + header + b"\x08\x05" + small
    more = struct.pack(">BBH", 0xFF, 0xE0, 2 + 6 + len(PLACE)) + b"JFXX\0\x10" + PLACE
    bare = bare_photo(content[:2] + told + more + rest)
    assert PLACE not in bare
    assert b"JFXX" not in bare
    with Image.open(io.BytesIO(bare)) as after:
        assert after.info["dpi"] == (72, 72)  # how dense it is stays
    assert (decode_photo(bare, 512) == decode_photo(content, 512)).all()


def test_colour_profiles_stay():
    profile = b"a profile" * 20
    assert profile in bare_photo(photo("JPEG", icc_profile=profile))


@pytest.mark.parametrize("content", [b"", b"GIF89a" + b"x" * 50, b"%PDF-1.7", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff"])
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(LoanAppError) as caught:
        bare_photo(content)
    assert caught.value.code is ErrorCode.PHOTO_NOT_AN_IMAGE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_spoilt_one_is_refused_or_bare(kind):
    chance, content = random.Random(3), photo(kind)
    for _ in range(300):
        spoilt = bytearray(content[: chance.randrange(len(content))] if chance.random() < 0.3 else content)
        for _ in range(chance.randrange(4)):
            if spoilt:
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            bare = bare_photo(bytes(spoilt))
        except LoanAppError:
            continue
        assert len(bare) <= len(content) + 64
