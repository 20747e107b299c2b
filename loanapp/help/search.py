"""Search over the offline articles while somebody types: forgiving of a wrong character, of pinyin, of other words."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from loanapp.help.articles import Article, folder_of
from loanapp.help.pinyin import sounds, typed_initials, typed_sounds
from loanapp.help.words import (
    Words,
    alike,
    alike_by_sound,
    bridges,
    empty_runs,
    is_empty,
    neighbours,
    pairs,
    pieces,
    without_empty,
    words_of,
)

if TYPE_CHECKING:
    from loanapp.help.index import Index

# Hits in what an article is about weigh more than in what it mentions; other words for the same, and guesses, less.
_ABOUT, _MENTIONS, _ALIKE, _GUESSED = 3.0, 1.0, 0.4, 0.4
# Two English words that follow one another, and parts of words; docs/decisions/0013 says how the weights were found.
_NEIGHBOURS, _PIECES = 1.0, 0.5
# Of what fits an article, a share counts for those it leads on to: two of them are often right.
_LED_ON_TO: Final = 0.1
# What fits so much worse than the best is noise.
_LEAST_OF_BEST: Final = 0.12
_LONGEST_QUERY: Final = 200
_CHINESE, _ENGLISH = "zh_CN", "en"
# Words of one syllable that say nothing, when typed with spaces around them.
_PARTICLES: Final = frozenset({"a", "ba", "de", "le", "ma", "ne", "wo"})


@dataclass(frozen=True, slots=True)
class Match:
    """An article and how well it fits: higher is better, two decimals."""

    article: Article
    score: float


def search(words: str, language: str, limit: int = 10) -> list[Match]:
    """The best ``limit`` articles for ``words``, best first; empty when nothing fits.

    The last word may be unfinished. The first search in a language makes its index. Where no English article fits
    Chinese words, the Chinese ones are searched: each match names the language of its article.
    """
    found = _search(words, folder_of(language), limit)
    if not found and folder_of(language) == _ENGLISH and words_of(words[:_LONGEST_QUERY].lower()).chinese:
        return _search(words, _CHINESE, limit)
    return found


def _search(words: str, folder: str, limit: int) -> list[Match]:
    from loanapp.help.index import index_of  # noqa: PLC0415 - showing an article needs no SQLite

    index = index_of(folder)
    text = words[:_LONGEST_QUERY].lower()
    scores: dict[int, float] = {}
    for expression, weight, about in _expressions(text, index):
        share = weight * (_ABOUT if about else _MENTIONS)
        for number, score in (index.about if about else index.mentions)(expression).items():
            scores[number] = scores.get(number, 0.0) + share * score
    scores = _led_on(scores, index)
    least = _LEAST_OF_BEST * max(scores.values(), default=0.0)
    found = (Match(index.articles[number], round(score, 2)) for number, score in scores.items())
    ranked = sorted(
        (match for match in found if match.score > 0 and match.score >= least),
        key=lambda match: (-match.score, match.article.id),
    )
    return ranked[:limit]


def _led_on(scores: dict[int, float], index: "Index") -> dict[int, float]:
    """``scores`` with what articles get from the best that leads on to them."""
    found = dict(scores)
    for number, score in scores.items():
        for other in index.leads_to[number]:
            found[other] = max(found.get(other, 0.0), scores.get(other, 0.0) + _LED_ON_TO * score)
    return found


@lru_cache(maxsize=32)
def _expressions(text: str, index: "Index") -> tuple[tuple[str, float, bool], ...]:
    """What FTS5 is asked, with the weight of each answer and whether it is asked of what articles are about."""
    words = words_of(text)
    exact, single = _exact(words), [character for run in words.chinese for character in run]
    heard = _typed_sounds(words)
    other = words_of(" ".join(sorted(alike(text) | alike_by_sound(heard))))
    asked = [
        (_any(exact, unfinished=_unfinished(words, text)), 1.0, True),
        (_any(exact, unfinished=_unfinished(words, text)), 1.0, False),
        (_any(neighbours(words.latin)), _NEIGHBOURS, True),
        (_any([piece for word in words.latin if not is_empty(word) for piece in pieces(word)]), _PIECES, True),
        (_any(single), 1.0, True),
        (_any(_exact(other)), _ALIKE, True),
        (_any(_guesses(words, index)), _GUESSED, True),
        (_any(heard), 1.0, True),
        (_any(_misheard(words, index)), 1.0, True),
        (_initials(words, index), _GUESSED, True),
    ]
    return tuple(one for one in asked if one[0])


def _exact(words: Words) -> list[str]:
    said = [word for word in words.latin if not is_empty(word)]
    tokens = said or list(words.latin)
    for run in words.chinese:
        for part in without_empty(run):
            tokens += pairs(part) if len(part) > 1 else [part]
    return tokens


def _guesses(words: Words, index: "Index") -> list[str]:
    """Words near what was mistyped, and Chinese by its sound, however it was written."""
    tokens = [meant for word in words.latin for meant in index.typos.meant(word)]
    for run in words.chinese:
        tokens += bridges(run)
        tokens += sounds(run)
    return [token for token in tokens if token not in _empty_sounds()]


def _misheard(words: Words, index: "Index") -> list[str]:
    """The sound of pairs that nobody writes here: most likely another character was picked from the keyboard's list."""
    unknown = [pair for run in words.chinese for pair in pairs(run) if not index.knows(pair)]
    return [sound for pair in unknown for sound in sounds(pair) if sound not in _empty_sounds()]


def _typed_sounds(words: Words) -> list[str]:
    """Pinyin typed in Latin letters, with or without spaces."""
    whole, beginning = typed_sounds("".join(word for word in words.latin if word not in _PARTICLES))
    return [pair for pair in whole if pair not in _empty_sounds()] + ([f"{beginning}*"] if beginning else [])


@cache
def _empty_sounds() -> frozenset[str]:
    return frozenset(sound for run in empty_runs() for sound in sounds(run))


def _initials(words: Words, index: "Index") -> str:
    rows = [typed_initials(word) for word in words.latin if not index.typos.knows(word)]
    return " OR ".join(f"(initials : ({' AND '.join(_quoted(pair) for pair in row)}))" for row in rows if row)


def _unfinished(words: Words, text: str) -> str:
    last = words.latin[-1] if words.latin else ""
    return last if len(last) > 1 and text.endswith(last) and not is_empty(last) else ""


def _any(tokens: list[str], unfinished: str = "") -> str:
    said = [f'"{token[:-1]}"*' if token.endswith("*") else _quoted(token) for token in dict.fromkeys(tokens)]
    return " OR ".join([*said, *([f'"{unfinished}"*'] if unfinished else [])])


def _quoted(token: str) -> str:
    return f'"{token}"'
