"""Wherever the keyboard is, it is seen: two pixels around the control that change by 3:1, in all three appearances."""

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from tests.gallery.combinations import Combination
from tests.gallery.focus import stops, unseen
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import drawn_alike, put, staged
from ui.theme import APPEARANCES

SCENES = {scene.name: scene for scene in all_scenes()}
# Each kind of control once: fields right and wrong, slider, cards, ticks, table, document, answers, filled buttons.
QUICK = ("cost-wrong", "terms", "identity-wrong", "permissions", "contract", "face-no-more", "question-passphrase")

LOOKS = (("zh", 100), ("en", 150), ("zh", 200), ("en", 200))


@pytest.fixture(scope="module", autouse=True)
def looks(qapp):
    with drawn_alike(qapp):
        yield


def unseen_in(name, appearance, language="zh", scale=100):
    combination = Combination(language, appearance, scale, (1366, 768))
    combination.put_in_force()
    with staged(SCENES[name]) as window:
        put(window, combination)
        return list(unseen(window))


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("name", QUICK)
def test_where_the_keyboard_is_can_be_seen(name, appearance):
    assert unseen_in(name, appearance) == []


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scale"), LOOKS)
@pytest.mark.parametrize("name", SCENES)
def test_where_the_keyboard_is_can_be_seen_on_every_page_in_every_appearance(name, language, scale):
    found = {appearance: unseen_in(name, appearance, language, scale) for appearance in APPEARANCES}
    assert {appearance: faults for appearance, faults in found.items() if faults} == {}


RINGS = {
    "border: 2px solid #767676": "2 px that are seen",
    "border: 2px solid #A0A0A0": "too faint",
    "border: 1px solid #000000; margin: 1px": "too thin",
    "border-bottom: 2px solid #000000": "only under it",
    "border: 2px dotted #000000": "more gap than line",
    "": "nothing",
}


@pytest.mark.parametrize("style", RINGS, ids=RINGS.values())
def test_a_focus_that_is_too_thin_or_too_faint_is_found(style, qtbot):
    window = QWidget()
    window.setStyleSheet(
        "QWidget { background: #FFFFFF; outline: none; } QPushButton, QLineEdit { border: 2px solid #FFFFFF; }"
        f"QPushButton:focus, QLineEdit:focus {{ {style} }}"
    )
    box = QVBoxLayout(window)
    for one in (QPushButton("可以按"), QLineEdit("可以写"), QPushButton("还可以按")):
        box.addWidget(one)
    qtbot.addWidget(window)
    window.resize(300, 200)
    window.show()
    assert len(stops(window)) == 3
    assert len(list(unseen(window))) == (0 if RINGS[style].startswith("2 px") else 3)
