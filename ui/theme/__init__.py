"""Colours, sizes and the style sheet: light and dark, text from 100 to 200 %."""

from ui.theme.theme import Theme, theme
from ui.theme.tokens import DARK, LIGHT, Tokens

__all__ = ["DARK", "LIGHT", "Theme", "Tokens", "theme"]
