"""One search of the help, against the bare FTS5 query under it; and the making of its index, against a bare one."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from loanapp.help import Article, articles, search
from loanapp.help.index import Index, index_of
from loanapp.help.words import pairs, words_of
from tests.loanapp.help.asking import questions

ROUNDS = 5


def _took_ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _bare(words: str) -> str:
    found = words_of(words)
    tokens = [*found.latin, *(pair for run in found.chinese for pair in pairs(run))]
    return " OR ".join(f'"{token}"' for token in tokens) or '"x"'


def _bare_index(found: tuple[Article, ...]) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE VIRTUAL TABLE text USING fts5(title, body)")
        database.executemany("INSERT INTO text VALUES (?, ?)", [(one.title, one.body) for one in found])


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds: the mean and the slowest of a hundred queries, and the first search's extra."""
    asked = questions("open")
    for folder in ("zh_CN", "en"):
        index_of(folder)
    ours: dict[str, float] = {}
    bare: dict[str, float] = {}
    for _ in range(ROUNDS):
        for one in asked:
            index, match = index_of("zh_CN" if one.language == "zh" else "en"), _bare(one.words)
            search.__globals__["_expressions"].cache_clear()
            ours[one.words] = min(ours.get(one.words, 1e9), _took_ms(lambda one=one: search(one.words, one.language)))
            bare[one.words] = min(
                bare.get(one.words, 1e9), _took_ms(lambda index=index, match=match: index.about(match))
            )
    yield "help_search.mean", statistics.mean(ours.values()), "ms", statistics.mean(bare.values())
    yield "help_search.slowest", max(ours.values()), "ms", max(bare.values())
    for folder in ("zh_CN", "en"):
        found = articles(folder)
        made = min(
            _took_ms(lambda found=found, folder=folder: Index(found, chinese=folder == "zh_CN")) for _ in range(3)
        )
        read = min(_took_ms(lambda found=found: _bare_index(found)) for _ in range(3))
        yield f"help_search.index.{folder}", made, "ms", read
