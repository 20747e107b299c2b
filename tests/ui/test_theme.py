import re

import pytest

from ui import shell
from ui.home import WindowSettings
from ui.theme import APPEARANCES, COLOURS, LIGHT, theme
from ui.theme.style_sheet import style_sheet
from ui.theme.theme import MODES, SCALES
from ui.theme.tokens import CORNERS, TARGET, TYPE_SCALE

TEXT = ("ink", "muted", "accent", "look", "stop", "done")
SOFT = (
    ("accent", "accent_soft"),
    ("look", "look_soft"),
    ("stop", "stop_soft"),
    ("done", "done_soft"),
    ("ink", "stop_soft"),
)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_text_can_be_read(appearance):
    tokens, least = COLOURS[appearance], 7 if appearance == "contrast" else 4.5
    for name in TEXT:
        for ground in ("paper", "card"):
            assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= least, (name, ground)
    for name, ground in SOFT:
        assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= least, (name, ground)
    assert contrast(tokens.on_accent, tokens.accent) >= least
    assert contrast(tokens.on_accent, tokens.accent_hover) >= least
    assert contrast(tokens.muted, tokens.sunken) >= least
    assert contrast(tokens.ink, tokens.stripe) >= least


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_borders_can_be_seen(appearance):
    tokens = COLOURS[appearance]
    lines = ("border", "line") if appearance == "contrast" else ("border",)
    for name in lines:
        for ground in ("card", "paper"):
            assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= 3, (name, ground)


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
