"""Which class shows which page; a page's module is imported when the page is first shown."""

import sys
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from loanapp.journey.pages import Page

if TYPE_CHECKING:
    from ui.pages.page import JourneyPage, PageContext

_AFTER: Final = dict(pairwise(Page))
_DRAWN_MS: Final = 300


def load_ahead(page: Page, context: "PageContext") -> None:
    """While the borrower reads ``page``, import in a worker what the page after it waits for."""
    from PySide6.QtCore import QTimer

    after, operations = _AFTER.get(page), context.operations
    if after is None or f"ui.pages.{after.value}" in sys.modules:
        return

    def load() -> None:
        if not operations.closing:
            operations.run(lambda: import_module(f"ui.pages.{after.value}"), on_error=lambda _: None)

    # Not before this page is drawn, which would have to wait.
    QTimer.singleShot(_DRAWN_MS, operations, load)


def class_name(page: Page) -> str:
    """``identity_document`` -> ``IdentityDocumentPage``."""
    return "".join(part.capitalize() for part in page.value.split("_")) + "Page"


def make_page(page: Page, context: "PageContext") -> "JourneyPage":
    """Import and build ``page``."""
    made = getattr(import_module(f"ui.pages.{page.value}"), class_name(page))(context)
    if TYPE_CHECKING:
        assert isinstance(made, JourneyPage)
    return made
