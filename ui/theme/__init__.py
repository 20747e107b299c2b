"""Colours, sizes and the style sheet: light, dark and high contrast, text from 100 to 200 %."""

from ui.theme.theme import Theme, theme
from ui.theme.tokens import APPEARANCES, COLOURS, CONTRAST, DARK, LIGHT, Tokens

__all__ = ["APPEARANCES", "COLOURS", "CONTRAST", "DARK", "LIGHT", "Theme", "Tokens", "theme"]
