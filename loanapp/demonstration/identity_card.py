"""Rendered photos of a test identity's resident ID card, marked 模拟样张 (simulated specimen).

The layout follows the second-generation card (85.6 x 54 mm) closely enough for the reader that reads real
photos; the national emblem is left out on purpose, a plain ring stands in its place.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from loanapp.demonstration.identities import DemonstrationIdentity
from loanapp.demonstration.portrait import load_portrait
from loanapp.domain.identity_number import Sex, parse_identity_number
from loanapp.proof.typeface import RARE_FACE, without_glyph
from loanapp.resource_files import asset_path

Side = Literal["front", "back"]
Image8 = NDArray[np.uint8]

PHOTO_SIZE: Final = (1280, 960)
_CARD: Final = (1070, 675)  # 85.6 x 54 mm at 12.5 px a millimetre
_CORNER: Final = 38
_SANS: Final = "NotoSansSC-Regular.otf"
_SERIF: Final = "NotoSerifSC-Regular.otf"
_LABEL: Final = (60, 108, 160)
_INK: Final = (28, 28, 32)
_MARK: Final = (186, 52, 48)
_ADDRESS_COLUMNS: Final = 12
_NAME_SIZES: Final = ((46, 11), (34, 15), (26, 19))  # pixels, characters in a line
_NAME_HEIGHT: Final = 78
_SPECIMEN: Final = "模拟样张"
_PORTRAIT_BOX: Final = (112, 0, 340, 284)  # left, top, right, bottom in the 512 px portrait: head and shoulders
_PORTRAIT_SIZE: Final = (325, 405)
_SEX_NAMES: Final = {Sex.MALE: "男", Sex.FEMALE: "女"}


@dataclass(frozen=True, slots=True)
class PhotoConditions:
    """How the card was photographed; the defaults are a careful borrower's.

    ``tilt_degrees`` turns the card in the picture, ``perspective`` (0 to 1) makes the edge at ``far_edge`` (0 upper,
    1 right, 2 lower, 3 left) shorter by half its value, ``blur`` is the sigma of a Gaussian in pixels, ``noise`` the
    standard deviation of the sensor noise in grey levels, ``light`` a factor on brightness, ``glare`` (0 to 1) a soft
    bright spot at ``glare_at`` (-1 to 1 across and down the photo), ``seed`` picks noise and table.
    """

    tilt_degrees: float = 1.2
    perspective: float = 0.04
    blur: float = 0.4
    noise: float = 2.0
    light: float = 1.0
    glare: float = 0.0
    seed: int = 0
    far_edge: int = 0
    glare_at: tuple[float, float] = (0.1, -0.2)


def render_card(
    identity: DemonstrationIdentity,
    side: Side,
    conditions: PhotoConditions | None = None,
) -> bytes:
    """A photo of one side of the card on a table: JPEG, 1280x960, the same bytes for the same input.

    Raises :class:`LoanAppError` with ``ASSET_MISSING`` when fonts or portrait are not there.
    """
    card = draw_front(identity) if side == "front" else draw_back(identity)
    photo = _photograph(card, conditions or PhotoConditions())
    done, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not done:
        raise ValueError("the photo could not be encoded")
    return bytes(data)


def draw_front(identity: DemonstrationIdentity) -> Image8:
    """The side with the portrait as a flat BGR image of 1070x675."""
    number = parse_identity_number(identity.identity_number, date.max)
    image = _blank()
    draw = ImageDraw.Draw(image)
    _label(draw, (72, 82), "姓名")
    _name(draw, (182, 76), identity.name)
    _label(draw, (72, 168), "性别")
    _value(draw, (182, 164), _SEX_NAMES[number.sex], 40)
    _label(draw, (300, 168), "民族")
    _value(draw, (408, 164), identity.ethnic_group, 40)
    _label(draw, (72, 248), "出生")
    birth = number.birth
    for x, text, kind in (
        (182, str(birth.year), "value"),
        (292, "年", "label"),
        (350, str(birth.month), "value"),
        (412, "月", "label"),
        (468, str(birth.day), "value"),
        (530, "日", "label"),
    ):
        _value(draw, (x, 244), text, 40) if kind == "value" else _label(draw, (x, 248), text)
    _label(draw, (72, 330), "住址")
    for line, start in enumerate(range(0, len(identity.address), _ADDRESS_COLUMNS)):
        _value(draw, (182, 326 + 56 * line), identity.address[start : start + _ADDRESS_COLUMNS], 40)
    _label(draw, (72, 568), "公民身份号码")
    _number(draw, (352, 558), identity.identity_number)
    left, top, right, bottom = _PORTRAIT_BOX
    portrait = cv2.resize(load_portrait()[top:bottom, left:right], _PORTRAIT_SIZE, interpolation=cv2.INTER_CUBIC)
    image.paste(Image.fromarray(np.ascontiguousarray(portrait[..., ::-1])), (700, 96))
    _specimen_mark(draw, (_CARD[0] - 360, 26))
    return _to_bgr(image)


def draw_back(identity: DemonstrationIdentity) -> Image8:
    """The side with the issuing authority as a flat BGR image of 1070x675."""
    image = _blank()
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 74, 240, 244), outline=_MARK, width=9)
    draw.ellipse((92, 96, 218, 222), outline=_MARK, width=3)
    draw.text((155, 159), "样张", font=_font(_SANS, 44), fill=_MARK, anchor="mm")
    draw.text((650, 132), "中华人民共和国", font=_font(_SERIF, 66), fill=_INK, anchor="mm")
    draw.text((650, 238), "居民身份证", font=_font(_SERIF, 92), fill=_INK, anchor="mm")
    _label(draw, (210, 478), "签发机关")
    _value(draw, (396, 474), identity.authority, 40)
    _label(draw, (210, 566), "有效期限")
    until = "长期" if identity.valid_until is None else f"{identity.valid_until:%Y.%m.%d}"
    _value(draw, (396, 562), f"{identity.valid_from:%Y.%m.%d}-{until}", 40)
    _specimen_mark(draw, (_CARD[0] - 360, 26))
    return _to_bgr(image)


def _blank() -> Image.Image:
    """Card stock with fine waves, as against copying, and rounded corners left to the photograph."""
    width, height = _CARD
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    waves = np.sin(x / 9 + 6 * np.sin(y / 70)) * np.sin(y / 7 + 5 * np.sin(x / 90))
    shade = (x / width)[..., None]
    base = np.array([226, 240, 245], np.float32) * (1 - shade) + np.array([240, 230, 238], np.float32) * shade
    return Image.fromarray(np.clip(base + 5 * waves[..., None], 0, 255).astype(np.uint8))


def _specimen_mark(draw: ImageDraw.ImageDraw, place: tuple[int, int]) -> None:
    """The red mark stands above the fields, where it crosses none of them."""
    left, top = place
    draw.rounded_rectangle((left, top, left + 325, top + 50), radius=10, outline=_MARK, width=3)
    draw.text((left + 162, top + 25), f"{_SPECIMEN} 非真实证件", font=_font(_SANS, 29), fill=_MARK, anchor="mm")


def _label(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str) -> None:
    draw.text(place, text, font=_font(_SANS, 34), fill=_LABEL)


def _value(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int) -> None:
    """Each run of characters in the face that has them, all on one line."""
    x, y = place
    baseline = y + _font(_SANS, size).getmetrics()[0]
    for rare, run in groupby(text, lambda character: bool(without_glyph(character, [asset_path(_SANS)]))):
        face = _font(RARE_FACE if rare else _SANS, size)
        words = "".join(run)
        draw.text((x, baseline), words, font=face, fill=_INK, stroke_width=0.6, anchor="ls")
        x += round(face.getlength(words))


def _name(draw: ImageDraw.ImageDraw, place: tuple[int, int], name: str) -> None:
    """As large as the room beside the portrait allows: a long name stands in two or three smaller lines."""
    x, y = place
    size, across = next(one for one in _NAME_SIZES if len(name) <= one[1] * (_NAME_HEIGHT // one[0]))
    step = size * 6 // 5
    top = y - (len(name) - 1) // across * step // 2
    for line, start in enumerate(range(0, len(name), across)):
        _value(draw, (x, top + line * step), name[start : start + across], size)


def _number(draw: ImageDraw.ImageDraw, place: tuple[int, int], number: str) -> None:
    """Digits with the card's wide spacing."""
    x, y = place
    for character in number:
        draw.text((x, y), character, font=_font(_SANS, 48), fill=_INK, stroke_width=0.8)
        x += 36


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(asset_path(name)), size)


