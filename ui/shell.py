"""The program's one window, on the screen before anything else is loaded: paper, the frame's lines, the first title.

Only what this picture needs is imported here, the rest follows while the borrower already sees the window. The
namespace ``Qt`` alone would cost 20 ms, so it is not touched.
"""

import json
import os
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QLabel, QMainWindow, QWidget

from loanapp.resource_files import assets_folder, resource_path

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPaintEvent

_START_SIZE = (1280, 720)
_SMALLEST = (640, 480)
_FONT = "NotoSansSC-Regular.otf"
_STEPPER = 220
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
        self._first_picture: list[QWidget] = []
        self.setWindowTitle("LoanApp")
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_START_SIZE)
        self._draw_first_picture()

    def furnish(self, content: QWidget) -> None:
        """Fill the window."""
        for child in self._first_picture:
            child.deleteLater()
        self._first_picture = []
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

    def _draw_first_picture(self) -> None:
        """Plain widgets and a style sheet: a painter's overloads would load ``Qt``."""
        paper, ink, line = _COLOURS[self._mode]
        width, height = _START_SIZE
        top, bottom, stepper = self._px(45), height - self._px(42), self._px(_STEPPER)
        self.setStyleSheet(f"QMainWindow {{ background: {paper}; }} QFrame {{ background: {line}; }}")
        for x, y, across, down in ((0, top, width, 1), (0, bottom, width, 1), (stepper, top, 1, bottom - top)):
            rule = QFrame(self)
            rule.setGeometry(x, y, across, down)
            self._first_picture.append(rule)
        column = min(self._px(_COLUMN), width - stepper - 64)
        title = QLabel(self._title, self)
        title.setStyleSheet(f"background: transparent; color: {ink}; font: {self._px(28)}px 'Noto Sans SC';")
        title.move(stepper + (width - stepper - column) // 2, top + self._px(28))
        title.adjustSize()
        self._first_picture.append(title)

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
    return str(json.loads(file.read_text(encoding="utf-8"))["title"])


def load_font() -> None:
    """Give Qt the program's own font, where set-up has put it."""
    path = os.fspath(assets_folder() / _FONT)
    if os.path.isfile(path):  # noqa: PTH113 - one question, before anything else is loaded
        QFontDatabase.addApplicationFont(path)
