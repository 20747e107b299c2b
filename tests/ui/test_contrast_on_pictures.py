"""Words, icons and edges measured where they are painted: 4.5:1, 7:1 in high contrast; 3:1 for icons and edges."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tests.gallery.combinations import Combination
from tests.gallery.legibility import faint, marks
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import drawn_alike, put, staged
from ui.theme import APPEARANCES

SCENES = {scene.name: scene for scene in all_scenes()}
# Every colour of text on every ground it stands on, and each kind of control, in few windows.
QUICK = (
    *(
        "component-button-primary",
        "component-field",
        "component-banner",
        "component-help-panel",
        "component-photo-side",
    ),
    *("cost", "terms-missing", "identity-read", "decision-declined", "my-loan"),
)
# So high, at 100 %, that nothing has to be scrolled for.
TALL = (1366, 2400)
LOOKS = (("zh", 100), ("en", 150), ("zh", 200), ("en", 200))


@pytest.fixture(scope="module", autouse=True)
def looks(qapp):
    with drawn_alike(qapp):
        yield


def faint_in(name, appearance, language="zh", scale=100):
    combination = Combination(language, appearance, scale, (TALL[0], TALL[1] * scale // 100))
    combination.put_in_force()
    with staged(SCENES[name]) as window:
        put(window, combination)
        return faint(getattr(window, "inner", window), appearance)


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("name", QUICK)
def test_what_is_painted_can_be_seen(name, appearance):
    assert faint_in(name, appearance) == []


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scale"), LOOKS)
@pytest.mark.parametrize("name", SCENES)
def test_what_is_painted_can_be_seen_on_every_page_in_every_appearance(name, language, scale):
    found = {appearance: faint_in(name, appearance, language, scale) for appearance in APPEARANCES}
    assert {appearance: faults for appearance, faults in found.items() if faults} == {}


class _Paints(QWidget):
    """Words and an icon that no label and no button holds."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self.colour = QColor(colour)
        self.setFixedSize(120, 40)

    def paintEvent(self, _event):  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setPen(self.colour)
        painter.drawText(4, 24, "自己画的")
        icon = QPixmap(16, 16)
        icon.fill(Qt.GlobalColor.transparent)
        inside = QPainter(icon)
        inside.setPen(QPen(self.colour, 2))
        inside.drawEllipse(2, 2, 12, 12)
        inside.end()
        painter.drawPixmap(90, 8, icon)
        painter.end()


def _faulty(good: bool) -> QWidget:
    """One of each kind, each just seen well enough or just not: 4.54 and 4.48, 3.03 and 2.96 on white."""
    words, edge = ("#767676", "#949494") if good else ("#777777", "#969696")
    holder = QWidget()
    holder.setStyleSheet(
        f"QWidget {{ background: #FFFFFF; color: {words}; font-size: 14px; }} QLineEdit {{ border: 1px solid {edge};"
        " border-radius: 6px; padding: 8px; }"
    )
    box = QVBoxLayout(holder)
    for one in (QLabel("看得清的字"), QPushButton("看得清的字"), QLineEdit(), _Paints(words)):
        box.addWidget(one)
    holder.resize(400, 300)
    return holder


def test_what_is_just_too_faint_is_found_whoever_paints_it(qtbot):
    for good in (True, False):
        holder = _faulty(good)
        qtbot.addWidget(holder)
        holder.show()
        found = faint(holder, "light")
        kinds = [re.split(" in |:", one)[0] for one in found]
        assert kinds == (
            []
            if good
            else [
                "“看得清的字” of QLabel",
                "“看得清的字” of QPushButton",
                "“自己画的” of _Paints",
                "the upper edge of QLineEdit",
                "the lower edge of QLineEdit",
            ]
        )
        assert len(faint(holder, "contrast")) >= 3


def test_an_icon_too_faint_and_words_in_the_colour_of_their_ground_are_found(qtbot):
    holder = QWidget()
    holder.setStyleSheet("QWidget { background: #FFFFFF; }")
    box = QVBoxLayout(holder)
    label = QLabel("看不见")
    label.setStyleSheet("color: #FFFFFF;")
    box.addWidget(label)
    box.addWidget(_Paints("#A0A0A0"))
    qtbot.addWidget(holder)
    holder.show()
    found = faint(holder, "light")
    assert [one.split(" of ")[0] for one in found] == ["“看不见”", "“自己画的”", "an icon"]


def test_every_word_in_sight_is_heard(qapp):
    """What is measured is everything: each label, button and field in sight is among what was heard painting."""
    with staged(SCENES["terms-missing"]) as window:
        put(window, Combination("zh", "light", 100, TALL))
        heard = "".join(mark.words for mark in marks(window))
        shown = [
            one for one in window.findChildren(QWidget) if one.isVisible() and isinstance(one, QLabel | QPushButton)
        ]
        missing = [one.text() for one in shown if "".join(one.text().split()) not in "".join(heard.split())]
        assert len(shown) > 30
        assert missing == []
