"""A field for a few lines of text: it grows with what is written, so that all of it is seen."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from ui.components.fields import Field

_KEYS_THAT_GO_ON: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


# Qt counts a line as seen only with a little room below it.
_SPARE: Final = 3


class _GrowingEdit(QPlainTextEdit):
    """As high as its text; Tab and Enter do what they do in a line of text."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.textChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        lines = max(1, round(self.document().size().height()))
        margins = self.contentsMargins()
        height = lines * self.fontMetrics().lineSpacing() + margins.top() + margins.bottom() + _SPARE
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS_THAT_GO_ON:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()


class TextField(Field):
    """An address and the like; ``text`` is one line however it was pasted."""

    def _make_editor(self) -> QWidget:
        edit = _GrowingEdit()
        edit.textChanged.connect(lambda: self._on_edited(self.text()))
        return edit

    def text(self) -> str:
        """What is written, without breaks."""
        edit = self.editor
        return " ".join(edit.toPlainText().split()) if isinstance(edit, QPlainTextEdit) else ""

    def set_text(self, text: str) -> None:
        """Put ``text`` into the editor."""
        if isinstance(self.editor, QPlainTextEdit) and self.text() != text:
            self.editor.setPlainText(text)
