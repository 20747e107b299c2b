"""In the large and simple mode the program reads each page's heading and lead aloud, and what appears on it."""

import re
from typing import Final

from PySide6.QtCore import QObject

from ui.announce import hear
from ui.pages.page import JourneyPage
from ui.theme import theme
from ui.translations import translator
from ui.voice import Voice

# Codes and numbers of cards, people and telephones, also grouped or half hidden; never an amount or a day.
_NUMBER: Final = re.compile(r"[0-9*](?:[ \u2009\u00a0]?[0-9*]){4,}[ \u2009\u00a0]?[0-9Xx*]")


def without_numbers(text: str) -> str:
    """``text`` as it may be said aloud in a room: numbers of six and more digits are left out."""
    return _NUMBER.sub("…", text)


class PageReader(QObject):
    """Says headings, leads, hints and errors: sentences of the program, never what the borrower typed.

    Silent at first where a screen reader runs: two voices at once are none.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.voice = Voice(self)
        self.voice.set_unhurried(True)
        if theme().screen_reader:
            self.voice.enabled = False
        self._page: JourneyPage | None = None
        self._last = ""
        hear(self._heard)

    @property
    def reading(self) -> bool:
        """Whether there is a page to read."""
        return self._page is not None

    def enter(self, page: JourneyPage) -> None:
        """A page is in view now; it is announced by itself when the borrower sees it."""
        self.voice.hush()
        self._page, self._last = page, ""

    def read(self) -> None:
        """Say the page in view, and what it said last, once more."""
        page = self._page
        if page is not None:
            first = " ".join(filter(None, (page.scaffold.title.text(), page.scaffold.lead.text())))
            self._say(" ".join(dict.fromkeys(filter(None, (first, self._last)))))

    def _heard(self, text: str, urgent: bool) -> None:  # noqa: FBT001 - a slot
        page = self._page
        if page is not None and not page.speaks_itself:
            self._last = text
            self._say(text, urgent=urgent)

    def _say(self, text: str, *, urgent: bool = False) -> None:
        self.voice.say(without_numbers(text), translator().language, urgent)

    def set_sound(self, *, on: bool) -> None:
        """Speak from now on, or be silent."""
        self.voice.enabled = on
        if on:
            self.read()

    def stop(self) -> None:
        """Be silent and forget the page."""
        self._page, self._last = None, ""
        self.voice.hush()
