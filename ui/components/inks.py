"""Which token each ink of a drawing stands for: icons, illustrations and the help's drawings name inks, not colours."""

from typing import Final

from ui.theme import theme

_TOKENS: Final = {"#accent": "accent", "#soft": "accent_soft", "#ground": "card", "#line": "line"}


def inked(drawing: str, line: str = "ink") -> str:
    """The SVG ``drawing`` in the colours in force; ``line`` is the token of what it draws in ``currentColor``."""
    tokens = theme().tokens
    for ink, token in {"currentColor": line, **_TOKENS}.items():
        drawing = drawing.replace(ink, getattr(tokens, token))
    return drawing
