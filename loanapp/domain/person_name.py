"""A person's name as an identity card has it: Chinese characters of any block, and the dot inside a name.

Names of Uyghurs, Kazakhs, Tibetans and others are written with a dot between their parts (GB/T 15834-2011, 4.14);
keyboards, cards and readers know a dozen other dots for it.
"""

import re
import unicodedata
from typing import Final

DOT: Final = "\u00b7"
LONGEST: Final = 50
"""Characters: what registers of public security have room for (GA/T 543, from general knowledge, not seen)."""

_SHORTEST: Final = 2
_PLANES: Final = ("\U00020000", "\U0003fffd")
# Bullets, katakana and hyphenation points, full stops of every width.
_DOTS: Final = re.compile("\\s*[\u2022\u2027\u2219\u22c5\u30fb\uff65\u25cf\u25e6\u00b7\uff0e\u3002.]\\s*")


def tidy_name(text: str) -> str:
    """A name in one written form: composed, no space around it, every kind of dot the one dot."""
    return _DOTS.sub(DOT, unicodedata.normalize("NFC", text).strip())


def is_name(name: str) -> bool:
    """Two characters or more of any script, single dots only between them, no longer than a card can hold."""
    parts = name.split(DOT)
    letters = "".join(parts)
    return len(letters) >= _SHORTEST and len(name) <= LONGEST and all(map(_is_letter, letters)) and all(parts)


def _is_letter(character: str) -> bool:
    # Python's table of letters is older than the newest extensions, which lie in planes of Chinese characters alone.
    return character.isalpha() or _PLANES[0] <= character <= _PLANES[1]
