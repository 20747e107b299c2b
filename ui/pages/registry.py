"""Which class shows which page; a page's module is imported when the page is first shown."""

from importlib import import_module
from typing import TYPE_CHECKING

from loanapp.journey.pages import Page

if TYPE_CHECKING:
    from ui.pages.page import JourneyPage, PageContext


# Pages that bring a third of a second of libraries, by the page before them.
_LOADED_AHEAD = {Page.PERMISSIONS: Page.FACE_VERIFICATION}


def load_ahead(page: Page, context: "PageContext") -> None:
    """While the borrower reads ``page``, import in a worker what the page after it waits for."""
    if (after := _LOADED_AHEAD.get(page)) is not None:
        context.operations.run(lambda: import_module(f"ui.pages.{after.value}"), on_error=lambda _: None)


def class_name(page: Page) -> str:
    """``identity_document`` -> ``IdentityDocumentPage``."""
    return "".join(part.capitalize() for part in page.value.split("_")) + "Page"


def make_page(page: Page, context: "PageContext") -> "JourneyPage":
    """Import and build ``page``."""
    made = getattr(import_module(f"ui.pages.{page.value}"), class_name(page))(context)
    if TYPE_CHECKING:
        assert isinstance(made, JourneyPage)
    return made
