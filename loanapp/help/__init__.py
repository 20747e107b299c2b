"""Help that works with the cable cut: offline articles, search over them, diagnosis of this computer."""

from loanapp.help.articles import Article, article, article_for, articles, page_article
from loanapp.help.search import Match, search

__all__ = ["Article", "Match", "article", "article_for", "articles", "page_article", "search"]
