"""Whether an input method still has letters in a field that are no characters yet."""

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QWidget

_COMPOSING: Final = "composing"


class _Composition(QObject):
    """Notes on an editor whether the input method has letters in it that are no characters yet."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look, and take nothing."""
        letters = event.preeditString() if isinstance(event, QInputMethodEvent) else ""
        if event.type() in (QEvent.Type.InputMethod, QEvent.Type.FocusOut):
            watched.setProperty(_COMPOSING, bool(letters))
        return super().eventFilter(watched, event)


def watch_composition(editor: QWidget) -> None:
    """Let :func:`is_composing` know of ``editor``."""
    editor.installEventFilter(_Composition(editor))


def is_composing(editor: QWidget | None) -> bool:
    """Whether Enter belongs to the input method: most keep it, some hand it on while letters are still chosen from."""
    return editor is not None and bool(editor.property(_COMPOSING))
