"""The index of the articles in one language: two FTS5 tables in memory, made when somebody first searches.

``head`` holds what an article is about (title, what people would type, keywords, code names, sounds), ``body`` what it
mentions. docs/decisions/0013 says why the words are cut here and not by a tokenizer of SQLite's.
"""

import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from functools import cache
from typing import Final

from loanapp.help.articles import Article, articles
from loanapp.help.pinyin import initials, sounds
from loanapp.help.typos import Typos
from loanapp.help.words import bridges, is_empty, neighbours, pairs, pieces, words_of

_TOKENIZER: Final = "porter unicode61 tokenchars '_'"
_COLUMNS: Final = ("codes", "title", "asked", "keywords", "bridges", "sounds", "initials", "pieces")
# bm25's weight of each column, in that order.
_WEIGHTS: Final = "20.0, 2.0, 3.0, 2.0, 0.5, 1.0, 1.0, 1.0"


class Index:
    """Searches the articles of one language; any thread may, one at a time."""

    def __init__(self, found: Iterable[Article], *, chinese: bool) -> None:
        self.articles: Final = tuple(found)
        numbers = {one.id: number for number, one in enumerate(self.articles)}
        self.leads_to: Final = tuple(tuple(numbers[name] for name in one.related) for one in self.articles)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        with closing(self._database.cursor()) as cursor:
            cursor.execute(f'CREATE VIRTUAL TABLE head USING fts5({", ".join(_COLUMNS)}, tokenize="{_TOKENIZER}")')
            cursor.execute(f'CREATE VIRTUAL TABLE body USING fts5(text, tokenize="{_TOKENIZER}")')
            cursor.execute("BEGIN")
            marks = ", ".join("?" * (1 + len(_COLUMNS)))
            for number, one in enumerate(self.articles):
                row = (number, *_head(one, chinese=chinese))
                cursor.execute(f"INSERT INTO head(rowid, {', '.join(_COLUMNS)}) VALUES ({marks})", row)  # noqa: S608
                cursor.execute("INSERT INTO body(rowid, text) VALUES (?, ?)", (number, _cut(one.body)))
            cursor.execute("COMMIT")
        self._pairs: Final = {
            pair
            for one in self.articles
            for run in words_of(" ".join((one.title, *one.asked, *one.keywords))).chinese
            for pair in pairs(run)
        }
        texts = (f"{one.title} {' '.join(one.asked)} {' '.join(one.keywords)} {one.body}" for one in self.articles)
        self.typos: Final = Typos({word for text in texts for word in words_of(text).latin})

    def knows(self, pair: str) -> bool:
        """Whether any article is about this pair of characters, rather than about one that sounds alike."""
        return pair in self._pairs

    def about(self, match: str) -> dict[int, float]:
        """How well each article's head fits an FTS5 expression; higher is better."""
        return self._ask(f"SELECT rowid, -bm25(head, {_WEIGHTS}) FROM head WHERE head MATCH ?", match)  # noqa: S608

    def mentions(self, match: str) -> dict[int, float]:
        """How well each article's text fits an FTS5 expression; higher is better."""
        return self._ask("SELECT rowid, -bm25(body) FROM body WHERE body MATCH ?", match)

    def _ask(self, statement: str, match: str) -> dict[int, float]:
        with self._lock, closing(self._database.cursor()) as cursor:
            return {int(number): float(score) for number, score in cursor.execute(statement, (match,))}


@cache
def index_of(folder: str) -> Index:
    """The index of a language's folder; made at the first call, in some 60 ms."""
    return Index(articles(folder), chinese=folder == "zh_CN")


def _head(one: Article, *, chinese: bool) -> tuple[str, ...]:
    heads = words_of(" ".join((one.title, *one.asked, *one.keywords)))
    runs = heads.chinese if chinese else []
    return (
        f"{one.id} {' '.join(one.codes)}",
        _cut(one.title),
        _cut(" , ".join(one.asked)),
        _cut(" , ".join(one.keywords)),
        " ".join(bridge for run in runs for bridge in bridges(run)),
        " ".join(sound for run in runs for sound in sounds(run)),
        " ".join(dict.fromkeys(pair for run in runs for pair in initials(run))),
        " ".join(piece for word in heads.latin if not is_empty(word) for piece in pieces(word)),
    )


def _cut(text: str) -> str:
    """``text`` as tokens with spaces between: characters and pairs of Chinese, Latin words that say something."""
    words = words_of(text)
    tokens = [word for word in words.latin if not is_empty(word)]
    tokens += neighbours(words.latin)
    for run in words.chinese:
        tokens += run
        tokens += pairs(run)
    return " ".join(tokens)
