"""Drives the real window as a person would: looks for a control, moves to it, presses it, waits for what it does.

Nothing here sleeps for a fixed time: every wait is for a state, and says what it waited for when it does not come.
"""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from loanapp.journey.pages import Page
from ui.application import Desktop
from ui.demonstration import DemonstrationKit
from ui.home import WindowSettings
from ui.pages.page import JourneyPage
from ui.shell import Shell, first_title, load_font
from ui.translations import Language

if TYPE_CHECKING:
    from loanapp.client.answers import SimulatedMessage

SIZE: Final = (1366, 768)
_LOOK_AGAIN_S: Final = 0.004
_PATIENCE_S: Final = 20.0
_REACH_S = 3.0
# What Qt says about the platform rather than about us.
_OF_THE_PLATFORM: Final = re.compile(r"propagateSizeHints|This plugin does not support|Wayland|XDG_RUNTIME_DIR|libpng")
# A key of the translations that was never given its sentence.
_BARE_KEY: Final = re.compile(r"^[a-z_]+(\.[a-z_]+)+$")


class TourError(Exception):
    """Something is not as it should be; the text is one clear sentence."""


class WindowDriver:
    """One run of the program in a home of its own."""

    def __init__(self, home: Path, language: Language, kit: DemonstrationKit | None) -> None:
        self.home = home
        self.language = language
        self._kit = kit
        self._warnings: list[str] = []
        self._shell: Shell | None = None
        self._desktop: Desktop | None = None
        self._previous_handler: object = None
        self._previous_hook = sys.excepthook
        self._answering = False
        self.dialog_wanted: Callable[[], None] | None = None
        """Looks, during every wait, for a question the program may ask at any time."""

    # the program

    def open(self) -> None:
        """Start the program as its entry point does, and wait for its first picture and for the lender."""
        self._previous_handler = qInstallMessageHandler(self._heard)
        self._previous_hook = sys.excepthook
        sys.excepthook = self._broke
        load_font()
        settings = WindowSettings(language=self.language)
        shell = Shell(first_title(self.language))
        self._shell = shell
        shell.resize(*SIZE)

        def furnish() -> None:
            self._desktop = Desktop(self.home, shell, settings, self._kit)
            self._desktop.open()

        shell.painted.connect(furnish)
        shell.show()
        self.wait(lambda: self._desktop is not None, "the window's first picture")

    def close(self) -> None:
        """Close the window as a person would; program and lender end."""
        shell, self._shell = self._shell, None
        if shell is not None:
            shell.close()
            shell.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            QApplication.processEvents()
        self._desktop = None
        previous = self._previous_handler
        qInstallMessageHandler(previous if callable(previous) else None)
        sys.excepthook = self._previous_hook

    @property
    def desktop(self) -> Desktop:
        """The program."""
        if self._desktop is None:
            raise TourError("the program is not open")
        return self._desktop

    @property
    def shell(self) -> Shell:
        """The window."""
        if self._shell is None:
            raise TourError("the window is not open")
        return self._shell

    def _heard(self, kind: QtMsgType, _context: object, message: str) -> None:
        quiet = kind in {QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg}
        if not quiet and not _OF_THE_PLATFORM.search(message):
            self._warnings.append(message)

    def _broke(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._warnings.append(f"{kind.__name__}: {error}")
        self._previous_hook(kind, error, trace)

    # waiting

    def wait(self, condition: Callable[[], object], what: str, seconds: float = _PATIENCE_S) -> None:
        """Let the program run until ``condition`` holds; raises :class:`TourError` when it does not in time."""
        until = time.monotonic() + seconds
        while not condition():
            if not self._answering and self.dialog_wanted is not None:
                self._answering = True
                try:
                    self.dialog_wanted()
                finally:
                    self._answering = False
            if self._warnings:
                raise TourError(f"while waiting for {what}: {self._warnings[0]}")
            if time.monotonic() > until:
                raise TourError(f"waited {seconds:g} s for {what}; {self._where()}")
            _let_it_run()

    def _where(self) -> str:
        page = self._desktop.window.page if self._desktop else None
        if page is None:
            return "no page is shown"
        told = [page.scaffold.problem.title.text()] if page.scaffold.problem.isVisible() else []
        told += [text.text() for text in page.scaffold.error_summary.findChildren(QLabel) if text.isVisible()]
        return f"the page is {page.page_id.value}" + (f" and says: {' '.join(told)}" if told else "")

    def arrive(self, page: Page, seconds: float = _PATIENCE_S) -> JourneyPage:
        """Wait until ``page`` is shown and rests; a problem shown on the way ends the tour."""

        def there() -> bool:
            shown = self.desktop.window.page
            if shown is not None and shown.page_id is not page:
                self.refuse_problem(shown)
            return shown is not None and shown.page_id is page and shown.isVisible()

        self.wait(there, f"the page {page.value}", seconds)
        shown = self.desktop.window.page
        assert shown is not None  # noqa: S101 - told by the wait above
        self.wait(lambda: not shown.busy, f"the page {page.value} to rest", seconds)
        self.refuse_problem(shown)
        return shown

    def refuse_problem(self, page: JourneyPage) -> None:
        """End the tour when a page shows an error."""
        if page.scaffold.problem.isVisible() or page.scaffold.error_summary.isVisible():
            raise TourError(f"a page shows a problem nobody expected: {self._where()}")

    # hands

    def go_on(self, primary: QWidget, what: str) -> None:
        """Do the main action of a page."""
        self.click(primary, what)

    def focus(self, target: QWidget) -> None:
        """Give the keys to ``target``."""
        target.setFocus()

    def click(self, target: QWidget, what: str = "") -> None:
        """Bring a control into view and press it with the mouse, once it can be pressed."""
        name = what or target.accessibleName() or type(target).__name__
        self.wait(lambda: target.isVisible() and target.isEnabled(), f"“{name}” to be there to press")
        found: list[QPoint] = []

        def within_reach() -> bool:
            if (point := self._reach(target)) is not None:
                found.append(point)
            return bool(found)

        self.wait(within_reach, f"“{name}” to be within reach of the mouse", _REACH_S)
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, found[-1])

    def _reach(self, target: QWidget) -> QPoint | None:
        """Scroll to ``target``, again where a page was not laid out yet; a point of it that a person could press."""
        self.bring_into_view(target)
        return self._point_on(target)

    def bring_into_view(self, target: QWidget) -> None:
        """Scroll every area around ``target`` until it shows."""
        parent = target.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(target, 0, 40)
            parent = parent.parentWidget()
        QApplication.processEvents()

    @staticmethod
    def _point_on(target: QWidget) -> QPoint | None:
        """A point where a person could press: in sight, and not covered by something else."""
        window = target.window()
        edge = QPoint(12, target.height() // 2)
        points = [edge] if isinstance(target, QRadioButton | QCheckBox) else [target.rect().center(), edge]
        for point in points:
            found = window.childAt(target.mapTo(window, point))
            if found is target or (found is not None and target.isAncestorOf(found)):
                return point
        return None

    def type(self, editor: QWidget, text: str, what: str = "") -> None:
        """Replace what an editor holds by typing."""
        if not isinstance(editor, QLineEdit):
            raise TourError(f"{what or 'a field'} cannot be typed into")
        self.click(editor, what)
        self._replace(editor, text, what)

    def type_code(self, send: QAbstractButton, editor: QWidget) -> None:
        """Have a one-time code sent, and type the code of the simulated message."""
        codes: list[str] = []

        def take(message: "SimulatedMessage | None") -> None:
            codes.extend([message.code] if message else [])

        self.desktop.messages.simulated_message.connect(take)
        try:
            self.click(send)
            self.wait(lambda: codes, "the simulated text message")
            self.wait(lambda: (page := self.desktop.window.page) is not None and not page.busy, "the page to rest")
            self.type(editor, codes[-1], "the code")
        finally:
            self.desktop.messages.simulated_message.disconnect(take)

    @staticmethod
    def _replace(editor: QLineEdit, text: str, what: str) -> None:
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(editor, Qt.Key.Key_Delete)
        QTest.keyClicks(editor, text)
        if editor.text().replace(" ", "").replace(",", "") != text.replace(" ", "").replace(",", ""):
            raise TourError(f"{what or editor.accessibleName()}: typed {len(text)} characters, the field holds others")

    def choose(self, box: QComboBox, data: object, what: str) -> None:
        """Choose an entry of a list with the keyboard."""
        box.setFocus()
        self._choose(box, data, what)

    @staticmethod
    def _choose(box: QComboBox, data: object, what: str) -> None:
        place = box.findData(data)
        if place < 0:
            raise TourError(f"{what} is not offered")
        QTest.keyClick(box, Qt.Key.Key_Home)
        for _ in range(place):
            QTest.keyClick(box, Qt.Key.Key_Down)
        if box.currentData() != data:
            raise TourError(f"{what} could not be chosen with the keyboard")

    def save_as(self, button: QWidget, path: Path) -> None:
        """Press a button that asks where to save, answer by typing, and wait for the file."""
        path.unlink(missing_ok=True)
        self.click(button)
        self.wait(lambda: isinstance(self.dialog(), QFileDialog), "the question where to save")
        if isinstance(dialog := self.dialog(), QFileDialog):
            self._answer(dialog, path)
        self.wait(lambda: path.is_file() and not self.desktop.operations.active, f"{path.name} to be saved")

    def _answer(self, dialog: QFileDialog, path: Path) -> None:
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        if not isinstance(name, QLineEdit):
            raise TourError(f"{path.name} cannot be saved")
        name.setFocus()
        name.selectAll()
        QTest.keyClicks(name, str(path))
        QTest.keyClick(name, Qt.Key.Key_Return)

    def press(self, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self._focus() or self.shell, key)

    def _focus(self) -> QWidget | None:
        """Offscreen a window may be slow to become the active one; its own focus is where keys would go."""
        return QApplication.focusWidget() or (self.dialog() or self.shell).focusWidget()

    def button(self, root: QWidget, text: str) -> QAbstractButton:
        """The visible button with these words."""
        for found in root.findChildren(QAbstractButton):
            if found.isVisible() and text in {found.text(), found.accessibleName()}:
                return found
        raise TourError(f"no button “{text}”; {self._where()}")

    def dialog(self) -> QWidget | None:
        """The window in front of the program's own, if there is one."""
        for window in QApplication.topLevelWidgets():
            if window is not self._shell and window.isVisible() and window.isWindow() and window.parent() is not None:
                return window
        return None

    # eyes

    def settle(self) -> None:
        """Let everything that was just put on the page be laid out and shown."""
        for _ in range(3):
            QApplication.sendPostedEvents()
            QApplication.processEvents()

    def look(self, words: tuple[str, ...] = ()) -> list[str]:
        """Check what is in sight: no bare key, no empty button, all of ``words``; returns every text read."""
        self.settle()
        window = self.dialog() or self.shell
        labels = [one for one in window.findChildren(QLabel) if one.isVisible()]
        buttons = [one for one in window.findChildren(QAbstractButton) if one.isVisible()]
        if any(not (one.text() or one.accessibleName()) for one in buttons):
            raise TourError(f"a button says nothing; {self._where()}")
        fields = [one for one in window.findChildren(QLineEdit) if one.isVisible()]
        texts = [*(one.text() for one in labels), *(one.text() for one in buttons), *(one.text() for one in fields)]
        if bare := next((text for text in texts if _BARE_KEY.match(text)), None):
            raise TourError(f"a sentence is missing: {bare}; {self._where()}")
        whole = "\n".join(texts)
        if missing := next((word for word in words if word not in whole), None):
            raise TourError(f"the words “{missing}” are missing; {self._where()}")
        if self._warnings:
            raise TourError(f"{self._warnings[0]}; {self._where()}")
        return texts

    def keep_failure(self, path: Path) -> None:
        """What was in sight when the tour ended early."""
        if self._shell is not None:
            self._shell.grab().save(str(path), "PNG")

    def picture(self, path: Path) -> None:
        """Keep what the window shows, dialog in front included."""
        shell = self.shell
        if (shell.width(), shell.height()) != SIZE:
            raise TourError(f"the window is {shell.width()} x {shell.height()}, not {SIZE[0]} x {SIZE[1]}")
        whole = shell.grab()
        dialog = self.dialog()
        if dialog is not None:
            from PySide6.QtGui import QColor, QPainter

            painter = QPainter(whole)
            painter.fillRect(whole.rect(), QColor(0, 0, 0, 70))
            corner = QPoint((shell.width() - dialog.width()) // 2, (shell.height() - dialog.height()) // 2)
            painter.drawPixmap(corner, dialog.grab())
            painter.end()
        if not whole.save(str(path), "PNG"):
            raise TourError(f"the picture {path.name} cannot be written")


def _let_it_run() -> None:
    """Let the window and its threads go on for a moment.

    ``QTest.qWait`` would keep the interpreter for itself while it waits, and frames would be analysed too seldom:
    the whole tour took 97 and 105 s with it, 59 and 50 s without (measured on two busy cores).
    """
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    time.sleep(_LOOK_AGAIN_S)
