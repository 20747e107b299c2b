"""Help articles as the panel shows them: a title, a drawing, paragraphs of plain text, and what helps on."""

from dataclasses import dataclass
from typing import Literal

from loanapp.help import article, article_for
from ui.formats import day
from ui.translations import translator


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article ready to be shown.

    ``paragraphs`` as :meth:`ui.components.help_panel.HelpPanel.show_article` takes them; ``drawing`` is the name of a
    picture under ``resources/help/drawings`` and ``pictured`` its words, both empty where there is none; ``related``
    are ids and titles of articles that help on, ``reviewed`` the day it was last read, as it is written.
    """

    title: str
    paragraphs: list[str]
    drawing: str
    pictured: str
    related: list[tuple[str, str]]
    reviewed: str


def article_text(article_id: str, language: Literal["zh", "en"]) -> ShownArticle:
    """An article by its id or by the code it answers."""
    try:
        found = article(article_id, language)
    except KeyError:
        found = article_for(article_id, language)
    lines = [line.replace("**", "").replace("`", "") for line in found.body.split("\n") if line.strip()]
    shaped = translator().shaped
    return ShownArticle(
        title=shaped(found.title),
        paragraphs=[_shaped(line) for line in lines],
        drawing=found.drawing,
        pictured=shaped(found.pictured),
        reviewed=day(found.reviewed),
        related=[(name, shaped(article(name, language).title)) for name in found.related],
    )


def _shaped(line: str) -> str:
    mark = line[: len(line) - len(line.lstrip("#-* []"))]
    return mark + translator().shaped(line[len(mark) :])
