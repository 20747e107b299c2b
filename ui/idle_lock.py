"""Covers the window when nobody has touched anything for a while; what is behind stays exactly as it was."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from loanapp.domain.clock import Clock

if TYPE_CHECKING:
    from loanapp.journey.pages import Page
    from ui.cover import Cover
    from ui.main_window import MainWindow
    from ui.shell import Shell

_TOUCHED: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    }
)


class IdleWatch(QObject):
    """``idle`` comes once when nothing was touched for so long; also on waking from sleep, before anything is done."""

    idle = Signal()

    def __init__(self, clock: Clock, minutes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._limit = timedelta(minutes=minutes)
        self._last: datetime | None = None
        self._watched: set[QWindow] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)

    def set_minutes(self, minutes: int) -> None:
        """Wait so long from now on."""
        self._limit = timedelta(minutes=minutes)
        if self._last is not None:
            self.start()

    def start(self) -> None:
        """Watch, as if something had been touched now."""
        if self._last is None:
            # Windows and not widgets: their events are few, and each is looked at in Python.
            QGuiApplication.instance().focusWindowChanged.connect(self._watch)  # type: ignore[union-attr]
            # What is typed by way of an input method never comes as a key.
            QGuiApplication.inputMethod().cursorRectangleChanged.connect(self.touch)
        self._watch(QGuiApplication.focusWindow())
        self._last = self._clock.now()
        self._timer.start(self._limit // timedelta(milliseconds=1))

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        if self._last is None:
            return
        self._last = None
        QGuiApplication.instance().focusWindowChanged.disconnect(self._watch)  # type: ignore[union-attr]
        QGuiApplication.inputMethod().cursorRectangleChanged.disconnect(self.touch)
        for window in self._watched:
            window.removeEventFilter(self)
        self._watched.clear()

    def touch(self) -> bool:
        """Somebody is there; ``False`` where it comes too late."""
        if self._last is None:
            return True
        now = self._clock.now()
        if now - self._last >= self._limit:
            self._look()
            return False
        self._last = now
        return True

    def watch_window(self, window: QWindow) -> None:
        """Look at what is typed and moved in one more window."""
        self._watch(window)

    def _watch(self, window: QWindow | None) -> None:
        if window is not None and window not in self._watched:
            self._watched.add(window)
            window.installEventFilter(self)
            window.destroyed.connect(lambda _=None, window=window: self._watched.discard(window))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A touch that comes after the time is nobody's who was there: it does nothing."""
        return event.type() in _TOUCHED and not self.touch()

    def _look(self) -> None:
        if self._last is None:
            return
        left = self._limit - (self._clock.now() - self._last)
        if left > timedelta():
            self._timer.start(left // timedelta(milliseconds=1) + 1)
        else:
            self.idle.emit()


class IdleLock(QObject):
    """Held by the program. While somebody is signed in it watches; covered, nothing of them is in sight or read out."""

    def __init__(self, shell: "Shell", window: "MainWindow", minutes: int) -> None:
        super().__init__(shell)
        self._shell, self._window = shell, window
        self.watch = IdleWatch(window.context.clock, minutes, self)
        self.watch.idle.connect(self._idle)
        self.cover: Cover | None = None
        self._put_away: list[QWidget] = []
        self._focus: QWidget | None = None
        window.page_shown.connect(lambda _: self._follow())
        window.context.messages.lock_wanted.connect(self.lock)

    def set_minutes(self, minutes: int) -> None:
        """Wait so long from now on."""
        self.watch.set_minutes(minutes)

    def stop(self) -> None:
        """The program is closing."""
        self.watch.stop()

    def _follow(self) -> None:
        journey = self._window.context.journey
        if journey is None or not journey.signed_in:
            self.watch.stop()
        elif self.cover is None:
            self.watch.start()

    def _idle(self) -> None:
        page = self._window.page
        if page is not None and page.speaks_itself:
            self.watch.start()  # before the camera people move their heads, not the mouse
            return
        self.lock()

    def lock(self) -> None:
        """Cover the window now; where nobody is signed in there is nothing to cover."""
        journey = self._window.context.journey
        if self.cover is not None or journey is None or not journey.signed_in:
            return
        from ui.cover import Cover

        self.watch.stop()
        if (page := self._window.page) is not None:
            page.save_now()
        self._focus = QApplication.focusWidget()
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        self._put_away = [
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, QDialog) and one.isVisible() and one is not self._shell
        ]
        for dialog in self._put_away:
            dialog.hide()
        self._window.set_covered(covered=True)
        self.cover = Cover(self._shell, self._window.context)
        self.cover.opened.connect(self._open)
        self.cover.signed_out.connect(self._signed_out)
        self.cover.begin()

    def _open(self, page: "Page") -> None:
        """The borrower is back: everything is where it was, unless the application has moved on meanwhile."""
        self._uncover()
        shown = self._window.page
        if shown is None or shown.page_id is not page:
            for dialog in self._put_away:
                dialog.close()
            self._window.show_page(page)
        else:
            for dialog in self._put_away:
                dialog.show()
        if self._focus is not None and self._focus.isVisible():
            self._focus.setFocus()
        self._put_away, self._focus = [], None
        self._follow()

    def _signed_out(self) -> None:
        from ui.signing_out import sign_out

        for dialog in self._put_away:
            dialog.close()
        self._put_away, self._focus = [], None
        # Away before anything comes to sight: what the pages show is thrown away first.
        sign_out(self._window, then=self._uncover)

    def _uncover(self) -> None:
        if self.cover is not None:
            self.cover.hide()
            self.cover.deleteLater()
            self.cover = None
        self._window.set_covered(covered=False)
