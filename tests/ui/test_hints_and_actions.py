"""Every hint is whole in both languages: sentence, fix, line, voice, drawing, article; every action likewise."""

import json
import re

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel

from loanapp.domain.liveness import Action, HintCode
from loanapp.help import articles
from loanapp.resource_files import resource_path
from ui.camera.figures import ACTIONS, HINTS
from ui.camera.ready import Connection, ReadyStep
from ui.shell import load_font
from ui.theme import theme
from ui.translations import tr

LANGUAGES = ("zh_CN", "en")
# One line of 28 px beside a drawing of 84 px, in a window of 1366 by 768.
LONGEST = {"zh_CN": 20, "en": 46}


def words(language, name):
    return json.loads(resource_path("translations", language, f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hint", HintCode)
def test_a_hint_is_whole(hint, language):
    key = f"hint.{hint.value}"
    said = words(language, "codes")[hint.value]
    parts = {
        "sentence": said["sentence"],
        "fix": said["fix"],
        "line": words(language, "face_verification")[key],
        "voice": words(language, "voice")[key],
    }
    assert [part for part, text in parts.items() if not text.strip()] == []
    assert hint in HINTS
    assert [one.id for one in articles(language) if hint.value in one.codes], "help"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", Action)
def test_an_action_is_whole(action, language):
    key = f"action.{action.value}"
    assert words(language, "face_verification")[key]
    assert words(language, "voice")[key]
    assert action in ACTIONS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_is_read_at_a_glance(language):
    lines = {
        key: text
        for key, text in words(language, "face_verification").items()
        if key.startswith(("hint.", "action.")) and len(text) > LONGEST[language]
    }
    assert lines == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_fits_beside_its_drawing(language, qapp):
    """What the stepper (220 px), the margins and the drawing leave of 1366 px, in the window's own font."""
    load_font()
    metrics = QFontMetrics(theme().font(28))
    wide = {
        key: metrics.horizontalAdvance(text)
        for key, text in words(language, "face_verification").items()
        if key.startswith(("hint.", "action."))
    }
    assert {key: width for key, width in wide.items() if width > 900} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_hints_say_the_same(language):
    for name in ("face_verification", "voice"):
        lines = [text for key, text in words(language, name).items() if key.startswith("hint.")]
        assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_mirror_says_can_be_said_aloud(language):
    shown = {key for key in words(language, "face_verification") if key.startswith(("line.", "action.", "hint."))}
    assert shown - set(words(language, "voice")) - {"hint.other"} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_blamed_or_frightened(language):
    blame = re.compile(
        r"错误|失败|违规|警告|欺诈|作弊|必须|wrong|fail|must|warning|fraud|cheat|illegal|!|！", re.IGNORECASE
    )
    texts = {
        f"{name} {key}": text
        for name in ("face_verification", "voice")
        for key, text in words(language, name).items()
        if key.startswith(("hint.", "action.", "line."))
    }
    codes = words(language, "codes")
    texts |= {f"codes {hint.value}": " ".join(codes[hint.value].values()) for hint in HintCode}
    assert {key: text for key, text in texts.items() if blame.search(text)} == {}


def test_getting_ready_says_what_helps_and_whether_the_lender_can_be_reached(qtbot):
    ready = ReadyStep()
    qtbot.addWidget(ready)
    ready.retranslate()
    said = " ".join(one.text() for one in ready.findChildren(QLabel))
    for tip in ("光线均匀", "不要背光", "口罩", "帽子", "眉毛", "表情自然", "坐稳", "脸在框里"):
        assert tip in said
    for state in Connection:
        ready.show_connection(state)
        assert tr(f"face_verification.connection.{state.value}") in [one.text() for one in ready.findChildren(QLabel)]
