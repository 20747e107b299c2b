"""The console's pages: templates of ``resources/console``, words in two languages, no script."""

import json
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from loanapp.domain.clock import CHINA
from loanapp.resource_files import read_toml, resource_path

Language = Literal["zh", "en"]

# No script at all, nothing from elsewhere, no frame around it, and no address told to anybody.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def language_of(accepted: str) -> Language:
    """English where a browser asks for it first, else Chinese."""
    return "en" if accepted.strip().lower().startswith("en") else "zh"


def page(name: str, language: Language, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - a template's
    """One page."""
    template = _templates().get_template(f"{name}.html")
    html = template.render(words=_words(language), language=language, when=_when, said=_saying(language), **values)
    return Response(html, status, HEADERS, "text/html; charset=utf-8")


def style() -> Response:
    """The style sheet of all pages."""
    return Response(resource_path("console", "console.css").read_bytes(), 200, HEADERS, "text/css; charset=utf-8")


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(resource_path("console"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _words(language: Language) -> dict[str, str]:
    return {name: both[language] for name, both in read_toml("console", "words.toml")["words"].items()}


def _saying(language: Language) -> Any:  # noqa: ANN401 - a function for templates
    own = read_toml("console", "words.toml")["codes"]
    told = _told_to_borrowers(language)

    def said(code: str) -> str:
        """A code in words, as the borrower is told it where the console has none; else as it stands."""
        if code in own:
            return str(own[code][language])
        return str(told[code]["sentence"]) if code in told else code

    return said


@cache
def _told_to_borrowers(language: Language) -> dict[str, Any]:
    folder = "zh_CN" if language == "zh" else "en"
    found: dict[str, Any] = json.loads(resource_path("translations", folder, "codes.json").read_text(encoding="utf-8"))
    return found


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
