"""Known words that a mistyped Latin word may have meant: one letter too many, too few, wrong, or two changed about."""

from collections.abc import Iterable, Iterator
from typing import Final

_SHORTEST: Final = 4
_MOST: Final = 3


class Typos:
    """Finds known words at one slip's distance, by what is left of both when a letter is dropped."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {word for word in known if len(word) >= _SHORTEST and word.isalpha() and word.isascii()}
        self._dropped: dict[str, set[str]] = {}
        for word in self._known:
            for left in _with_one_dropped(word):
                self._dropped.setdefault(left, set()).add(word)

    def knows(self, word: str) -> bool:
        """Whether this is a known word, rather than letters that stand for something else."""
        return word in self._known

    def meant(self, word: str) -> list[str]:
        """Up to three known words near ``word``; empty where it is known itself or too short to tell."""
        if len(word) < _SHORTEST or word in self._known:
            return []
        near = {found for left in _with_one_dropped(word) for found in self._dropped.get(left, ())}
        near = {found for found in near if found[0] == word[0] or len(word) > _SHORTEST}
        return sorted(near, key=lambda found: (abs(len(found) - len(word)), found))[:_MOST]


def _with_one_dropped(word: str) -> Iterator[str]:
    yield word
    for index in range(len(word)):
        yield word[:index] + word[index + 1 :]
