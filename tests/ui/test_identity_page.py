"""The page of the identity card: photos from files, fields read from them, everything confirmed by hand."""

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage

from loanapp.client.answers import DocumentReading, FieldReading
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.ui.typed_journey import TypedJourney, done_with, draft
from ui.pages.identity_document import IdentityDocumentPage


def photo(colour: str = "#405060") -> bytes:
    image = QImage(640, 400, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")
    return bytes(data.data())


FRONT = {"name": ("测试甲", 0.99), "identity_number": ("11019919920315002X", 0.99), "ethnic_group": ("汉", 0.5)}
FRONT["address"] = ("北京市示范区模拟路1号", 0.97)
BACK = {"authority": ("北京市公安局", 0.99), "valid_from": ("2018-05-10", 0.99), "valid_until": ("long_term", 0.99)}


def reading(journey):
    def read(side, _image):
        held = journey.application.document
        sides = {"front": held.front or side == "front", "back": held.back or side == "back"}
        journey.application = draft(document=sides)
        fields = FRONT if side == "front" else BACK
        return DocumentReading(side, {name: FieldReading(*found) for name, found in fields.items()})

    return read


def test_photos_are_read_shown_and_confirmed(open_page, qtbot, tmp_path):
    journey = TypedJourney(draft())
    journey.answers = {"upload_document": reading(journey), "confirm_identity": lambda fields: Page.ABOUT_YOU}
    page = open_page(IdentityDocumentPage, journey)
    assert not page.card.isVisible()
    for side in ("front", "back"):
        path = tmp_path / f"{side}.jpg"
        path.write_bytes(photo())
        page.sides[side].chosen.emit(path)
        qtbot.waitUntil(lambda: not page.busy)
    assert page.card.isVisible()
    assert page.fields["valid_until"].text() == "长期"
    assert "仔细核对" in page.fields["ethnic_group"].hint.text()
    assert "女" in page.derived.text()
    page.proceed()
    assert "打勾" in page.scaffold.error_summary.accessibleName()
    page.confirm.setChecked(True)
    assert done_with(qtbot, page, page.proceed) is Page.ABOUT_YOU
    sent = journey.did("confirm_identity")[0][0]
    assert sent["valid_until"] == "long_term"
    assert sent["name"] == "测试甲"
    qtbot.waitUntil(lambda: journey.kept.get(Page.IDENTITY_DOCUMENT, {}).get("confirmed") == "yes")
    assert not any(isinstance(value, bytes) for value in journey.kept[Page.IDENTITY_DOCUMENT].values())


@pytest.mark.attack("a-bad-file-is-said-at-its-side-and-never-sent")
@pytest.mark.parametrize(
    ("content", "code"), [(b"no picture at all", ErrorCode.PHOTO_NOT_AN_IMAGE), (None, ErrorCode.PHOTO_TOO_LARGE)]
)
def test_a_bad_file_is_said_at_its_side_and_never_sent(open_page, qtbot, tmp_path, content, code):
    journey = TypedJourney(draft())
    page = open_page(IdentityDocumentPage, journey)
    path = tmp_path / "photo.jpg"
    if content is None:
        with path.open("wb") as file:
            file.truncate(60 * 1024 * 1024)
    else:
        path.write_bytes(content)
    page.sides["front"].chosen.emit(path)
    qtbot.waitUntil(page.sides["front"].error.isVisible)
    expected = {"photo_not_an_image": "不是可以打开的照片", "photo_too_large": "20 MB"}[code.value]
    assert expected in page.sides["front"].error.text()
    assert journey.did("upload_document") == []
    assert page.sides["back"].error.text() == ""


@pytest.mark.parametrize(
    "code", [ErrorCode.PHOTO_UNREADABLE, ErrorCode.PHOTO_SIDES_SWAPPED, ErrorCode.DOCUMENT_EXPIRED]
)
def test_a_photo_the_lender_refuses_is_said_at_its_side(open_page, qtbot, tmp_path, code):
    journey = TypedJourney(draft())

    def refuse(_side, _image):
        raise LoanAppError(code)

    journey.answers = {"upload_document": refuse}
    page = open_page(IdentityDocumentPage, journey)
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo())
    page.sides["back"].chosen.emit(path)
    qtbot.waitUntil(page.sides["back"].error.isVisible)
    assert page.scaffold.error_summary.isVisible()


def test_a_wrong_identity_number_is_caught_here(open_page):
    journey = TypedJourney(draft(document={"front": True, "back": True}))
    journey.kept[Page.IDENTITY_DOCUMENT] = {
        **{name: value for name, (value, _) in {**FRONT, **BACK}.items()},
        "identity_number": "110199199203150021",
        "confirmed": "yes",
    }
    page = open_page(IdentityDocumentPage, journey)
    page.proceed()
    assert "有一位不对" in page.fields["identity_number"].error.text()
    assert journey.did("confirm_identity") == []


def test_what_a_new_photo_replaced_can_be_put_back(open_page, qtbot, tmp_path):
    journey = TypedJourney(draft())
    journey.answers = {"upload_document": reading(journey)}
    page = open_page(IdentityDocumentPage, journey)
    path = tmp_path / "card.jpg"
    path.write_bytes(photo())

    def take(side):
        page.sides[side].chosen.emit(path)
        qtbot.waitUntil(lambda: not page.busy)

    take("front")
    take("back")
    assert page.replaced.isHidden()
    page.fields["address"].set_text("北京市示范区模拟路2号")
    page.fields["authority"].set_text("示范市公安局")
    take("front")
    assert page.fields["address"].text() == "北京市示范区模拟路1号"
    assert "住址" in page.replaced.text.text()
    take("back")
    assert "住址、签发机关" in page.replaced.text.text()
    page.confirm.setChecked(True)
    page.replaced._buttons[0].click()
    assert page.fields["address"].text() == "北京市示范区模拟路2号"
    assert page.fields["authority"].text() == "示范市公安局"
    assert page.replaced.isHidden()
    assert not page.confirm.isChecked()
    qtbot.waitUntil(lambda: journey.kept[Page.IDENTITY_DOCUMENT]["address"] == "北京市示范区模拟路2号")
