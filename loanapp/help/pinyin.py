"""Chinese by its sound: syllables of characters, and what somebody meant who types them in Latin letters.

Tones are left out, as keyboards leave them out; ü is written v.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, product
from typing import Final

from loanapp.resource_files import read_toml

_MOST_READINGS: Final = 4
# No syllable of Mandarin begins with i, u or v.
_INITIALS: Final = re.compile(r"[a-hj-tw-z]{2,8}")
_LONGEST_TYPED: Final = 60


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for syllable, characters in read_toml("help", "pinyin.toml").items():
        for character in characters:
            found.setdefault(character, []).append(syllable)
    return {character: tuple(syllables) for character, syllables in found.items()}


@cache
def _syllables() -> frozenset[str]:
    return frozenset(read_toml("help", "pinyin.toml"))


def readings(character: str) -> tuple[str, ...]:
    """The usual syllables of a character; empty for one that is not known."""
    return _readings().get(character, ())


def sounds(run: str) -> Iterator[str]:
    """The sound of each pair of neighbouring characters in ``run``, in every usual reading: ``"huankuan"``."""
    readings = _readings()
    for first, second in pairwise(run):
        pairs = product(readings.get(first, ()), readings.get(second, ()))
        yield from ("".join(pair) for pair, _ in zip(pairs, range(_MOST_READINGS), strict=False))


def initials(run: str) -> Iterator[str]:
    """The first letters of each two and three neighbouring characters: ``"hk"``, ``"tqh"``."""
    letters = [sorted({syllable[0] for syllable in readings(character)}) for character in run]
    for size in (2, 3):
        for start in range(len(run) - size + 1):
            yield from map("".join, product(*letters[start : start + size]))


def typed_sounds(letters: str) -> tuple[list[str], str]:
    """What ``letters`` (lower case, no spaces) sound like: pairs of syllables, and the beginning of the last pair.

    ``"tiqianhuank"`` gives ``(["tiqian", "qianhuan"], "huank")``. Empty for what is no pinyin of two syllables or
    more.
    """
    if len(letters) > _LONGEST_TYPED:
        return [], ""
    best = _split(letters)
    if best is None:
        return [], ""
    parts, rest = best
    pairs = [first + second for first, second in pairwise(parts)]
    return pairs, parts[-1] + rest if rest and parts else ""


def typed_initials(letters: str) -> list[str]:
    """The threes of first letters in ``"tqhq"``, or the two there are; empty for what can be no row of initials."""
    if not _INITIALS.fullmatch(letters):
        return []
    return [letters[index : index + 3] for index in range(max(1, len(letters) - 2))]


def _split(letters: str) -> tuple[list[str], str] | None:
    """Whole syllables from the left and an unfinished rest of at most four letters; the fewest syllables win."""
    known, longest = _syllables(), 6
    ways: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - longest), end):
            before = ways[start]
            if before is not None and letters[start:end] in known:
                way = ways[end]
                if way is None or len(before) + 1 < len(way):
                    ways[end] = [*before, letters[start:end]]
    for length in range(len(letters), max(0, len(letters) - 5), -1):
        way, rest = ways[length], letters[length:]
        if way and (not rest or any(syllable.startswith(rest) for syllable in known)):
            return way, rest
    return None
