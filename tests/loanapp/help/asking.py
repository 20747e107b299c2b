"""The questions borrowers ask the help, and whether the right article is among the first answers.

Questions of somebody else's are answered by ``python -m tests.loanapp.help.asking FILE``: a table with tabs and the
heading ``language kind query wanted``; ``zh`` or ``en``, ``complaint`` or ``question``, the words as typed, and the ids
of every article that would do, with spaces between. The ids and titles to choose from: ``... asking --articles``.

``open.tsv`` and ``sealed.tsv`` were written before anything ranked, and the second of them was opened once the ranking
stood; ``later.tsv`` was written after that, and ``fresh.tsv`` by a reader who had seen the articles' titles alone;
``once.tsv`` by one who works on the program and had seen the articles' names and the first lines of ``words.toml``,
and so was ``english.tsv``, after English articles had been given more ways of saying it. ``stranger_open.tsv`` and
``stranger_sealed.tsv`` were written blind by a stranger to the program and its help, and the second was opened once.
docs/decisions/0013 has the figures of the days they were opened.
"""

import csv
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from loanapp.help import articles, search

FOLDER = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Question:
    """What somebody typed, in which language, as a complaint or a question, and the articles that would do."""

    language: str
    kind: str
    words: str
    wanted: frozenset[str]


def questions(name):
    return read(FOLDER / f"{name}.tsv")


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Question(row["language"], row["kind"], row["query"], frozenset(row["wanted"].split()))
            for row in csv.DictReader(file, delimiter="\t")
        ]


def place(words, language, wanted):
    """From 0, the place of the first wanted article; 99 where none is found."""
    found = [match.article.id for match in search(words, language)]
    return next((number for number, name in enumerate(found) if name in wanted), 99)


def missed(asked, first=3):
    return [one.words for one in asked if place(one.words, one.language, one.wanted) >= first]


def told(asked):
    """How many found their article, by language and kind, and every one that did not with what it found."""
    known, took, lost = {one.id for one in articles("zh")}, [], []
    unknown = {name for one in asked for name in one.wanted} - known
    counts = {}
    for one in asked:
        started = time.perf_counter()
        found = place(one.words, one.language, one.wanted)
        took.append(time.perf_counter() - started)
        for group in ("all", one.language, one.kind):
            count = counts.setdefault(group, [0, 0, 0])
            count[0] += 1
            count[1] += found < 3
            count[2] += found < 1
        if found >= 3:
            first = ", ".join(match.article.id for match in search(one.words, one.language, 3))
            lost.append(f"  {one.language} {one.words}\n     wanted {' '.join(sorted(one.wanted))}; found {first}")
    for group, (every, three, best) in counts.items():
        yield f"{group}: {three} of {every} among the first three ({three / every:.1%}), {best} the very first"
    yield f"slowest of 20: {sorted(took)[len(took) * 19 // 20] * 1000:.1f} ms"
    yield from (f"unknown article: {name}" for name in sorted(unknown))
    yield from lost


def main(arguments):
    if arguments == ["--articles"]:
        titles = {one.id: one.title for one in articles("zh")}
        print("\n".join(f"{one.id}\t{titles[one.id]}\t{one.title}" for one in articles("en")))
        return
    search("x", "zh"), search("x", "en")
    for name in arguments:
        print("\n".join(told(read(Path(name)))))


if __name__ == "__main__":
    main(sys.argv[1:])
