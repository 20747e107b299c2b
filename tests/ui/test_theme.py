import itertools
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QImage, QPainter

from ui import shell
from ui.home import WindowSettings
from ui.theme import APPEARANCES, COLOURS, LIGHT, theme
from ui.theme.brand import branded
from ui.theme.contrast import contrast, luminance
from ui.theme.style_sheet import style_sheet
from ui.theme.theme import MODES, SCALES, Theme
from ui.theme.tokens import CORNERS, LEAST_CONTRAST, LEAST_EDGE, STRONG, TARGET, TYPE_SCALE

TEXT = ("ink", "muted", "accent", "accent_hover", "look", "stop", "done")
GROUNDS = ("paper", "card", "sunken", "accent_soft", "look_soft", "stop_soft", "done_soft")
PAIRS = [
    *itertools.product(TEXT, GROUNDS),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("ink", "stripe"),
    ("paper", "ink"),
]
# What is drawn beside what: borders and focus on their grounds, the full part of a track, the inner line of focus.
EDGES = [
    *itertools.product(("border", "accent", "ink", "muted", "look", "stop", "done"), GROUNDS),
    *itertools.product(("accent", "done", "look"), ("track",)),
    ("on_accent", "accent"),
]


def test_contrast_is_that_of_the_guidelines():
    """The values that WCAG 2.2 and its techniques give for these colours."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert contrast("#767676", "#FFFFFF") >= 4.5
    assert contrast("#FFFFFF", "#0000FF") == pytest.approx(8.59, abs=0.005)


def assert_readable(tokens, appearance):
    least = LEAST_CONTRAST[appearance]
    for name, ground in PAIRS:
        assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= least, (name, ground)
    lines = [("line", "paper"), ("line", "card")] if appearance == "contrast" else []
    for name, ground in [*EDGES, *lines]:
        assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= LEAST_EDGE, (name, ground)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_text_is_read_on_every_ground_and_every_edge_seen(appearance):
    assert LEAST_CONTRAST[appearance] >= (7 if appearance == "contrast" else 4.5)
    assert_readable(COLOURS[appearance], appearance)


@pytest.mark.parametrize("appearance", APPEARANCES)
@given(brand=st.integers(0, 0xFFFFFF))
@example(brand=0x000000)
@example(brand=0xFFFFFF)
@example(brand=0xFFE600)
@example(brand=0x0000FF)
@settings(deadline=None)
def test_no_brand_can_break_the_contrast(appearance, brand):
    brand = f"#{brand:06X}"
    tokens = branded(appearance, brand)
    assert_readable(tokens, appearance)
    own = COLOURS[appearance]
    unlike = {name for name in own._fields if getattr(own, name) != getattr(tokens, name)}
    assert unlike <= {"accent", "accent_hover", "accent_soft"}


@given(brand=st.integers(0, 0xFFFFFF))
@settings(deadline=None)
def test_high_contrast_takes_no_brand(brand):
    assert branded("contrast", f"#{brand:06X}") == COLOURS["contrast"]


@pytest.mark.parametrize("appearance", ["light", "dark"])
@given(brand=st.integers(0, 0xFFFFFF))
@settings(deadline=None)
def test_a_brand_is_moved_only_as_far_as_it_must(appearance, brand):
    """A colour that holds stays to the digit; any other ends just where it holds."""
    brand = f"#{brand:06X}"
    tokens, least = branded(appearance, brand), LEAST_CONTRAST[appearance]
    grounds = [getattr(COLOURS[appearance], name) for name in ("paper", "card", "sunken", "accent_soft", "on_accent")]
    lighter = max if appearance == "dark" else min
    ground = lighter(grounds[: 5 if appearance == "dark" else 4], key=luminance)
    if (luminance(brand) - luminance(ground)) * (1 if appearance == "dark" else -1) > 0 and contrast(
        brand, ground
    ) >= least + 0.05:
        assert tokens.accent == brand
    elif tokens.accent != brand:
        assert contrast(tokens.accent, ground) == pytest.approx(least, rel=0.05)


def test_strong_words_are_drawn_thicker(qapp):
    """The typeface comes in one weight; below the weight the tokens name, Qt would draw the same thin lines."""

    def ink(weight):
        font = theme().font(28)
        font.setWeight(QFont.Weight(weight))
        picture = QImage(200, 60, QImage.Format.Format_Grayscale8)
        picture.fill(255)
        painter = QPainter(picture)
        painter.setFont(font)
        painter.drawText(10, 40, "每月还款")
        painter.end()
        return sum(255 - value for value in picture.constBits().tobytes())

    theme().apply()
    assert ink(STRONG) > 1.2 * ink(400)
    assert theme().font(14, strong=True).weight() == STRONG


@pytest.mark.parametrize("brand", ["", "teal", "#12", "#GGGGGG", "#0B6E6E;", None, 7])
def test_what_is_no_colour_leaves_the_programs_own(brand):
    assert branded("light", brand) == LIGHT


def test_a_brand_colours_the_whole_program_and_its_ticks(qapp):
    look = theme()
    look.take_brand("#B10F2E")
    try:
        look.choose(mode="dark")
        assert look.tokens.accent != COLOURS["dark"].accent
        assert look.tokens.accent in qapp.styleSheet()
        assert "check-dark.svg" in qapp.styleSheet()
        look.choose(mode="light")
        assert look.tokens.accent == "#B10F2E"
        assert "check-light.svg" in qapp.styleSheet()
    finally:
        look.take_brand("")
        look.choose(mode="light")


def test_the_sheet_has_no_colour_and_no_size_of_its_own():
    """Colours are tokens, text has the sizes of the type scale, corners their steps."""
    from ui.theme import style_sheet as module

    sheet = module._SHEET
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b|\brgba?\(", sheet)
    assert {int(size) for size in re.findall(r"font-size: (\d+)px", sheet)} <= set(TYPE_SCALE)
    assert {int(size) for size in re.findall(r"radius: (\d+)px", sheet)} <= set(CORNERS)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_the_first_picture_has_the_colours_of_the_rest(appearance):
    tokens = COLOURS[appearance]
    assert shell._COLOURS[appearance] == (tokens.paper, tokens.ink, tokens.line)


def test_every_appearance_can_be_chosen_and_is_remembered(tmp_path):
    for mode in MODES:
        settings = WindowSettings("zh")
        settings.mode, settings.large = mode, True
        settings.save(tmp_path)
        again = WindowSettings.load(tmp_path)
        assert (again.mode, again.large) == (mode, True)


def test_the_large_mode_enlarges_text_and_targets_and_forgets_nothing():
    look = theme()
    look.choose(scale=125)
    look.choose(large=True)
    try:
        assert (look.scale, look.chosen_scale, look.target) == (150, 125, TARGET["large"])
    finally:
        look.choose(large=False)
    assert (look.scale, look.target) == (125, TARGET["standard"])


@pytest.mark.parametrize("scale", SCALES)
def test_the_sheet_is_complete_at_every_size(scale):
    sheet = style_sheet(LIGHT, scale)
    assert "$" not in sheet
    assert "@@" not in sheet
    assert f"font-size: {16 * scale // 100}px" in sheet
    knob = re.search(
        r"handle:horizontal \{ width: (\d+)px.*?border-radius: (\d+)px.*?border: (\d+)px", sheet, re.DOTALL
    )
    assert knob is not None
    width, radius, ring = map(int, knob.groups())
    assert 2 * radius <= width + 2 * ring


class Hints(QObject):
    """A desktop that says what it wants, as Qt tells it."""

    colorSchemeChanged = Signal()  # noqa: N815 - Qt's name
    contrastPreferenceChanged = Signal()  # noqa: N815 - Qt's name

    def __init__(self):
        super().__init__()
        self.scheme, self.contrast = Qt.ColorScheme.Light, Qt.ContrastPreference.NoPreference

    def colorScheme(self):  # noqa: N802 - Qt's name
        return self.scheme

    def accessibility(self):
        return self

    def contrastPreference(self):  # noqa: N802 - Qt's name
        return self.contrast


def test_it_changes_with_the_system_while_it_runs_where_that_is_wanted(qapp, monkeypatch):
    hints = Hints()
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: hints)
    look = Theme()
    look.choose(mode="system")
    assert look.appearance == "light"
    hints.scheme = Qt.ColorScheme.Dark
    hints.colorSchemeChanged.emit()
    assert COLOURS["dark"].paper in qapp.styleSheet()
    hints.contrast = Qt.ContrastPreference.HighContrast
    hints.contrastPreferenceChanged.emit()
    assert look.appearance == "contrast"
    assert COLOURS["contrast"].border in qapp.styleSheet()
    look.choose(mode="light")
    hints.colorSchemeChanged.emit()
    assert look.appearance == "light"
    assert COLOURS["light"].paper in qapp.styleSheet()


def test_what_was_chosen_before_is_told_from_a_first_start(tmp_path):
    assert not WindowSettings.load(tmp_path).kept
    WindowSettings("en").save(tmp_path)
    assert WindowSettings.load(tmp_path).kept
    assert "kept" not in (tmp_path / "window.json").read_text(encoding="utf-8")