def _to_bgr(image: Image.Image) -> Image8:
    return np.ascontiguousarray(np.asarray(image, np.uint8)[..., ::-1])


def _photograph(card: Image8, conditions: PhotoConditions) -> Image8:
    """Lay the card on the table, lean, light, blur and add noise."""
    random = np.random.default_rng(conditions.seed)
    width, height = PHOTO_SIZE
    photo = _table(random)
    matrix = _placement(conditions)
    mask = np.zeros(card.shape[:2], np.uint8)
    _fill_rounded(mask)
    warped = cv2.warpPerspective(card, matrix, PHOTO_SIZE, flags=cv2.INTER_AREA)
    flat = cv2.warpPerspective(mask, matrix, PHOTO_SIZE, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    alpha = flat[..., None]
    shadow = np.asarray(cv2.GaussianBlur(np.roll(flat, (14, 8), (0, 1)), (0, 0), 13), np.float32)[..., None]
    lit = photo * (1 - 0.5 * shadow) * (1 - alpha) + warped.astype(np.float32) * alpha
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    lit *= (conditions.light * (1.0 - 0.07 * x - 0.05 * y - 0.05 * (x * x + y * y)))[..., None]
    across, down = x - conditions.glare_at[0], y - conditions.glare_at[1]
    lit += 150 * conditions.glare * np.exp(-(across**2 + down**2) / 0.05)[..., None]
    if conditions.blur > 0:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), conditions.blur), np.float32)
    if conditions.noise > 0:
        lit += random.normal(0, conditions.noise, lit.shape)
    return np.clip(lit, 0, 255).astype(np.uint8)


