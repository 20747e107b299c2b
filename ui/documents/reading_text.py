"""A long text to read: by eye in any size, by the arrow keys with a caret, by a screen reader line by line."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget


class ReadingText(QPlainTextEdit):
    """Nothing can be typed; Tab goes on, Home and End go to the beginning and the end as in the sheets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
