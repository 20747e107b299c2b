"""The words of a page as paragraphs, for readers and for large type: lines end where the window does, not the paper."""

import unicodedata
from typing import Final

# A line this full (of the fullest) that does not end a sentence goes on in the next.
_FULL: Final = 0.8
# What Unicode calls the marks that end a sentence or announce a list, in both languages.
_ENDS: Final = ("FULL STOP", "COLON", "QUESTION MARK", "EXCLAMATION MARK")


def flowing(page: str) -> str:
    """``page`` with the lines of a paragraph joined; a table's rows and headings, which are shorter, stay lines."""
    lines = [line.strip() for line in page.splitlines() if line.strip()]
    fullest = max((_width(line) for line in lines), default=0)
    made: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on:
            gap = " " if made[-1][-1:].isascii() and line[:1].isascii() else ""
            made[-1] = f"{made[-1]}{gap}{line}"
        else:
            made.append(line)
        goes_on = _width(line) >= _FULL * fullest and not unicodedata.name(line[-1], "").endswith(_ENDS)
    return "\n".join(made)


def _width(line: str) -> float:
    """In Chinese characters; the others are about half as wide."""
    return sum(0.5 if character.isascii() else 1.0 for character in line)
