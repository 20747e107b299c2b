"""Help articles as the panel shows them: a title and paragraphs of plain text."""

from typing import Literal

from ui.translations import translator


def article_text(article_id: str, language: Literal["zh", "en"]) -> tuple[str, list[str]]:
    """Title and paragraphs of an article, by its id or by the code it answers."""
    from loanapp.help import article, article_for

    try:
        found = article(article_id, language)
    except KeyError:
        found = article_for(article_id, language)
    lines = [line.replace("**", "").replace("`", "") for line in found.body.split("\n") if line.strip()]
    return translator().shaped(found.title), [_shaped(line) for line in lines]


def _shaped(line: str) -> str:
    mark = line[: len(line) - len(line.lstrip("#-* "))]
    return mark + translator().shaped(line[len(mark) :])
