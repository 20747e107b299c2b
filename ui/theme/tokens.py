"""Colours of the two themes. Text on its ground has a contrast of at least 4.5, borders of fields at least 3."""

from typing import Final, NamedTuple


class Tokens(NamedTuple):
    """Colours by what they are for, as ``#RRGGBB``; ``*_soft`` is the ground behind text of the same family."""

    paper: str
    card: str
    sunken: str
    ink: str
    muted: str
    line: str
    border: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    look: str
    look_soft: str
    stop: str
    stop_soft: str
    done: str
    done_soft: str
    stripe: str


LIGHT: Final = Tokens(
    paper="#FAF8F4",
    card="#FFFFFF",
    sunken="#F1EEE7",
    ink="#1D2A30",
    muted="#56646B",
    line="#E2DDD3",
    border="#7E898E",
    accent="#0B6E6E",
    accent_hover="#085757",
    on_accent="#FFFFFF",
    accent_soft="#E4F0EE",
    look="#8F5600",
    look_soft="#FBF1DF",
    stop="#B3261E",
    stop_soft="#FBEBE9",
    done="#2E7D4F",
    done_soft="#ECF6F0",
    stripe="#EFE3C8",
)

DARK: Final = Tokens(
    paper="#12191C",
    card="#1A2327",
    sunken="#0D1315",
    ink="#E8ECEA",
    muted="#A5B1B4",
    line="#2C383D",
    border="#75848A",
    accent="#4DB6AC",
    accent_hover="#72C7BF",
    on_accent="#0B1416",
    accent_soft="#173331",
    look="#E5AE57",
    look_soft="#332818",
    stop="#F2938A",
    stop_soft="#3A2120",
    done="#7BC79A",
    done_soft="#18301F",
    stripe="#3A3220",
)
