"""Search over the offline articles: words with spaces, Chinese without."""

import re
from dataclasses import dataclass
from typing import Final

from loanapp.help.articles import Article, articles

# What a hit is worth: what an article is about weighs more than what it mentions.
_CODE, _TITLE, _KEYWORD, _BODY = 12.0, 6.0, 5.0, 1.0
_MOST_BODY_HITS: Final = 3
# A pair of characters inside a Chinese phrase says less than the phrase.
_PAIR_SHARE: Final = 0.4
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Match:
    """An article and how well it fits: higher is better, at most two decimals."""

    article: Article
    score: float


def search(words: str, language: str, limit: int = 10) -> list[Match]:
    """The best ``limit`` articles for ``words``, best first; empty when nothing fits."""
    terms = _terms(words)
    matches = (Match(one, round(_score(one, terms), 2)) for one in articles(language))
    found = sorted((match for match in matches if match.score > 0), key=lambda match: (-match.score, match.article.id))
    return found[:limit]


def _terms(words: str) -> list[tuple[str, float]]:
    terms: list[tuple[str, float]] = []
    for word in words.lower().split():
        terms.append((word, 1.0))
        for phrase in _CHINESE.findall(word):
            pairs = {phrase[index : index + 2] for index in range(len(phrase) - 1)} - {word}
            terms += [(pair, _PAIR_SHARE) for pair in sorted(pairs)]
    return terms


def _score(one: Article, terms: list[tuple[str, float]]) -> float:
    title, body = one.title.lower(), one.body.lower()
    keywords = [keyword.lower() for keyword in one.keywords]
    total = 0.0
    for term, weight in terms:
        worth = _CODE if term in one.codes or term == one.id else 0.0
        worth += _TITLE if term in title else 0.0
        worth += _KEYWORD if any(term in keyword for keyword in keywords) else 0.0
        worth += _BODY * min(body.count(term), _MOST_BODY_HITS)
        total += weight * worth
    return total
