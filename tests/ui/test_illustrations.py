"""The drawings of the main moments: six, in the colours in force, gone where there is no room to spare."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from loanapp.journey.pages import Page
from loanapp.resource_files import resource_path
from tests.gallery.combinations import Combination
from tests.gallery.page_scenes import journey
from tests.gallery.stage import Room, as_before, put
from ui.components.illustration import DRAWINGS, Illustration
from ui.components.page_scaffold import PageScaffold
from ui.theme import APPEARANCES, COLOURS, theme


@pytest.fixture(autouse=True)
def looks_as_before():
    yield
    theme().choose(mode="light", scale=100, large=False)


@pytest.fixture
def page(qtbot):
    made = QWidget()
    made.resize(1366, 768)
    qtbot.addWidget(made)
    return made


def colours_of(name: str) -> set[str]:
    drawing = Illustration(name)
    picture = QImage(drawing.sizeHint(), QImage.Format.Format_RGB32)
    picture.fill(theme().colour("paper"))
    drawing.resize(drawing.sizeHint())
    drawing.render(picture)
    seen = {picture.pixelColor(x, y).name().upper() for x in range(picture.width()) for y in range(picture.height())}
    drawing.deleteLater()
    return seen


def test_every_drawing_is_listed():
    assert {path.stem for path in resource_path("illustrations").glob("*.svg")} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_has_the_icons_line_and_no_colour_of_its_own(name):
    source = resource_path("illustrations", f"{name}.svg").read_text(encoding="utf-8")
    assert 'stroke-width="1.75"' in source
    assert 'stroke-linecap="round"' in source
    assert not re.findall(r"#[0-9A-Fa-f]{6}\b", source)
    assert set(re.findall(r"#(\w+)", source)) <= {"accent", "soft", "ground", "line"}


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("name", DRAWINGS)
def test_it_is_drawn_in_the_colours_in_force(qtbot, name, appearance):
    theme().choose(mode=appearance)
    tokens = COLOURS[appearance]
    assert {tokens.paper, tokens.accent_soft} <= colours_of(name)
    assert len(colours_of(name)) > 8


def test_it_leaves_the_room_to_words_that_are_large(page):
    drawing = Illustration("welcome", parent=page)
    assert not drawing.isHidden()
    theme().choose(scale=150)
    assert drawing.isHidden()
    theme().choose(scale=100)
    assert not drawing.isHidden()
    theme().choose(large=True)
    assert drawing.isHidden()


def test_what_is_amiss_is_shown_for_as_long_as_it_is(page):
    drawing = Illustration("", parent=page)
    assert drawing.isHidden()
    drawing.show_instead("offline")
    assert not drawing.isHidden()
    drawing.show_instead("")
    assert drawing.isHidden()


def test_a_small_window_keeps_its_room_for_words(qtbot):
    scaffold = PageScaffold()
    qtbot.addWidget(scaffold)
    scaffold.illustration.show_drawing("welcome")
    scaffold.resize(1366, 768)
    scaffold.show()
    assert scaffold.illustration.isVisible()
    for width, height in ((1366, 690), (980, 768)):
        scaffold.resize(width, height)
        assert scaffold.illustration.isHidden()
        scaffold.resize(1366, 768)
        assert scaffold.illustration.isVisible()


def test_screen_readers_pass_over_it(qtbot, page):
    """No name, no words, no focus: what it says stands in the title beside it."""
    drawing = Illustration("welcome", parent=page)
    assert drawing.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert (drawing.accessibleName(), drawing.accessibleDescription(), drawing.toolTip()) == ("", "", "")


@pytest.mark.parametrize("name", DRAWINGS)
def test_its_line_is_as_thick_as_it_is_drawn(name):
    """Shown at another size, a drawing's line would be another than that of the icons beside it."""
    drawing = Illustration(name)
    box = QSvgRenderer(str(resource_path("illustrations", f"{name}.svg"))).viewBox()
    assert drawing.sizeHint() == box.size()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sum_of_the_first_page_stays_in_sight_beside_its_drawing(qapp, language):
    """On the small screen, at the usual size of text, nothing is pushed down so far that one must scroll for it."""
    room = Room()
    try:
        page = room.open(Page.COST, journey(Page.COST))
        put(room.shell, Combination(language, "light", 100, (1366, 768)))
        assert page.scaffold.illustration.isVisible()
        for answer in (page.bar, page.scaffold.primary):
            assert answer.visibleRegion().boundingRect() == answer.rect()
    finally:
        room.close()
        as_before()
