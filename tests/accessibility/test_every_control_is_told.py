"""Every page, question and component in every state: what a reader is told of each control, in both languages."""

import re

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from tests.gallery.combinations import Combination
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import drawn_alike, in_front, put, staged
from tests.ui.looking import controls
from tests.ui.scene_parameters import variations_slowly
from tests.ui.words_in_sight import words_in_sight
from ui import reader_roles
from ui.components.buttons import ContentsEntry
from ui.components.choice_question import ChoiceQuestion
from ui.components.error_summary import ErrorSummary
from ui.components.fields import Field
from ui.components.photo_side import PhotoSide
from ui.documents.pdf_view import PdfView
from ui.documents.reading_text import ReadingText

SCENES = {scene.name: scene for scene in all_scenes()}
_LEAST_PX = 24
_Part = QAccessible.Text
# What says nothing of what a thing is for.
_NO_ROLES = {QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Window}
_BARE_KEY = re.compile(r"(?<![@\w.])[a-z_]+(\.[a-z_]+)+\b")
_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]{2,}")
# What people, numbers, cameras and the parts of the Chinese contract are called is of no language.
_DATA = re.compile(
    "Alt\\+[NB]|Ctrl\\+[FP]"
    "|English|简体中文|测[试*][·*]?[一-龥]?|模拟-|SIM\\d+|HT\\d+|(Integrated|IR|OBS Virtual) Camera"
    "|([A-Z0-9]{5}-[A-Z0-9]{5}\\s*)+|ToDesk|向日葵( Sunlogin)?|_internal/[\\w./]+"
    "|合同双方|违约责任|贷款金额、期限与还款方式"
    "|FIDO2 (5C|NFC)"  # what their owner calls two keys
    "|照片上的字看不清，请带身份证原件来一次。|收入和银行流水对不上，请核对后重填。"  # as staff wrote it
)


@pytest.fixture(scope="module", autouse=True)
def looks(qapp):
    with drawn_alike(qapp):
        reader_roles.install()
        yield


def told(widget: QWidget, part: QAccessible.Text = _Part.Name) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(part).strip()


def language_of(control: QWidget) -> str:
    """As a reader is told."""
    heard = QAccessible.queryAccessibleInterface(control).attributesInterface()
    return heard.attributeValue(QAccessible.Attribute.Locale).name()[:2]


def is_own(control: QWidget) -> bool:
    """Whether it is written in the language of the page: the other language, and the contract, are told apart."""
    other = "English" if language_of(control) == "en" else "简体中文"
    in_chinese = isinstance(control, PdfView | ReadingText | ContentsEntry) and language_of(control) == "zh"
    return told(control) != other and not in_chinese


def untold(window: QWidget):
    """Controls that have no name, no role, or a value nobody says."""
    for one in controls(window):
        heard = QAccessible.queryAccessibleInterface(one)
        kind = f"{type(one).__name__} “{told(one)}”"
        if not told(one):
            yield f"{kind} has no name"
        if heard.role() in _NO_ROLES:
            yield f"{kind} has no role"
        if not says_its_value(one, heard):
            yield f"{kind} does not say its value"


def says_its_value(control: QWidget, heard) -> bool:
    """A passphrase is said by nobody."""
    if isinstance(control, QLineEdit):
        secret = control.echoMode() is not QLineEdit.EchoMode.Normal
        return (heard.text(_Part.Value) == control.text()) is not (secret and bool(control.text()))
    if isinstance(control, QComboBox):
        return heard.text(_Part.Value) == control.currentText()
    if isinstance(control, QPlainTextEdit):
        return heard.textInterface() is not None
    return not isinstance(control, QAbstractSlider) or heard.valueInterface() is not None


def said_beside(window: QWidget):
    """Every hint and error in sight, with the control it belongs to."""
    for field in window.findChildren(Field):
        yield from ((said.text(), field.editor) for said in (field.hint, field.error) if said.isVisible())
    for side in window.findChildren(PhotoSide):
        yield from ((said.text(), side.choose) for said in (side.error,) if said.isVisible())
    for question in window.findChildren(ChoiceQuestion):
        yield from ((said.text(), question) for said in (question.hint, question.error) if said.isVisible())
    for summary in window.findChildren(ErrorSummary):
        errors = summary._errors if summary.isVisible() else ()
        # The summary names the photo first, and the photo says what to do besides.
        yield from ((re.split("[:：] ?", error.text)[-1], error.widget) for error in errors if error.widget is not None)


def unlinked(window: QWidget) -> list[str]:
    """Hints and errors that stand beside a control, or lead to it, and are not said with it."""
    return [
        f"“{text}” is not said with “{told(control)}”"
        for text, control in said_beside(window)
        if text not in described(control)
    ]


def called_otherwise(window: QWidget):
    """Buttons whose name does not hold the words on them: who says what they read would not reach them."""
    for one in controls(window):
        words = one.text().replace("&", "").lower() if isinstance(one, QAbstractButton) else ""
        if any(letter.isalpha() for letter in words) and words not in told(one).lower():
            yield f"“{one.text()}” is called “{told(one)}”"


def too_small(window: QWidget):
    """What is pressed is 24 by 24 px, or stands so far from everything else that a finger has 24 px of its own.

    A card is pressed with its box or choice; a slider has a field for the same amount.
    """
    places = {one: place(one) for one in controls(window) if not isinstance(one, QAbstractSlider)}
    for one, own in places.items():
        if min(own.width(), own.height()) < _LEAST_PX:
            around = QRect(0, 0, _LEAST_PX, _LEAST_PX)
            around.moveCenter(own.center())
            if any(around.intersects(other) for who, other in places.items() if who is not one):
                yield f"{type(one).__name__} “{told(one)}” is {own.width()} x {own.height()} px, and crowded"


def place(control: QWidget) -> QRect:
    """Where it is pressed."""
    whole = next((card for card in (control.parentWidget(), control) if card.property("role") == "choice"), control)
    return QRect(whole.mapTo(control.window(), QPoint(0, 0)), whole.size())


def described(widget: QWidget) -> str:
    """What is said of ``widget``, and of what it hands the focus on to."""
    descriptions = []
    while widget is not None:
        descriptions.append(told(widget, _Part.Description))
        widget = widget.focusProxy()
    return " ".join(descriptions)


@pytest.mark.parametrize("name", SCENES)
def test_every_control_has_name_role_value_and_its_hint(name):
    all_is_told(name, "zh")


@pytest.mark.parametrize("name", variations_slowly(SCENES))
def test_and_in_english(name):
    all_is_told(name, "en")


def all_is_told(name, language):
    combination = Combination(language, "light", 100, (1366, 768))
    combination.put_in_force()
    with staged(SCENES[name]) as shell:
        put(shell, combination)
        window = in_front(shell) or shell
        if not name.startswith("component-"):
            assert [told(one) for one in controls(window) if language_of(one) != language and is_own(one)] == []
        assert [*untold(window), *unlinked(window), *called_otherwise(window), *too_small(window)] == []
        words = [text.partition(": ")[2] for text in words_in_sight(window)]
        assert [text for text in words if _BARE_KEY.search(_DATA.sub("", text))] == []
        if not name.startswith("component-"):
            assert [text for text in words if is_foreign(text, language)] == []


def is_foreign(text: str, language: str) -> bool:
    """Whether a sentence is of the other language; what people, lenders and papers are called is of none."""
    own = _DATA.sub("", text)
    return bool(_CHINESE.search(own)) if language == "en" else bool(_LATIN.search(own) and not _CHINESE.search(own))
