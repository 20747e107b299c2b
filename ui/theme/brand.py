"""A lender's own colour in place of the accent, moved as far as its contrast needs and no further.

The four tokens of the accent's family alone follow the brand; what warns, stops and is done keeps its colours, or they
would mean another thing with every lender. Contrast depends on luminance alone, so each colour is given the luminance
that its grounds ask for, and the hue of the brand.
"""

import re
from functools import lru_cache
from typing import Final

from ui.theme.contrast import (
    Light,
    as_colour,
    darkened,
    darkest_above,
    light_of,
    lightened,
    lightest_below,
    luminance,
)
from ui.theme.tokens import COLOURS, LEAST_CONTRAST, Appearance, Tokens

_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
# What the accent is read on, or is the ground of.
_GROUNDS: Final = ("paper", "card", "sunken", "accent_soft")
# How much of the light a button keeps, or how much nearer to white it comes, under the mouse.
_HOVER: Final = 0.6
# The tint of a soft ground on dark paper: a full hue would glow.
_TINT: Final = 0.35


def is_colour(brand: object) -> bool:
    """Whether it is a colour as profiles write them, ``#RRGGBB``."""
    return isinstance(brand, str) and _COLOUR.fullmatch(brand) is not None


@lru_cache(maxsize=8)
def branded(appearance: Appearance, brand: str) -> Tokens:
    """The tokens of ``appearance`` with ``brand`` (``#RRGGBB``) as the accent.

    Our own where ``brand`` is no colour, and in high contrast: whoever asks for it asks for the most there is, and a
    brand would have just enough.
    """
    tokens = COLOURS[appearance]
    if appearance == "contrast" or not is_colour(brand):
        return tokens
    return (_on_dark if appearance == "dark" else _on_light)(tokens, light_of(brand), LEAST_CONTRAST[appearance])


def _on_light(tokens: Tokens, brand: Light, least: float) -> Tokens:
    grounds = [luminance(getattr(tokens, name)) for name in _GROUNDS]
    accent = darkened(brand, lightest_below(min(grounds), least))
    soft = lightened(accent, luminance(tokens.accent_soft))
    return tokens._replace(
        accent=as_colour(accent, lighter=False),
        accent_hover=as_colour(darkened(accent, luminance(accent) * _HOVER), lighter=False),
        accent_soft=as_colour(soft, lighter=True),
    )


def _on_dark(tokens: Tokens, brand: Light, least: float) -> Tokens:
    grounds = [luminance(getattr(tokens, name)) for name in (*_GROUNDS, "on_accent")]
    accent = lightened(brand, darkest_above(max(grounds), least))
    glow = luminance(tokens.accent_soft)
    red, green, blue = (_TINT * channel + (1 - _TINT) * glow for channel in darkened(accent, glow))
    hover = lightened(accent, 1 - (1 - luminance(accent)) * _HOVER)
    return tokens._replace(
        accent=as_colour(accent, lighter=True),
        accent_hover=as_colour(hover, lighter=True),
        accent_soft=as_colour((red, green, blue), lighter=False),
    )
