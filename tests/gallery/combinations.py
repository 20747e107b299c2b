"""How a page or a component may look: language, colours, size of text, size of the window; all of them together."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, get_args

from ui.theme import theme
from ui.theme.theme import Mode
from ui.translations import FOLDERS, translator

LANGUAGES: Final = tuple(FOLDERS)
SCALES: Final = (100, 150, 200)
SIZES: Final = ((1366, 768), (1920, 1080))


def appearances() -> tuple[str, ...]:
    """Every set of colours the theme has; what follows the system is one of them."""
    return tuple(mode for mode in get_args(Mode) if mode != "system")


@dataclass(frozen=True, slots=True)
class Combination:
    """One way to look; ``size`` in px is that of the window."""

    language: Any
    appearance: Any
    scale: int
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """``zh-light-100-1366x768``."""
        return f"{self.language}-{self.appearance}-{self.scale}-{self.size[0]}x{self.size[1]}"

    def put_in_force(self) -> None:
        """Change colours, size of text and language of the whole program, as the borrower would."""
        look = theme()
        if (look.mode, look.scale) != (self.appearance, self.scale):
            look.choose(mode=self.appearance, scale=self.scale)
        translator().set_language(self.language)


def all_combinations() -> tuple[Combination, ...]:
    """All of them; what is dear to change (colours, size of text) changes least often."""
    return tuple(_all())


def _all() -> Iterator[Combination]:
    for appearance, scale, size, language in product(appearances(), SCALES, SIZES, LANGUAGES):
        yield Combination(language, appearance, scale, size)


def named(name: str) -> Combination:
    """The combination called ``name``; raises :class:`KeyError`."""
    return {one.name: one for one in _all()}[name]


ONE: Final = Combination("zh", "light", 100, (1366, 768))
"""The combination of the golden pictures."""


def worst() -> tuple[Combination, ...]:
    """Where something is cut off first: long words in large type on the small screen, and a wide line in Chinese."""
    dearest = "contrast" if "contrast" in appearances() else "dark"
    return (
        Combination("en", "light", 200, (1366, 768)),
        Combination("zh", dearest, 200, (1366, 768)),
        Combination("zh", "light", 100, (1920, 1080)),
    )
