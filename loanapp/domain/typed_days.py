"""Days as people type them or read them off a card: ``2018-5-10``, ``2018.05.10``, ``20180510``, ``2018年5月10日``."""

import re
import unicodedata
from datetime import date
from typing import Final

# What stands between the parts of a day, however it is written.
_BETWEEN: Final = re.compile(r"[-./\s年月日]")
_DAY: Final = re.compile(r"([0-9]{4})[-./\s年]*([0-9]{1,2})[-./\s月]*([0-9]{1,2})[\s日]*")
_YEAR, _MONTH = 4, 6


def half_width(text: str) -> str:
    """Full-width digits and letters, as Chinese input methods write them, in their ordinary form (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def parse_day(text: str) -> date | None:
    """The day that is written, or ``None`` where it is none."""
    found = _DAY.fullmatch(half_width(text).strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def day_characters(text: str) -> str:
    """The digits of a day that is being typed; ``text`` itself where it holds words ("长期").

    A month or day that is followed by something is finished: ``2018-5-`` gives ``201805``.
    """
    plain = half_width(text)
    parts = [part for part in _BETWEEN.split(plain) if part]
    if any(not (part.isascii() and part.isdigit()) for part in parts):
        return text
    between = len(_BETWEEN.findall(plain))
    return "".join(part.zfill(2) if 0 < place < between else part for place, part in enumerate(parts))


def day_as_typed(characters: str) -> str:
    """Digits so far with lines between year, month and day: ``201805`` gives ``2018-05``; words stay words."""
    if not characters.isdigit() or len(characters) <= _YEAR:
        return characters
    parts = (characters[:_YEAR], characters[_YEAR:_MONTH], characters[_MONTH:])
    return "-".join(part for part in parts if part)
