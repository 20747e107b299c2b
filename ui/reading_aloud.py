"""In the large and simple mode the program reads each page's heading and lead aloud, and what appears on it."""

from PySide6.QtCore import QObject

from loanapp.journey.pages import Page
from ui.pages.page import JourneyPage
from ui.translations import translator
from ui.voice import Voice

# It speaks for itself: each action and each hint, at the moment it matters.
_SPEAKS_ITSELF = Page.FACE_VERIFICATION


class PageReader(QObject):
    """Says headings, leads and errors: sentences of the program, never what the borrower typed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.voice = Voice(self)
        self.voice.set_unhurried(True)
        self._page: JourneyPage | None = None

    def enter(self, page: JourneyPage) -> None:
        """A page is in view now."""
        self.voice.hush()
        self._page = page
        self.read()

    def read(self) -> None:
        """Say the heading and the lead of the page in view, once more if they were said."""
        page = self._page
        if page is not None and page.page_id is not _SPEAKS_ITSELF:
            self.say(" ".join(filter(None, (page.scaffold.title.text(), page.scaffold.lead.text()))))

    def say(self, text: str) -> None:
        """Say a sentence that appeared."""
        self.voice.say(text, translator().language)

    def set_sound(self, *, on: bool) -> None:
        """Speak from now on, or be silent."""
        self.voice.enabled = on
        if on:
            self.read()

    def stop(self) -> None:
        """Be silent and forget the page."""
        self._page = None
        self.voice.hush()
