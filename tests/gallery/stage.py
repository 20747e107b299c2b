"""Where scenes are set: the program's real window around a journey in hand, put into any combination and looked at."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from loanapp.domain.clock import ManualClock
from loanapp.help.diagnosis.onlookers import Onlookers
from loanapp.journey.pages import Page
from tests.gallery import clipping
from tests.gallery.combinations import Combination
from tests.ui.loan_in_hand import NOW
from ui.main_window import MainWindow
from ui.messages import MessageBridge
from ui.operations import Operations
from ui.pages.page import JourneyPage, PageContext
from ui.shell import Shell, load_font
from ui.system_wishes import SystemWishes
from ui.theme import theme
from ui.translations import translator
from ui.voice import Voice

TODAY: Final = datetime.fromisoformat(NOW)
_PATIENCE_S: Final = 30.0
_ROUNDS: Final = 40
_SECOND_LOOK_S: Final = 0.5
_QUIET_ROUNDS: Final = 3
_SHADE: Final = QColor(0, 0, 0, 70)


class StageError(Exception):
    """A scene could not be set; the text says what it waited for."""


def let_it_run() -> None:
    """One round of events, deletions included."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def until(condition: Callable[[], object], what: str) -> None:
    """Let the program run until ``condition`` holds."""
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise StageError(f"waited {_PATIENCE_S:g} s for {what}")
        let_it_run()
        time.sleep(0.002)


def settle(window: QWidget) -> None:
    """Let everything be laid out: until three rounds of events move nothing any more."""
    before, quiet = None, 0
    for _ in range(_ROUNDS):
        let_it_run()
        now = [one.geometry().getRect() for one in window.findChildren(QWidget) if one.isVisible()]
        quiet = quiet + 1 if now == before else 0
        if quiet == _QUIET_ROUNDS:
            return
        before = now
    raise StageError("the window is never laid out for good")


class Room:
    """What one scene stands in; everything it opened is closed again at its end."""

    def __init__(self) -> None:
        self._closers = contextlib.ExitStack()
        # A picture of something that moves would be another each time.
        theme().take_system_wishes(SystemWishes(less_motion=True))
        self._closers.callback(theme().take_system_wishes, SystemWishes())
        self.onlookers = Onlookers()
        self.window: MainWindow | None = None
        self.shell: Shell | None = None

    def context(self, journey: Any, kit: object = None) -> PageContext:
        """What pages work with, around ``journey``."""
        messages = MessageBridge()
        operations = Operations(messages)
        self._closers.callback(operations.shutdown)
        clock = ManualClock(TODAY) if journey is None else journey.clock
        return PageContext(journey, operations, messages, translator(), theme(), kit, clock)

    def open(self, page: Page, journey: Any, kit: object = None, *, help_open: bool = True) -> JourneyPage:
        """The real window at ``page``, at rest."""
        context = self.context(journey, kit)
        # Whether this computer can speak is not for a picture to depend on.
        self.enter(patch.object(Voice, "available", True))
        # Nor is what else runs on it.
        self.enter(patch("loanapp.help.diagnosis.onlookers.look", lambda: self.onlookers))
        shell = self.shell = Shell("")
        window = self.window = MainWindow(context, help_open=help_open)
        self._closers.callback(self._close, shell, window)
        if journey is not None:
            window.show_lender(journey.lender)
        shell.furnish(window)
        shell.resize(1366, 768)
        shell.show()
        shell.activateWindow()
        shown = window.show_page(page)
        until(lambda: shell.isVisible() and not context.operations.active, f"the page {page.value} to rest")
        return shown

    def show(self, widget: QWidget) -> QWidget:
        """A window with nothing of the frame, for components."""
        self._closers.callback(self._drop, widget)
        widget.show()
        return widget

    def enter(self, manager: contextlib.AbstractContextManager[Any]) -> Any:
        """Hold something until the end of the scene."""
        return self._closers.enter_context(manager)

    def rest(self) -> None:
        """Until nothing is under way any more."""
        window = self.window
        if window is not None:
            until(lambda: not window.context.operations.active, "the page to rest")

    @staticmethod
    def _close(shell: Shell, window: MainWindow) -> None:
        if window.page is not None:
            window.page.leave()
        shell.hide()
        shell.deleteLater()
        let_it_run()

    @staticmethod
    def _drop(widget: QWidget) -> None:
        widget.hide()
        widget.deleteLater()
        let_it_run()

    def close(self) -> None:
        """Take everything away."""
        self._closers.close()


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing to look at: ``setting`` opens it in a room and gives back the window to look at.

    ``fresh``: what is shown cannot change its looks while it is open (a question asked in between), so it is opened
    anew for each combination.
    """

    name: str
    setting: Callable[[Room], QWidget]
    fresh: bool = False


@contextlib.contextmanager
def staged(scene: Scene) -> Iterator[QWidget]:
    """``scene``, open; the program's looks are as before afterwards."""
    room = Room()
    try:
        yield scene.setting(room)
    finally:
        room.close()


def put(window: QWidget, combination: Combination) -> QSize:
    """Make ``window`` look like ``combination``; the size it was told to have."""
    combination.put_in_force()
    size = QSize(*combination.size)
    if window.size() != size:
        window.resize(size)
    settle(window)
    return size


def in_front(window: QWidget) -> QWidget | None:
    """The question before the window, if there is one; with another before it, that."""
    asked = (one for one in window.findChildren(QDialog) if one.isVisible() and one.isWindow())
    found = next(asked, None)
    return None if found is None else in_front(found) or found


def look(window: QWidget, asked: QSize | None = None) -> list[str]:
    """What is amiss in the window, and in the question before it; what passes while it is laid out is no fault."""
    found = _look_once(window, asked)
    if found:
        end = time.monotonic() + _SECOND_LOOK_S
        while time.monotonic() < end:
            let_it_run()
            time.sleep(0.01)
        settle(window)
        found = _look_once(window, asked)
    return found


def _look_once(window: QWidget, asked: QSize | None) -> list[str]:
    found = clipping.faults(window, asked)
    if (dialog := in_front(window)) is not None:
        settle(dialog)
        found += clipping.faults(dialog)
        if dialog.width() > window.width() or dialog.height() > window.height():
            found.append("the question is larger than the window")
    return found


def picture(window: QWidget) -> QImage:
    """What the window shows, the question before it included; no caret, for it blinks."""
    everything = getattr(window, "whole", None)
    if callable(everything):
        return everything()
    whole = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    if (dialog := in_front(window)) is not None:
        painter = QPainter(whole)
        painter.fillRect(whole.rect(), _SHADE)
        corner = QPoint((window.width() - dialog.width()) // 2, (window.height() - dialog.height()) // 2)
        painter.drawPixmap(corner, dialog.grab())
        painter.end()
    return whole


def prepare() -> None:
    """What every picture depends on besides the combination: the program's own font, and a caret that stands still."""
    load_font()
    QApplication.setCursorFlashTime(0)


@contextlib.contextmanager
def drawn_alike(application: QApplication) -> Iterator[None]:
    """Scenes drawn within look alike on every computer; afterwards nothing of it is left."""
    prepare()
    as_before()
    yield
    as_before()
    application.setStyleSheet("")
    application.setCursorFlashTime(1000)


def as_before() -> None:
    """The looks every program starts with."""
    theme().choose(mode="light", scale=100)
    translator().set_language("zh")
