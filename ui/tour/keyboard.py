"""Drives the real window by keys alone: Tab, Shift+Tab, Space, Enter, Home, End, arrows and typing; no mouse.

Keys go to whatever has the focus, as they do from a keyboard; nothing here gives it the focus.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from ui.tour.driver import TourError, WindowDriver

_TABS_AT_MOST: Final = 150
_ARROWS_AT_MOST: Final = 20


class _NoMouse(QObject):
    """Tells of every press of a mouse."""

    def __init__(self, used: Callable[[], None]) -> None:
        super().__init__()
        self._used = used

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look, and let it pass."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self._used()
        return super().eventFilter(watched, event)


class KeyboardDriver(WindowDriver):
    """The same borrower without a mouse."""

    _no_mouse: _NoMouse | None = None

    def open(self) -> None:
        """Start the program; from now on a press of a mouse ends the tour."""
        super().open()
        self._no_mouse = _NoMouse(lambda: self._warnings.append("the mouse was used"))
        program = QApplication.instance()
        if program is not None:
            program.installEventFilter(self._no_mouse)

    def close(self) -> None:
        """Close the window; others may use the mouse again."""
        self._no_mouse = None
        super().close()

    def press(self, key: Qt.Key) -> None:
        """Offscreen nobody makes the window in front the active one, as a window manager would: its focus is seen."""
        if QApplication.activeWindow() is None:
            (self.dialog() or self.shell).activateWindow()
            QApplication.processEvents()
        super().press(key)

    def click(self, target: QWidget, what: str = "") -> None:
        """Come to a control by Tab, and press it; choices that exclude one another are gone through by arrows."""
        name = what or target.accessibleName() or type(target).__name__
        self.wait(lambda: target.isVisible() and target.isEnabled(), f"“{name}” to be there to press")
        self.focus(target)
        if isinstance(target, QRadioButton) and target.isChecked():
            return
        self.press(Qt.Key.Key_Space)

    def go_on(self, primary: QWidget, what: str) -> None:
        """Enter in a field does the main action; from anywhere else it is a Tab away."""
        self.wait(lambda: primary.isVisible() and primary.isEnabled(), f"“{what}” to be there to press")
        if not isinstance(self._focus(), QLineEdit):
            self.focus(primary)
        self.press(Qt.Key.Key_Return)

    def focus(self, target: QWidget) -> None:
        """Press Tab until ``target`` has the focus and is in sight; the shorter way, as a person would look for it."""
        name = target.accessibleName() or type(target).__name__
        wanted = target.focusProxy() or target
        key = Qt.Key.Key_Backtab if self._is_above(wanted) else Qt.Key.Key_Tab
        for _ in range(_TABS_AT_MOST):
            here = self._focus()
            if here is wanted:
                break
            if isinstance(wanted, QRadioButton) and isinstance(here, QRadioButton) and here.group() is wanted.group():
                self._step_to(wanted)
                break
            self.press(key)
            QApplication.processEvents()
        else:
            raise TourError(f"“{name}” cannot be reached by Tab; {self._where()}")
        self.wait(lambda: self._in_sight(wanted), f"“{name}” to be in sight once it has the focus")

    def _step_to(self, wanted: QRadioButton) -> None:
        for _ in range(_ARROWS_AT_MOST):
            if self._focus() is wanted:
                return
            self.press(Qt.Key.Key_Down)
        raise TourError(f"“{wanted.accessibleName()}” cannot be reached by arrow keys; {self._where()}")

    def _is_above(self, wanted: QWidget) -> bool:
        here = self._focus()
        if here is None or here.window() is not wanted.window():
            return False
        return wanted.mapTo(wanted.window(), QPoint(0, 0)).y() < here.mapTo(here.window(), QPoint(0, 0)).y()

    @staticmethod
    def _in_sight(wanted: QWidget) -> bool:
        return not wanted.visibleRegion().isEmpty()

    def bring_into_view(self, target: QWidget) -> None:
        """What has the focus is in view by itself."""
        self.focus(target)

    def type(self, editor: QWidget, text: str, what: str = "") -> None:
        """Replace what an editor holds by typing."""
        name = what or editor.accessibleName()
        self.wait(lambda: editor.isVisible() and editor.isEnabled(), f"“{name}” to be there to type into")
        self.focus(editor)
        here = self._focus()
        if not isinstance(here, QLineEdit):
            raise TourError(f"{name} cannot be typed into")
        self._replace(here, text, name)

    def choose(self, box: QComboBox, data: object, what: str) -> None:
        """Choose an entry of a list by arrows."""
        self.focus(box)
        self._choose(box, data, what)

    def _answer(self, _dialog: QFileDialog, path: Path) -> None:
        """The name is asked for first; typing replaces what is suggested."""
        here = self._focus()
        if not isinstance(here, QLineEdit):
            raise TourError("the question where to save does not start at the name")
        QTest.keyClick(here, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(here, str(path))
        self.press(Qt.Key.Key_Return)
