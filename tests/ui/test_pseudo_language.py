"""Every page in a language made from English: what lacks the brackets stands in the code, what is cut lost one."""

import re

import pytest

from tests.gallery.clipping import faults
from tests.gallery.face_scenes import face_scenes
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import as_before, in_front, prepare, settle, staged
from tests.ui.scene_parameters import variations_slowly
from tests.ui.words_in_sight import words_in_sight
from ui.pseudo_language import pseudo
from ui.translations import translator

# What people, cards, cameras, keys and the currency are called is the same in every language.
DATA = re.compile(
    r"测试[甲乙丙丁戊己庚辛壬癸·]*|测\*\*|1101\*{10}\d{4}|(HT|LA|SIM)\d{8,}(-\d+)?|Integrated Camera|IR Camera"
    r"|OBS Virtual Camera|合同双方|贷款金额、期限与还(款方式|…)|违约责任|CNY|ICBC|(Alt|Ctrl)\+[A-Z]"
)
# Longer by two fifths, these have no room on the small screen, and no way to make any: one word wider than its column
# of figures, a row of actions that is full, an example in an empty field.
NO_ROOM = re.compile(r"heading “\[(Prîîñ|Îîñt)|QLineEdit “\[Sêêâârçh|PrimaryButton “\[Gôô ôôñ ââñd gêêt")
SCENES = {scene.name: scene for scene in (*page_scenes(), *face_scenes())}


@pytest.fixture
def stage(qapp):
    prepare()
    as_before()
    translator().shape_words(pseudo)
    yield
    translator().shape_words(str)
    as_before()
    qapp.setStyleSheet("")


def bare(text: str) -> str:
    """What stands outside every pair of brackets."""
    outside, depth = "", 0
    for character in text:
        depth += character == "["
        if not depth:
            outside += character
        depth -= character == "]"
    return outside if depth == 0 else text


@pytest.mark.parametrize("name", variations_slowly(SCENES))
def test_every_word_is_translated_and_whole(name, stage):
    translator().set_language("en")
    with staged(SCENES[name]) as window:
        settle(window)
        front = in_front(window) or window
        shown = {line.split(": ", 1)[1] for line in words_in_sight(front)}
        found = sorted(text for text in shown if re.search(r"[^\W\d_]", DATA.sub("", bare(text))))
        assert found == []
        assert [fault for fault in faults(window) if not NO_ROOM.search(fault)] == []


def test_the_sentence_is_longer_and_its_placeholders_are_whole():
    shown = pseudo("You can borrow {amount} until {day}")
    assert shown.startswith("[Ýýôôûû")
    assert shown.format(amount="CNY 5", day="today").endswith("today]")
    assert len(pseudo("Save the contract")) > 1.4 * len("Save the contract")
    assert (pseudo("{figure}%"), pseudo("CNY {figure}"), pseudo("May")) == ("{figure}%", "CNY {figure}", "[Mâý]")


def test_a_word_that_stands_in_the_code_would_be_found():
    assert bare("[Ñââmêê]: 测**") == ": 测**"
    assert bare("Name: [x]") == "Name: "
    assert bare("[cut off") == "[cut off"


def test_the_program_can_be_started_in_it(qapp, own_home, monkeypatch):
    from ui.application import Desktop
    from ui.home import WindowSettings
    from ui.pseudo_language import NAME, VARIABLE
    from ui.shell import Shell

    monkeypatch.setenv(VARIABLE, NAME)
    shell = Shell("")
    desktop = Desktop(own_home, shell, WindowSettings("zh"))
    shell.furnish(desktop.window)
    assert desktop.window.bottom.language.text() == "[简体中文]"
    shell.close()
    shell.deleteLater()
    translator().shape_words(str)
    as_before()
    qapp.setStyleSheet("")
