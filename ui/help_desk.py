"""Runs the help beside the page: articles, search while typing, the contents, the checks of the computer."""

from contextlib import closing
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject

from loanapp.resource_files import data_folder
from ui.components.help_panel import HelpPanel
from ui.components.help_views import ChecksView, list_view
from ui.help_text import article_text
from ui.operations import Operation, Operations
from ui.screen_told import screen_told
from ui.translations import Translator, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from loanapp.help import Match
    from loanapp.help.diagnosis import Check

_MOST_FOUND: Final = 8
_GRAVITY: Final = ("good", "warning", "bad")


class HelpDesk(QObject):
    """Fills a panel; ``home`` is the article that belongs to the page."""

    def __init__(self, panel: HelpPanel, operations: Operations, translator: Translator) -> None:
        super().__init__(panel)
        self._panel = panel
        self._operations = operations
        self._translator = translator
        self._home = ""
        self._again: Callable[[], None] = self.show_home
        self._running: Operation | None = None
        # The language of the article that is read, where it is not that of the window: its links go on in it.
        self._read_in: Literal["zh"] | None = None
        panel.wanted.connect(lambda article: self.open(article, self._read_in))
        panel.searched.connect(self.search)
        panel.home_wanted.connect(self.show_home)
        panel.contents_wanted.connect(self.show_contents)
        panel.check_wanted.connect(self.check)

    def set_home(self, article: str) -> None:
        """Another page, or another error, is helped with; it is shown at once."""
        self._home = article
        self.show_home()

    def show_home(self) -> None:
        """Show what belongs to the page."""
        self.open(self._home)

    def open(self, article: str, language: Literal["zh"] | None = None) -> None:
        """Show an article by its id or by the code it answers; in the window's language, or in ``language``."""
        self._stop()
        self._read_in = language
        self._again = lambda: self.open(article)
        self._panel.clear_search()
        self._panel.show_article(article_text(article, language or self._translator.language))

    def show_again(self) -> None:
        """The language has changed: what is shown is said anew."""
        self._again()

    def show_contents(self) -> None:
        """Show every article under its heading."""
        from loanapp.help import article, contents

        self._stop()
        self._again = self.show_contents
        self._panel.clear_search()
        language, shaped = self._translator.language, self._translator.shaped
        lists = [
            (self._translator.pick(one.title), [(name, shaped(article(name, language).title)) for name in one.articles])
            for one in contents()
        ]
        self._panel.show_view(list_view(tr("help.all"), lists, self.open), tr("help.all"))

    def search(self, words: str) -> None:
        """Show what fits ``words``; nothing typed is the page's own help."""
        if not words:
            self.show_home()
            return
        from loanapp.help import search

        self._stop()
        self._again = lambda: self.search(words)
        language = self._translator.language
        self._running = self._operations.run(lambda: search(words, language, _MOST_FOUND), self._show_found)

    def _show_found(self, found: "list[Match]") -> None:
        shaped = self._translator.shaped
        entries = [(match.article.id, shaped(match.article.title)) for match in found]
        chinese = self._translator.language == "en" and any(match.article.language == "zh_CN" for match in found)
        self._read_in = "zh" if chinese else None
        note = tr("help.found_chinese") if chinese else "" if entries else tr("help.nothing")
        listed = list_view(tr("help.found"), [("", entries)], self._panel.wanted.emit, note)
        self._panel.show_view(listed, tr("help.found"))

    def check(self, *, look: bool = False) -> None:
        """Run the checks of this computer and show them as they come; ``look`` opens the camera for two seconds."""
        self._stop()
        self._again = self.check
        self._panel.clear_search()
        view = ChecksView(self.open, lambda: self.check(look=True))
        self._panel.show_view(view, tr("help.checks"))
        worst, screen = ["good"], screen_told()

        def work(operation: Operation, report: "Callable[[Check], None]") -> None:
            from loanapp.help.diagnosis import watch

            def stop() -> bool:
                return operation.cancelled or self._operations.closing

            with closing(watch(data_folder(), look=look, stop=stop, screen=screen)) as checks:
                for check in checks:
                    report(check)

        def show(check: "Check") -> None:
            if check.state.value in _GRAVITY:
                worst.append(check.state.value)
            view.show_check(check)

        def end(_result: None) -> None:
            view.end(max(worst, key=_GRAVITY.index), looked=look)

        self._running = self._operations.run_with_progress(work, end, on_progress=show)

    def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
