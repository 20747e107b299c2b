"""The program's one window, on the screen before anything else is loaded: paper, the frame's lines, the first title.

Only what this picture needs is imported here, the rest follows while the borrower already sees the window. The
namespace ``Qt`` alone would cost 20 ms, so it is not touched.
"""

import os
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QMainWindow, QWidget

from loanapp.resource_files import assets_folder, resource_path
from ui.quick_json import read_object
from ui.window_place import Rect, fitted

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent

_START_SIZE = (1280, 720)
_SMALLEST = (640, 480)
_FONT = "NotoSansSC-Regular.otf"
_STEPPER = 220
_ROOM_FOR_STEPPER = 880
# Further out than any screen: a window that has no place yet is put where the system likes.
_NOWHERE = (-(1 << 19), -(1 << 19))
_COLUMN = 680
# Paper, ink and line of each appearance, as in ui.theme.tokens, which is not loaded yet.
_COLOURS = {
    "light": ("#FAF8F4", "#1D2A30", "#E2DDD3"),
    "dark": ("#12191C", "#E8ECEA", "#2C383D"),
    "contrast": ("#FFFFFF", "#000000", "#6B6B6B"),
}


class Shell(QMainWindow):
    """``painted`` comes once, when the first picture is on the screen; ``closing`` when the borrower closes it."""

    painted = Signal()
    closing = Signal()

    def __init__(self, title: str, mode: Literal["light", "dark", "contrast"] = "light", scale: int = 100) -> None:
        super().__init__()
        self._title, self._mode, self._scale = title, mode, scale
        self._seen = False
        self.setWindowTitle("LoanApp")
        self._rules: list[QFrame] = []
        self._heading: QLabel | None = None
        self._draw_first_picture()
        self.take_place(None)

    def take_place(self, place: Rect | None) -> None:
        """Stand where it stood last time, or where the system likes; always whole on a screen that is there."""
        screens = [Rect(*screen.availableGeometry().getRect()) for screen in QGuiApplication.screens()]
        found = fitted(place or Rect(*_NOWHERE, *_START_SIZE), screens, _SMALLEST)
        # A screen smaller than the smallest window shows it as large as there is room.
        self.setMinimumSize(min(_SMALLEST[0], found.width), min(_SMALLEST[1], found.height))
        if place is None:
            self.resize(found.width, found.height)
        else:
            self.setGeometry(*found)

    def place(self) -> Rect:
        """Where it stands, or would if it were not maximised."""
        return Rect(*self.normalGeometry().getRect())

    def come_back(self, _gone: object = None) -> None:
        """A screen has gone: once the system has moved what it moves, stand on one that is there."""

        def stand() -> None:
            if not self.isMaximized() and not self.isFullScreen():
                self.take_place(self.place())

        QTimer.singleShot(0, self, stand)

    def fit_screen(self, _now: object = None) -> None:
        """On a screen of another scale a window may be larger than the screen: as large as there is room, no larger."""

        def fit() -> None:
            room = self.screen().availableGeometry()
            if not self.isMaximized() and (self.width() > room.width() or self.height() > room.height()):
                self.resize(min(self.width(), room.width()), min(self.height(), room.height()))

        QTimer.singleShot(0, self, fit)

    def open(self, *, maximised: bool) -> None:
        """Appear."""
        if maximised:
            self.showMaximized()
        else:
            self.show()

    def furnish(self, content: QWidget) -> None:
        """Fill the window."""
        for child in (*self._rules, *([self._heading] if self._heading is not None else [])):
            child.deleteLater()
        self._rules, self._heading = [], None
        self.setStyleSheet("")
        self.setCentralWidget(content)
        # At once, not when the events are through: a window that becomes active in between would lose its focus.
        content.show()

    def paintEvent(self, event: "QPaintEvent") -> None:
        """Tell when the first picture is there."""
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self.painted.emit)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001 - Qt's signature
        """Tab goes through what is there now, from top to bottom."""
        from ui.reader_order import move_focus

        return move_focus(self, forward=next)

    def _draw_first_picture(self) -> None:
        """Plain widgets and a style sheet: a painter's overloads would load ``Qt``."""
        paper, ink, line = _COLOURS[self._mode]
        self.setStyleSheet(f"QMainWindow {{ background: {paper}; }} QMainWindow > .QFrame {{ background: {line}; }}")
        self._rules = [QFrame(self) for _ in range(3)]
        title = self._heading = QLabel(self._title, self)
        title.setStyleSheet(f"background: transparent; color: {ink}; font: {self._px(28)}px 'Noto Sans SC';")
        title.adjustSize()

    def _lay_first_picture(self) -> None:
        if self._heading is None:
            return
        width, height = self.width(), self.height()
        room = width * 100 // self._scale
        stepper = self._px(_STEPPER) if room >= _ROOM_FOR_STEPPER else self._px(28) + 28
        top, bottom = self._px(45), height - self._px(42)
        lines = ((0, top, width, 1), (0, bottom, width, 1), (stepper, top, 1, bottom - top))
        for rule, line in zip(self._rules, lines, strict=True):
            rule.setGeometry(*line)
        column = min(self._px(_COLUMN), width - stepper - 64)
        self._heading.move(stepper + (width - stepper - column) // 2, top + self._px(28))

    def resizeEvent(self, event: "QResizeEvent") -> None:
        """The first picture fits the window, however large it comes to the screen."""
        super().resizeEvent(event)
        self._lay_first_picture()

    def _px(self, pixels: int) -> int:
        return pixels * self._scale // 100

    def closeEvent(self, event: "QCloseEvent") -> None:
        """Gone from the screen at once; the program then saves and ends the rest, which takes a moment."""
        self.hide()
        self.closing.emit()
        event.accept()


def first_title(language: Literal["zh", "en"]) -> str:
    """The title of the first page, straight from its translations."""
    file = resource_path("translations", "en" if language == "en" else "zh_CN", "cost.json")
    return str(read_object(file)["title"])


def load_font() -> None:
    """Give Qt the program's own font, where set-up has put it."""
    path = os.fspath(assets_folder() / _FONT)
    if os.path.isfile(path):  # noqa: PTH113 - one question, before anything else is loaded
        QFontDatabase.addApplicationFont(path)
