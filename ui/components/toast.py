"""A short word that something is done ("saved", "copied"): it comes, is read out, and goes by itself."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget
from shiboken6 import isValid

from ui.announce import announce
from ui.components.icons import IconView
from ui.components.labels import label
from ui.theme import theme

# Long enough for a slow reader: five seconds, and a third of a second more for each character.
_LEAST_MS: Final = 5_000
_EACH_MS: Final = 330
_WIDEST: Final = 480
_ABOVE: Final = 16


class Toast(QFrame):
    """Lies over a page and never takes the keyboard; it stays while the pointer is on it.

    Nothing is told by a toast alone that must not be missed, and nothing is to be pressed in it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._over = window
        self.setProperty("role", "toast")
        self.setProperty("overlay", "true")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 20, 12)
        row.setSpacing(12)
        row.addWidget(IconView("done", "paper", 20), 0, Qt.AlignmentFlag.AlignTop)
        self.words = label("", "toast")
        row.addWidget(self.words, 1)
        self._going = QTimer(self)
        self._going.setSingleShot(True)
        self._going.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def say(self, text: str, over: QWidget) -> None:
        """Show ``text`` at the foot of ``over``, in place of whatever was shown."""
        self._over = over
        self.words.setText(text)
        self.setAccessibleName(text)
        self.show()
        self.place()
        self.raise_()
        self._going.start(_LEAST_MS + _EACH_MS * len(text))
        announce(self, text)

    def place(self) -> None:
        """In the middle, a little above the foot of what it lies over."""
        holder, layout = self.parentWidget(), self.layout()
        if holder is None or layout is None or not isValid(self._over):
            return
        room = self._over.rect()
        self.ensurePolished()
        self.words.ensurePolished()
        natural = self.words.fontMetrics().horizontalAdvance(self.words.text()) + theme().px(20) + 64
        width = min(natural, theme().px(_WIDEST), room.width() - 2 * _ABOVE)
        height = layout.totalHeightForWidth(width)
        foot = self._over.mapTo(holder, room.bottomLeft())
        self.setGeometry(foot.x() + (room.width() - width) // 2, foot.y() - height - _ABOVE, width, height)

    def eventFilter(self, _watched: object, event: QEvent) -> bool:
        """Stay in place while the window changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Somebody is reading."""
        super().enterEvent(event)
        self._going.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go soon."""
        super().leaveEvent(event)
        self._going.start(_LEAST_MS)

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_going") and self.isVisible():
            QTimer.singleShot(0, self, self.place)
