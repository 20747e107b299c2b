"""What the screen paints for each colour of the flash, and at which pace; loads no image library."""

from typing import Any

from loanapp.domain.liveness import FlashColour
from loanapp.resource_files import read_toml


def screen_colour(colour: FlashColour) -> tuple[int, int, int]:
    """Red, green and blue (sRGB, 0..255) of a colour of the flash."""
    red, green, blue = read_toml("vision", "flash.toml")["colours"][colour.value]
    return int(red), int(green), int(blue)


def pace() -> tuple[int, int, int]:
    """Fewest and most colours of one attempt, and milliseconds each is shown."""
    found: dict[str, Any] = read_toml("vision", "flash.toml")["pace"]
    return int(found["fewest"]), int(found["most"]), int(found["colour_ms"])


def least_ms() -> int:
    """Milliseconds that no colour may fall short of, whatever a lender asks (WCAG 2.3.1)."""
    return int(read_toml("vision", "flash.toml")["pace"]["least_ms"])
