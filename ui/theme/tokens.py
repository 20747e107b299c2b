"""The design's tokens, in one place: colours of the three appearances, type, space, corners, targets, motion.

Any colour of text may stand on any ground: ``LEAST_CONTRAST`` holds for all of them, ``LEAST_EDGE`` for borders, focus
and what fills a track. What each is for, and how a lender's own colour enters, stands in docs/design-language.md.
"""

from typing import Final, Literal, NamedTuple

Appearance = Literal["light", "dark", "contrast"]
APPEARANCES: Final[tuple[Appearance, ...]] = ("light", "dark", "contrast")

# Sizes of text in px at 100 %, on lines half as high again.
TYPE_SCALE: Final = (40, 36, 28, 20, 16, 14)
# The typeface comes in one weight, 400; Qt thickens its outlines from 700 on, and below that draws 400.
STRONG: Final = 700
# Steps of the 4 px grid: inside a control, inside a card, between blocks.
SPACING: Final = (4, 8, 12, 16, 24, 32, 48)
CORNERS: Final = (2, 4, 6, 8)
# The least height of what is pressed, in px of the screen, however small the text is set.
TARGET: Final = {"standard": 32, "large": 48}
# Milliseconds that one round takes of what moves; with reduced motion nothing does.
MOTION_MS: Final = {"turn": 900, "breath": 1600, "drawing": 2200, "drawing_slow": 3600}

# Text against its ground by WCAG 2.2 (1.4.3, and 1.4.6 where contrast is asked for); edges and focus by 1.4.11.
LEAST_CONTRAST: Final[dict[Appearance, float]] = {"light": 4.5, "dark": 4.5, "contrast": 7}
LEAST_EDGE: Final = 3


class Tokens(NamedTuple):
    """Colours by what they are for, as ``#RRGGBB``; ``*_soft`` is the ground behind text of the same family."""

    paper: str
    card: str
    sunken: str
    ink: str
    muted: str
    line: str
    track: str
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
    track="#E2DDD3",
    border="#7E898E",
    accent="#0B6E6E",
    accent_hover="#085757",
    on_accent="#FFFFFF",
    accent_soft="#E4F0EE",
    look="#8F5600",
    look_soft="#FBF1DF",
    stop="#B3261E",
    stop_soft="#FBEBE9",
    done="#297348",
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
    track="#2C383D",
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

# Black on white, not white on black: with astigmatism and clouded lenses, the common trouble of older eyes, white
# letters run into their dark ground. Lines count as borders here.
CONTRAST: Final = Tokens(
    paper="#FFFFFF",
    card="#FFFFFF",
    sunken="#F2F2F2",
    ink="#000000",
    muted="#2B2B2B",
    line="#6B6B6B",
    track="#D2D2D2",
    border="#000000",
    accent="#00474A",
    accent_hover="#002C2E",
    on_accent="#FFFFFF",
    accent_soft="#DDF1F0",
    look="#5C3600",
    look_soft="#FFF3D9",
    stop="#8A0F0A",
    stop_soft="#FFEBE8",
    done="#0F4A2A",
    done_soft="#E4F5EA",
    stripe="#FFE08A",
)

COLOURS: Final[dict[Appearance, Tokens]] = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
