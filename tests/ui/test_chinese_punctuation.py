"""Chinese is set with Chinese punctuation, wherever the program's words come from."""

import json
import re
import tomllib
from collections.abc import Iterator

import pytest

from loanapp.resource_files import resource_path

# Letters, or the marks that only a Chinese sentence has.
_CHINESE = re.compile("[\u3400-\u9fff\u3001\u3002\uff01-\uff5e]")
_LATIN_MARK = re.compile(
    "[()]"
    "|[,;?!:](?=[\\s\u3400-\u9fff{]|$)"
    "|(?<=[\u3400-\u9fff}])[,;?!:]"
    "|(?<=[\u3400-\u9fff])\\.(?!\\w)"
    "|[\u3400-\u9fff}] +[（，。；：]"
)


def strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from strings(member, f"{path}.{name}")
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from strings(member, f"{path}[{place}]")
    elif isinstance(value, str):
        yield path, value


def wrong(text: str) -> bool:
    return bool(_CHINESE.search(text) and _LATIN_MARK.search(text))


@pytest.mark.parametrize("text", ["没有完成(错误)。", "就绪: 好", "好 （位于这里）", "{name}, {other}。", "好."])
def test_the_scan_finds_what_it_looks_for(text):
    assert wrong(text)


def test_sentences_of_the_window_and_the_commands():
    files = resource_path("translations", "zh_CN").glob("*.json")
    found = [
        (path.name, key, text)
        for path in files
        for key, text in strings(json.loads(path.read_text(encoding="utf-8")))
        if wrong(text)
    ]
    assert found == []


def test_texts_of_the_policies():
    """``source`` cites where a rule stands, for whoever maintains it: nobody is shown it."""
    found = [
        (path.name, key, text)
        for path in resource_path().rglob("*.toml")
        for key, text in strings(tomllib.loads(path.read_text(encoding="utf-8")))
        if not key.endswith("source") and wrong(text)
    ]
    assert found == []


def test_help_articles():
    found = [
        (path.name, line)
        for path in resource_path("help", "zh_CN").glob("*.md")
        for line in path.read_text(encoding="utf-8").split("---", 2)[2].splitlines()
        if wrong(re.sub("`[^`]*`", "", line))
    ]
    assert found == []
