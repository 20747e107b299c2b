"""A long text to read: by eye in any size, by the arrow keys with a caret, by a screen reader line by line."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget


class ReadingText(QPlainTextEdit):
    """Nothing can be typed; Tab goes on, Home and End go to the beginning and the end as in the sheets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: list[QTextCursor] = []
        self._at = 0
        self.setProperty("role", "document")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        flag = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flag.TextSelectableByMouse | flag.TextSelectableByKeyboard)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End without any other key."""
        goal = {Qt.Key.Key_Home: QTextCursor.MoveOperation.Start, Qt.Key.Key_End: QTextCursor.MoveOperation.End}
        move = goal.get(Qt.Key(event.key()))
        if move is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
            return
        self.moveCursor(move)
        if move is QTextCursor.MoveOperation.End:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def look_for(self, words: str) -> tuple[int, int]:
        """Mark the first place of ``words``: its number from 0, and how many there are."""
        self._places = []
        if words:
            found = self.document().find(words)
            while not found.isNull():
                self._places.append(found)
                found = self.document().find(words, found)
        return self._mark(0)

    def step(self, by: int) -> tuple[int, int]:
        """Mark the place so many further on; after the last comes the first again."""
        return self._mark(self._at + by)

    def _mark(self, place: int) -> tuple[int, int]:
        count = len(self._places)
        self._at = place % count if count else 0
        if count:
            self.setTextCursor(self._places[self._at])
            self.ensureCursorVisible()
        return self._at, count
