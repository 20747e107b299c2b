"""What has changed between two versions of a text, line by line."""

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple


class LineChange(NamedTuple):
    """One place that changed: the line as it was and as it is; an empty one was not there, or is there no more."""

    before: str
    now: str


def changes(before: str, now: str) -> tuple[LineChange, ...]:
    """Every changed line in the order of the text; empty lines and white space at the ends say nothing."""
    old, new = _lines(before), _lines(now)
    found: list[LineChange] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        gone, come = old[old_from:old_to], new[new_from:new_to]
        found.extend(LineChange(*pair) for pair in zip_longest(gone, come, fillvalue=""))
    return tuple(found)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
