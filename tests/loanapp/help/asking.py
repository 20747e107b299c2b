"""The questions borrowers ask the help, and whether the right article is among the first answers.

``open.tsv`` and ``sealed.tsv`` were written before anything ranked, and the second of them was opened once the ranking
stood; ``later.tsv`` was written after that. docs/decisions/0013 has the figures of the days they were opened.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from loanapp.help import search

FOLDER = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Question:
    """What somebody typed, in which language, as a complaint or a question, and the articles that would do."""

    language: str
    kind: str
    words: str
    wanted: frozenset[str]


def questions(name):
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
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
