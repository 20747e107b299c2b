"""What is composed with an input method is shown, lands once, and presses nothing: in every field of every page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from loanapp.domain.typed_days import half_width
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import drawn_alike, settle, staged
from ui.pages.page import JourneyPage

SCENES = {scene.name: scene for scene in page_scenes()}
PAGES = ("identity-read", "about-you", "sign-in", "bank-card")
NAME = "买买提·𠮷尔逊"


@pytest.fixture
def stage(qapp):
    with drawn_alike(qapp):
        yield


def compose(editor, letters, committed=""):
    underline = QTextCharFormat()
    underline.setFontUnderline(True)
    attribute = QInputMethodEvent.Attribute(QInputMethodEvent.AttributeType.TextFormat, 0, len(letters), underline)
    event = QInputMethodEvent(letters, [attribute] if letters else [])
    if committed:
        event.setCommitString(committed)
    QApplication.sendEvent(editor, event)


def editors(window):
    found = [*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)]
    return [one for one in found if one.isVisible() and one.isEnabled() and not one.isReadOnly()]


def text_of(editor):
    return editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText()


def clear(editor):
    editor.setFocus()
    editor.clear()


@pytest.mark.parametrize("name", PAGES)
def test_letters_are_shown_while_composed_and_land_once(name, stage):
    with staged(SCENES[name]) as window:
        settle(window)
        found = editors(window)
        assert found
        for editor in found:
            clear(editor)
            settle(window)
            before = editor.grab().toImage()
            for letters in ("1", "11", "110"):
                compose(editor, letters)
                assert text_of(editor) == ""
            assert editor.grab().toImage() != before
            compose(editor, "", "１１０")
            assert half_width(text_of(editor)).replace(" ", "") == "110", editor.accessibleName()


def test_a_name_with_rare_characters_and_dots_is_composed_part_by_part(stage):
    with staged(SCENES["identity-read"]) as window:
        settle(window)
        field = window.findChild(QLineEdit)
        clear(field)
        for character in NAME:
            compose(field, "pin'yin")
            compose(field, "", character)
        assert field.text() == NAME
        field.setCursorPosition(3)
        compose(field, "a")
        compose(field, "")
        assert field.text() == NAME


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("name", PAGES)
def test_enter_while_composing_presses_nothing(name, key, stage, monkeypatch):
    with staged(SCENES[name]) as window:
        settle(window)
        page = next(one for one in window.findChildren(JourneyPage) if one.isVisible())
        pressed = []
        monkeypatch.setattr(type(page), "enter_pressed", lambda _page, field: pressed.append(field))
        for editor in editors(page):
            clear(editor)
            pressed.clear()
            compose(editor, "wang")
            QTest.keyClick(editor, key)
            assert pressed == []
            compose(editor, "", "1")
            QTest.keyClick(editor, key)
            assert pressed == [editor]
