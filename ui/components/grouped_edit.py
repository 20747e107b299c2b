"""A line of text that groups what is typed, as a card prints it, and hands it on without the gaps."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

# Nothing typed by a person is longer; what is longer was pasted by mistake.
_LONGEST: Final = 64
_MOST_STEPS: Final = 100


def grouped(value: str, sizes: tuple[int, ...], gap: str = " ") -> str:
    """``value`` in groups of ``sizes``; the last size goes on for as long as there is more."""
    parts, place, sizes_left = [], 0, list(sizes)
    while place < len(value):
        size = sizes_left.pop(0) if len(sizes_left) > 1 else sizes_left[0]
        parts.append(value[place : place + size])
        place += size
    return gap.join(parts)


class GroupedEdit(QLineEdit):
    """``value_edited`` comes with the value, without gaps, after each change by hand.

    ``keep`` makes a value of what was typed or pasted, ``show`` writes the value with its gaps; every character of the
    value stands in what is shown, in its order. While an input method composes, nothing is touched: its text is
    arranged once it is there. Undo and redo go back and forth between whole values, with the caret where it was.
    """

    value_edited = Signal(str)

    def __init__(
        self, keep: Callable[[str], str], show: Callable[[str], str], gaps: str = " ", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._keep, self._show, self._gaps = keep, show, gaps
        self._composing = False
        self._steps: list[tuple[str, int]] = [("", 0)]
        self._step = 0
        self.textEdited.connect(self._typed)

    def value(self) -> str:
        """What is typed, without gaps."""
        return self._keep(self.text())

    def set_value(self, value: str) -> None:
        """Show ``value``; there is nothing to undo afterwards, as with any line of text that is filled anew."""
        shown = self._show(self._keep(value[:_LONGEST]))
        if shown != self.text():
            self.setText(shown)
        self._steps, self._step = [(shown, len(shown))], 0

    # arranging

    def _typed(self, _text: str) -> None:
        if self._composing:
            return
        value = self._keep(self.text()[:_LONGEST])
        kept_before = len(self._keep(self.text()[: self.cursorPosition()]))
        if self._arranges():
            self._put(self._show(value), kept_before)
        self._note()
        self.value_edited.emit(value)

    def _arranges(self) -> bool:
        """Whether what is typed falls into its groups now."""
        return True

    def _put(self, shown: str, kept_before: int) -> None:
        """Show it with the caret after the same character as before."""
        if shown == self.text():
            return
        with QSignalBlocker(self):
            self.setText(shown)
            self.setCursorPosition(self._place_after(shown, kept_before))
        self.textChanged.emit(shown)

    def _place_after(self, shown: str, kept: int) -> int:
        place = 0
        while kept and place < len(shown):
            kept -= shown[place] not in self._gaps
            place += 1
        return place

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """What is being composed belongs to the input method."""
        self._composing = True
        super().inputMethodEvent(event)
        self._composing = bool(event.preeditString())
        if self.text() != self._steps[self._step][0]:
            self._typed(self.text())

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo by whole values; deleting goes over a gap to what the borrower means."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self._go(-1)
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._go(1)
        else:
            self._step_over_gap(event)
            super().keyPressEvent(event)

    def _step_over_gap(self, event: QKeyEvent) -> None:
        if self.hasSelectedText() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return
        place, text = self.cursorPosition(), self.text()
        if event.key() == Qt.Key.Key_Backspace and place and text[place - 1] in self._gaps:
            self.setCursorPosition(place - 1)
        elif event.key() == Qt.Key.Key_Delete and place < len(text) and text[place] in self._gaps:
            self.setCursorPosition(place + 1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The usual menu, with our undo and redo."""
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """Qt's own menu, whose undo and redo know nothing of our steps, with those two led to them."""
        menu = self.createStandardContextMenu()
        ours = {"edit-undo": (-1, self._step > 0), "edit-redo": (1, self._step + 1 < len(self._steps))}
        for action in menu.actions():
            if action.objectName() in ours:
                by, possible = ours[action.objectName()]
                action.triggered.disconnect()
                action.triggered.connect(lambda _=False, by=by: self._go(by))
                action.setEnabled(possible and not self.isReadOnly())
        return menu

    # what was before

    def _note(self) -> None:
        now = (self.text(), self.cursorPosition())
        if now[0] == self._steps[self._step][0]:
            self._steps[self._step] = now
            return
        self._steps = [*self._steps[: self._step + 1], now][-_MOST_STEPS:]
        self._step = len(self._steps) - 1

    def _go(self, by: int) -> None:
        if self.isReadOnly() or not 0 <= self._step + by < len(self._steps):
            return
        self._step += by
        shown, caret = self._steps[self._step]
        with QSignalBlocker(self):
            self.setText(shown)
            self.setCursorPosition(caret)
        self.textChanged.emit(shown)
        self.value_edited.emit(self.value())
