"""The articles: Markdown with a small front matter under ``resources/help``, one folder a language."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from loanapp.domain.localised import LocalisedText
from loanapp.resource_files import read_toml, resource_path

_FENCE: Final = "---"
_FALLBACK: Final = "unexpected"
_FOLDERS: Final = ("zh_CN", "en")


class ArticleFormatError(ValueError):
    """An article's front matter is not as it should be; the text names the file."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language.

    ``codes`` are the error, hint and reason codes it answers, ``asked`` is what people would type who need it,
    ``related`` are the ids of articles that help on. ``drawing`` names a picture under ``resources/help/drawings``
    and ``pictured`` says in words what it shows; both are empty where there is none. ``sources`` is where the article
    has its facts of law and its telephone numbers from. ``body`` is Markdown.
    """

    id: str
    language: str
    title: str
    codes: tuple[str, ...]
    keywords: tuple[str, ...]
    asked: tuple[str, ...]
    related: tuple[str, ...]
    reviewed: date
    body: str
    drawing: str = ""
    pictured: str = ""
    sources: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the contents page and the ids of its articles, in the order shown."""

    title: LocalisedText
    articles: tuple[str, ...]


def folder_of(language: str) -> str:
    """The folder of ``"zh"``, ``"zh_CN"``, ``"en"``, ``"en_GB"``...: Chinese for every Chinese, else English."""
    return "zh_CN" if language.lower().startswith("zh") else "en"


def articles(language: str) -> tuple[Article, ...]:
    """Every article in ``language``, by id."""
    return tuple(_load(folder_of(language)).values())


def article(article_id: str, language: str) -> Article:
    """The article with this id. Raises :class:`KeyError` when there is none."""
    return _load(folder_of(language))[article_id]


def article_for(code: str, language: str) -> Article:
    """The one article that answers an error, hint or reason code.

    A code of a newer lender that this program does not know gets the article about the unexpected.
    """
    folder = folder_of(language)
    return _load(folder)[_by_code(folder).get(str(code), _FALLBACK)]


def page_article(page: str, language: str) -> Article:
    """The article that belongs to a page of the journey."""
    return article(f"page-{page}", language)


def contents() -> tuple[Section, ...]:
    """The contents page: every article of the help, in sections."""
    return tuple(
        Section(LocalisedText(zh=section["title"]["zh"], en=section["title"]["en"]), tuple(section["articles"]))
        for section in read_toml("help", "contents.toml")["section"]
    )


def review_due(one: Article) -> date:
    """The last day on which the article counts as checked."""
    return one.reviewed + timedelta(days=read_toml("help", "contents.toml")["review"]["within_days"])


def due_soon(day: date) -> tuple[Article, ...]:
    """The articles that are due for review, or will be soon, as of ``day``; the most urgent first."""
    warned = day + timedelta(days=read_toml("help", "contents.toml")["review"]["warn_days"])
    due = [one for folder in _FOLDERS for one in _load(folder).values() if review_due(one) <= warned]
    return tuple(sorted(due, key=lambda one: (one.reviewed, one.id, one.language)))


@cache
def _load(folder: str) -> dict[str, Article]:
    paths = sorted(resource_path("help", folder).glob("*.md"))
    loaded = (_parse(path.stem, folder, path.read_text(encoding="utf-8")) for path in paths)
    return {one.id: one for one in loaded}


@cache
def _by_code(folder: str) -> dict[str, str]:
    return {code: one.id for one in _load(folder).values() for code in one.codes}


def _parse(name: str, folder: str, text: str) -> Article:
    opening, _, rest = text.partition(f"{_FENCE}\n")
    head, fence, body = rest.partition(f"\n{_FENCE}\n")
    fields = dict(_field(line) for line in head.splitlines())
    try:
        found = Article(
            id=fields["id"],
            language=folder,
            title=fields["title"],
            codes=_listed(fields["codes"]),
            keywords=_listed(fields["keywords"]),
            asked=_listed(fields["asked"]),
            related=_listed(fields["related"]),
            reviewed=date.fromisoformat(fields["reviewed"]),
            body=body.strip() + "\n",
            drawing=fields.get("drawing", ""),
            pictured=fields.get("pictured", ""),
            sources=fields.get("sources", ""),
        )
    except (KeyError, ValueError) as error:
        raise ArticleFormatError(f"{folder}/{name}: {error}") from error
    if opening or not fence or found.id != name or not body.strip():
        raise ArticleFormatError(f"{folder}/{name}: the fences, the id or the text are missing")
    return found


def _field(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    return key.strip(), value.strip()


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