def _table(random: np.random.Generator) -> NDArray[np.float32]:
    """A dark wooden table: stretched noise in brown; float32 BGR."""
    width, height = PHOTO_SIZE
    coarse = random.normal(0, 1, (height // 3, width // 64)).astype(np.float32)
    fine = random.normal(0, 1, (height, width // 16)).astype(np.float32)
    grain = np.asarray(cv2.resize(coarse, PHOTO_SIZE, interpolation=cv2.INTER_CUBIC), np.float32) * 7
    streaks = cv2.GaussianBlur(cv2.resize(fine, PHOTO_SIZE, interpolation=cv2.INTER_LINEAR), (0, 0), 1.2)
    grain += np.asarray(streaks, np.float32) * 5
    return np.array([52, 78, 110], np.float32) + grain[..., None] * np.array([0.7, 0.9, 1.1], np.float32)


def _placement(conditions: PhotoConditions) -> NDArray[np.float64]:
    """The homography from card to photo: centred, tilted, its far edge narrower."""
    width, height = _CARD
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    centred = (corners - [width / 2, height / 2]) * 0.98
    first, second = conditions.far_edge % 4, (conditions.far_edge + 1) % 4
    lean = 0.25 * conditions.perspective * (centred[second] - centred[first])
    centred[first] += lean
    centred[second] -= lean
    angle = np.deg2rad(conditions.tilt_degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    placed = centred @ rotation.T + np.array(PHOTO_SIZE) / 2
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), placed.astype(np.float32))
    return np.asarray(matrix, np.float64)


def _fill_rounded(mask: Image8) -> None:
    height, width = mask.shape
    cv2.rectangle(mask, (_CORNER, 0), (width - _CORNER, height), 255, -1)
    cv2.rectangle(mask, (0, _CORNER), (width, height - _CORNER), 255, -1)
    for x in (_CORNER, width - _CORNER):
        for y in (_CORNER, height - _CORNER):
            cv2.circle(mask, (x, y), _CORNER, 255, -1)
