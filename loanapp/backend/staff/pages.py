"""The console's pages: templates of ``resources/console``, words in two languages."""

import json
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from loanapp.domain.clock import CHINA
from loanapp.resource_files import read_toml, resource_path

Language = Literal["zh", "en"]

# No script, nothing from elsewhere, no frame around it, and no address told to anybody.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Where a passkey is asked for the browser has one script of ours to run, and no other.
_WITH_SCRIPT: Final = {
    **HEADERS,
    "Content-Security-Policy": HEADERS["Content-Security-Policy"] + "; script-src 'self'",
}
_PARTS: Final = {
    "console.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "passkey.js": "text/javascript; charset=utf-8",
}


def language_of(accepted: str) -> Language:
    """English where a browser asks for it first, else Chinese."""
    return "en" if accepted.strip().lower().startswith("en") else "zh"


def page(
    name: str,
    language: Language,
    status: int = 200,
    *,
    script: bool = False,
    **values: Any,  # noqa: ANN401 - a template's
) -> Response:
    """One page; ``script``: it may run the console's own."""
    template = _templates().get_template(f"{name}.html")
    html = template.render(
        words=_words(language),
        language=language,
        when=_when,
        said=_saying(language),
        told_act=_telling(language),
        **values,
    )
    return Response(html, status, _WITH_SCRIPT if script else HEADERS, "text/html; charset=utf-8")


def part(name: str) -> Response:
    """What every page is made with: the style sheet, the icon."""
    return Response(resource_path("console", name).read_bytes(), 200, HEADERS, _PARTS[name])


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(resource_path("console"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _words(language: Language) -> dict[str, str]:
    return {name: both[language] for name, both in read_toml("console", "words.toml")["words"].items()}


def _saying(language: Language) -> Any:  # noqa: ANN401 - a function for templates
    own = read_toml("console", "words.toml")["codes"]
    told = _told_to_borrowers(language, "codes.json")

    def said(code: str) -> str:
        """A code in words, as the borrower is told it where the console has none; else as it stands."""
        if code in own:
            return str(own[code][language])
        return str(told[code]["sentence"]) if code in told else code

    return said


def _telling(language: Language) -> Any:  # noqa: ANN401 - a function for templates
    told = _told_to_borrowers(language, "my_data.json")

    def told_act(act: str) -> str:
        """An entry of the ledger in the words its borrower reads."""
        return str(told.get("act_" + act.replace(".", "_"), act))

    return told_act


@cache
def _told_to_borrowers(language: Language, name: str) -> dict[str, Any]:
    folder = "zh_CN" if language == "zh" else "en"
    found: dict[str, Any] = json.loads(resource_path("translations", folder, name).read_text(encoding="utf-8"))
    return found


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
