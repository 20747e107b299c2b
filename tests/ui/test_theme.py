import re

import pytest

from ui.theme import DARK, LIGHT
from ui.theme.style_sheet import style_sheet
from ui.theme.theme import SCALES

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


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_text_can_be_read(tokens):
    for name in TEXT:
        for ground in ("paper", "card"):
            assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= 4.5, (name, ground)
    for name, ground in SOFT:
        assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= 4.5, (name, ground)
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.muted, tokens.sunken) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_fields_have_borders_that_can_be_seen(tokens):
    assert contrast(tokens.border, tokens.card) >= 3
    assert contrast(tokens.border, tokens.paper) >= 3


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
