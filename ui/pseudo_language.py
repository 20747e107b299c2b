"""English as a translator's test sees it: accented, longer by two fifths, in brackets; placeholders stay as they are.

What shows without brackets stands in the code instead of the translations; a bracket that is missing at an end was cut
off. ``LOANAPP_LANGUAGE=pseudo`` starts the program so; it is never offered to a borrower.
"""

import re
from functools import cache
from typing import Final

VARIABLE: Final = "LOANAPP_LANGUAGE"
NAME: Final = "pseudo"

# Letters that the program's own typeface has.
_ACCENTED: Final = str.maketrans("AEIOUYNCaeiouync", "ÂÊÎÔÛÝÑÇâêîôûýñç")
_PLACEHOLDER: Final = re.compile(r"(\{[^{}]*\})")
_LONGER: Final = 0.4
# A month's short name or a unit is as short in every language.
_SHORT: Final = 4


@cache
def pseudo(sentence: str) -> str:
    """The sentence or its pattern; what has no letters, or is an abbreviation such as CNY, comes back unchanged."""
    parts = _PLACEHOLDER.split(sentence)
    letters = [character for part in parts[::2] for character in part if character.isalpha()]
    if all(character.isupper() for character in letters):
        return sentence
    missing = -(-len(letters) * _LONGER // 1) if len(letters) > _SHORT else 0
    shown = []
    for place, part in enumerate(parts):
        if place % 2:
            shown.append(part)
            continue
        for character in part:
            shown.append(character.translate(_ACCENTED))
            if missing > 0 and character.lower() in "aeiouy":
                shown.append(character.lower().translate(_ACCENTED))
                missing -= 1
    return f"[{''.join(shown)}{'~' * int(missing)}]"
