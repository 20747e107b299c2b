"""Help that works with the cable cut: offline articles, search over them, diagnosis of this computer."""

from loanapp.help.articles import (
    Article,
    Section,
    article,
    article_for,
    articles,
    contents,
    due_soon,
    page_article,
    review_due,
)
from loanapp.help.search import Match, search

__all__ = [
    "Article",
    "Match",
    "Section",
    "article",
    "article_for",
    "articles",
    "contents",
    "due_soon",
    "page_article",
    "review_due",
    "search",
]
