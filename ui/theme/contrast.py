"""Contrast of two colours as WCAG 2.2 defines it, and the colour nearest to one that has the contrast it needs.

Relative luminance is linear in the three channels of light, so a colour is brought to a luminance in one step: darker
by less of all its light, lighter by white added to it. Hue stays, and nothing is tried.
"""

from math import ceil, floor
from typing import Final

Light = tuple[float, float, float]

# https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
_SHARE: Final = (0.2126, 0.7152, 0.0722)
_FLARE: Final = 0.05


def light_of(colour: str) -> Light:
    """Red, green and blue light of ``#RRGGBB``, 0 to 1 each, without the screen's gamma."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def luminance(colour: str | Light) -> float:
    """Relative luminance of ``#RRGGBB`` or of light, 0 (black) to 1 (white)."""
    light = light_of(colour) if isinstance(colour, str) else colour
    return sum(share * channel for share, channel in zip(_SHARE, light, strict=True))


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + _FLARE) / (low + _FLARE)


def darkest_above(ground: float, ratio: float) -> float:
    """The least luminance that stands out from a darker ``ground`` (its luminance) by ``ratio``."""
    return ratio * (ground + _FLARE) - _FLARE


def lightest_below(ground: float, ratio: float) -> float:
    """The greatest luminance that stands out from a lighter ``ground`` (its luminance) by ``ratio``."""
    return (ground + _FLARE) / ratio - _FLARE


def darkened(light: Light, most: float) -> Light:
    """``light`` with a luminance of at most ``most``."""
    has = luminance(light)
    return light if has <= most else _each(light, 0.0, most / has)


def lightened(light: Light, least: float) -> Light:
    """``light`` with a luminance of at least ``least``."""
    has = luminance(light)
    return light if has >= least else _each(light, 1.0, (1 - least) / (1 - has))


def as_colour(light: Light, *, lighter: bool) -> str:
    """``#RRGGBB``, each channel rounded up where the result must not be darker, else down."""
    whole = ceil if lighter else floor
    channels = (whole(round(_encoded(channel) * 255, 6)) for channel in light)
    return "#{:02X}{:02X}{:02X}".format(*channels)


def _each(light: Light, end: float, share: float) -> Light:
    """Each channel moved towards ``end``, keeping ``share`` of its distance."""
    red, green, blue = (end + share * (channel - end) for channel in light)
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.04045 / 12.92 else float(1.055 * channel ** (1 / 2.4) - 0.055)
