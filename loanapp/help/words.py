"""How a text falls into the words that are looked for: Latin words as they stand, Chinese in pairs of characters."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Final

from loanapp.help.pinyin import sounds
from loanapp.resource_files import read_toml

_PIECE: Final = 4
_RUNS: Final = re.compile(r"(?P<chinese>[\u3400-\u9fff]+)|(?P<latin>[a-z0-9]+(?:[_'][a-z0-9]+)*)")


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words: ``chinese`` are its unbroken runs of characters, ``latin`` its words in lower case."""

    chinese: list[str] = field(default_factory=list)
    latin: list[str] = field(default_factory=list)


def words_of(text: str) -> Words:
    """The words of ``text``; apostrophes go, so that "can't" and "cant" are one."""
    found = Words()
    for match in _RUNS.finditer(text.lower().replace("’", "'")):
        if match["chinese"]:
            found.chinese.append(match["chinese"])
        else:
            found.latin.append(match["latin"].replace("'", ""))
    return found


def pairs(run: str) -> Iterator[str]:
    """Each two neighbouring characters."""
    yield from (run[index : index + 2] for index in range(len(run) - 1))


def neighbours(latin: list[str]) -> list[str]:
    """Each two Latin words that follow one another; words that say nothing alone say something beside another."""
    return [f"{first}_{second}" for first, second in pairwise(latin)]


def pieces(word: str) -> Iterator[str]:
    """The parts of four letters of a Latin word, its ends marked, so that other forms of it are alike in most."""
    marked = f"_{word}_"
    # Framed by letters, so that no stemming changes them.
    yield from (f"x{marked[index : index + _PIECE]}q" for index in range(len(marked) - _PIECE + 1))


def bridges(run: str) -> Iterator[str]:
    """Each two characters around a third, which may then be a wrong one; marked, so that they are no pair."""
    yield from (f"{run[index]}_{run[index + 2]}" for index in range(len(run) - 2))


@cache
def _lists() -> tuple[frozenset[str], tuple[tuple[str, ...], ...], re.Pattern[str]]:
    data = read_toml("help", "words.toml")
    empty = sorted(data["empty_chinese"], key=len, reverse=True)
    return frozenset(data["empty_latin"]), tuple(map(tuple, data["alike"])), re.compile("|".join(map(re.escape, empty)))


def is_empty(word: str) -> bool:
    """Whether a Latin word says nothing about the matter, such as "the"."""
    return word in _lists()[0]


def without_empty(run: str) -> list[str]:
    """What is left of a run of Chinese when the words that say nothing are taken out; the whole if nothing is."""
    return [part for part in _lists()[2].split(run) if part] or [run]


def empty_runs() -> tuple[str, ...]:
    """The Chinese words that say nothing about the matter."""
    return tuple(read_toml("help", "words.toml")["empty_chinese"])


def alike(text: str) -> set[str]:
    """Other words for what ``text`` (lower case) says; a borrower's words are not always ours."""
    latin = set(words_of(text).latin)
    found: set[str] = set()
    for group in _lists()[1]:
        if any(_says(text, latin, word) for word in group):
            found |= {word for word in group if not _says(text, latin, word)}
    return found


def alike_by_sound(heard: Iterable[str]) -> set[str]:
    """Other words for those that sound like ``heard``, pairs of syllables as they were typed in Latin letters."""
    pairs_heard = set(heard)
    spoken = pairs_heard and {word for word, own in _spoken() if own <= pairs_heard}
    return {word for group in _lists()[1] if not spoken.isdisjoint(group) for word in group} if spoken else set()


@cache
def _spoken() -> tuple[tuple[str, frozenset[str]], ...]:
    """Every Chinese word of the groups with the sounds of its pairs."""
    words = {word for group in _lists()[1] for word in group}
    return tuple((word, own) for word in sorted(words) if (own := frozenset(sounds(word))))


def _says(text: str, latin: set[str], word: str) -> bool:
    if word.isascii():
        return word in latin if " " not in word else f" {word} " in f" {text} "
    return word in text
