"""The keys of the window, the same on every page and in both languages; none is written into the words of a button.

F1 opens the help (of the field one is in, else of the page) and goes there, Escape puts it away and comes back, F6 goes
from one part of the window to the next, Alt+N does the main action and Alt+B goes back (the letters of 下一步 and
上一步 on Windows), Ctrl with plus, minus and 0 makes text larger, smaller, and as it was.
Why these: docs/accessibility.md.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from ui.components.fields import HELP_ARTICLE
from ui.reader_order import focus_first_in
from ui.theme import theme
from ui.theme.theme import SCALES

if TYPE_CHECKING:
    from ui.main_window import MainWindow

GO_ON: Final = "Alt+N"
BACK: Final = "Alt+B"
_USUAL: Final = 100


class WindowKeys:
    """Held by the window, whose keys they are; a question in front of it has its own."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._came_from: QWidget | None = None
        self._of_field = ""
        standard = QKeySequence.StandardKey
        for keys, act in (
            (QKeySequence(Qt.Key.Key_F1), self._open_help),
            (QKeySequence(Qt.Key.Key_F6), lambda: self._next_part(1)),
            (QKeySequence("Shift+F6"), lambda: self._next_part(-1)),
            (QKeySequence(GO_ON), lambda: self._press(lambda page: page.scaffold.primary)),
            (QKeySequence(BACK), lambda: self._press(lambda page: page.scaffold.back)),
            (QKeySequence(standard.ZoomIn), lambda: self._resize_text(1)),
            (QKeySequence("Ctrl+="), lambda: self._resize_text(1)),
            (QKeySequence(standard.ZoomOut), lambda: self._resize_text(-1)),
            (QKeySequence("Ctrl+0"), lambda: self._resize_text(0)),
        ):
            QShortcut(keys, window, act)
        window.bottom.my_data_wanted.connect(self.open_my_data)
        window.top.about_wanted.connect(self.open_about_lender)

    def open_my_data(self, *, first: str = "uses") -> None:
        """Whoever asks about their data gets the answer in front of the page they are on."""
        from ui.my_data.dialog import MyDataDialog
        from ui.signing_out import close_account

        window, journey = self._window, self._window.context.journey
        dialog = MyDataDialog(window, window.context, first=first)
        if journey is not None:
            dialog.changed.connect(lambda: window.show_page(journey.current_page()))
            dialog.closing_wanted.connect(lambda: close_account(window, dialog.accept, dialog.refuse_closing))
        dialog.open()

    def open_about_lender(self) -> None:
        """Whether this lender is real: in front of the page, as one's data are."""
        from ui.components.about_lender import AboutLender

        window = self._window
        if window.lender is not None:
            about = AboutLender(window, window.lender)
            about.help_wanted.connect(window.open_help)
            about.complain_wanted.connect(lambda: self.open_my_data(first="rights"))
            about.copied.connect(lambda what: window.context.messages.show_toast("components.copied", what=what))
            about.open()

    def _open_help(self) -> None:
        """The help of the field somebody is in, else the page's own, ready for a question."""
        window, here = self._window, QApplication.focusWidget()
        before, self._of_field = self._of_field, _article_of(here)
        if self._of_field:
            window.open_help(self._of_field)
        elif before and here is not None and window.page is not None and window.page.isAncestorOf(here):
            window.open_help(window.page.help_article())
        window.set_help_open(is_open=True)
        panel = window.help_panel
        if panel is not None and panel.isVisible():
            if here is not None and not panel.isAncestorOf(here):
                self._came_from = here
            panel.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fold_help(self) -> None:
        """Put the help away; whoever was in it is where they were before, or where the page starts."""
        panel, page, here = self._window.help_panel, self._window.page, QApplication.focusWidget()
        before, self._came_from = self._came_from, None
        inside = panel is not None and here is not None and panel.isAncestorOf(here)
        self._window.set_help_open(is_open=False)
        if inside and page is not None:
            if before is not None and page.isAncestorOf(before) and before.isVisible():
                before.setFocus(Qt.FocusReason.ShortcutFocusReason)
            else:
                page.focus_first()

    def _next_part(self, by: int) -> None:
        """From the steps to the page, its help, the line below, and round."""
        window = self._window
        parts: list[QWidget | None] = [window.stepper, window.notices, window.page, window.help_panel, window.bottom]
        shown = [part for part in parts if part is not None and part.isVisible()]
        here = QApplication.focusWidget()
        at = next((place for place, part in enumerate(shown) if here is not None and part.isAncestorOf(here)), -1)
        for step in range(1, len(shown) + 1):
            part = shown[(at + by * step) % len(shown)]
            if part is window.page:
                window.page.focus_first()
                return
            if focus_first_in(part):
                return

    def _press(self, which: Callable[..., QAbstractButton]) -> None:
        page = self._window.page
        if page is not None and (button := which(page)).isVisible() and button.isEnabled():
            button.click()

    def _resize_text(self, by: int) -> None:
        """The next size; the large mode has one of its own."""
        if theme().large:
            return
        place = SCALES.index(theme().chosen_scale) + by if by else SCALES.index(_USUAL)
        self._window.bottom.scale_chosen.emit(SCALES[max(0, min(place, len(SCALES) - 1))])


def _article_of(widget: QWidget | None) -> str:
    """The article of the field that holds ``widget``; empty where it is in none."""
    while widget is not None:
        if article := widget.property(HELP_ARTICLE):
            return str(article)
        widget = widget.parentWidget()
    return ""
