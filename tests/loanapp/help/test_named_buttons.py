"""What an article tells the reader to press is there to be pressed, in the words the program shows."""

import json
import re
from collections.abc import Iterator
from functools import cache

import pytest

from loanapp.help import articles
from loanapp.help.articles import Article
from loanapp.resource_files import resource_path

EVERY = [one for language in ("zh", "en") for one in articles(language)]
_ZH_QUOTED = r"“[^”]+”"
_TOLD = {
    "zh_CN": re.compile(rf"点[^“”。，；：\n]{{0,12}}(?P<names>{_ZH_QUOTED}(?:(?:或|、|再点|和)?{_ZH_QUOTED})*)"),
    "en": re.compile(r'\b(?:[Pp]ress|[Cc]hoose)(?:es|ing|s)? (?P<names>"[^"]+"(?: (?:or|and|then) "[^"]+")*)'),
}
_QUOTED = {"zh_CN": re.compile("“([^”]+)”"), "en": re.compile('"([^"]+)"')}
# What no translation into that language holds: the language's own name on its button, a security program's words.
_OF_OTHERS = {"zh_CN": {"简体中文", "允许"}, "en": {"English", "Allow"}}


def _values(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _values(value)


@cache
def _shown(language: str) -> frozenset[str]:
    """Every text of the window, and of one with a number in it also what comes before the number."""
    folder = resource_path("translations", language)
    texts = {text for path in folder.glob("*.json") for text in _values(json.loads(path.read_text(encoding="utf-8")))}
    return frozenset(texts | {text.split(" {")[0] for text in texts if " {" in text})


def _named(one: Article) -> list[str]:
    told = (match["names"] for match in _TOLD[one.language].finditer(one.body))
    return [name.rstrip(".;,") for names in told for name in _QUOTED[one.language].findall(names)]


def _is_shown(name: str, language: str) -> bool:
    return name in _shown(language) or re.sub(r" \d+%$", "", name) in _shown(language)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.language}/{one.id}")
def test_a_button_an_article_names_is_one_the_program_shows(one):
    assert [
        name for name in _named(one) if name not in _OF_OTHERS[one.language] and not _is_shown(name, one.language)
    ] == []


def test_no_exception_is_kept_that_no_article_needs():
    for language, names in _OF_OTHERS.items():
        said = {name for one in EVERY if one.language == language for name in _named(one)}
        assert {name for name in names if name not in said or _is_shown(name, language)} == set()


@pytest.mark.parametrize(
    ("language", "article", "name"),
    [
        ("zh_CN", "overdue", "还这一期"),
        ("en", "overdue", "Pay this instalment"),
        ("zh_CN", "cancel-application", "无偿还回"),
        ("en", "older-people", "Text 100%"),
    ],
)
def test_the_names_are_found_in_the_sentences(language, article, name):
    """Else the test above would be content with articles it cannot read."""
    one = next(one for one in EVERY if (one.language, one.id) == (language, article))
    assert name in _named(one)
    assert not _is_shown(f"{name}x", language)
