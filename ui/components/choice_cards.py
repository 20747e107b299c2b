"""A few choices side by side, one of them chosen."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QRadioButton, QVBoxLayout, QWidget

from ui.components.card_columns import arrange_columns, widest
from ui.components.labels import label, set_role


class Choice(NamedTuple):
    """A value, its words, and a line under them."""

    value: str
    text: str
    description: str = ""


class SteppingRadio(QRadioButton):
    """Arrow keys move along the choices, wherever the cards stand; ``focused`` lets the card draw the outline."""

    stepped = Signal(int)
    focused = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and up go back, right and down go on."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.stepped.emit(-1)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self.stepped.emit(1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard is here."""
        super().focusInEvent(event)
        self.focused.emit(self.hasFocus())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard has gone on."""
        super().focusOutEvent(event)
        self.focused.emit(self.hasFocus())


def outline_focus(card: QFrame, button: SteppingRadio) -> None:
    """Outline ``card`` while its button has the keyboard: a card that has the focus does not look like one chosen."""
    button.focused.connect(lambda on: set_role(card, "focused", "true" if on else "false"))


class _ChoiceCard(QFrame):
    def __init__(self, choice: Choice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(2)
        self.button = SteppingRadio(choice.text)
        self.button.setAccessibleName(choice.text)
        outline_focus(self, self.button)
        box.addWidget(self.button)
        self.description = label(choice.description, "small")
        # Into its place first: shown before, it would be a window of its own for a moment, and take the focus.
        box.addWidget(self.description)
        self.description.setVisible(bool(choice.description))

    def retext(self, choice: Choice) -> None:
        self.button.setText(choice.text)
        self.button.setAccessibleName(choice.text)
        self.button.setAccessibleDescription(choice.description)
        self.description.setText(choice.description)
        self.description.setVisible(bool(choice.description))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card is the button."""
        if self.rect().contains(event.position().toPoint()):
            self.button.setChecked(True)
            self.button.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mouseReleaseEvent(event)


class ChoiceCards(QWidget):
    """One of several; ``chosen`` comes with the value.

    With ``flowing``, ``columns`` is the most there are: fewer where there is no room for so many.
    """

    chosen = Signal(str)

    def __init__(
        self, columns: int = 2, parent: QWidget | None = None, *, name: str = "", flowing: bool = False
    ) -> None:
        super().__init__(parent)
        self._columns = self._most = columns
        self._flowing = flowing
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(10)
        self._group = QButtonGroup(self)
        self._cards: dict[str, _ChoiceCard] = {}
        self._placing = False
        self.setAccessibleName(name)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Show these; the same values again only change their words and keep what is chosen."""
        if list(self._cards) == [choice.value for choice in choices]:
            for choice in choices:
                self._cards[choice.value].retext(choice)
            self._flow()
            return
        kept = self.value()
        for card in self._cards.values():
            self._group.removeButton(card.button)
            card.hide()
            card.deleteLater()
        self._cards = {}
        self._placing = True  # a card that is shown may change the width, and the columns of those after it
        for place, choice in enumerate(choices):
            card = _ChoiceCard(choice, self)
            card.retext(choice)
            card.button.toggled.connect(lambda on, value=choice.value: self._toggled(value, on=on))
            card.button.stepped.connect(lambda by, value=choice.value: self._step(value, by))
            self._group.addButton(card.button)
            self._grid.addWidget(card, place // self._columns, place % self._columns)
            card.show()
            self._cards[choice.value] = card
        self._placing = False
        self._flow()
        if kept in self._cards:
            self.choose(kept)
        if self._cards:
            self.setFocusProxy(next(iter(self._cards.values())).button)

    def minimumSizeHint(self) -> QSize:
        """Where the cards flow, one of them is wide enough."""
        hint = super().minimumSizeHint()
        return QSize(widest(self._cards.values()), hint.height()) if self._flowing else hint

    def _flow(self) -> None:
        if self._flowing and self._cards and not self._placing:
            self._columns = arrange_columns(self._grid, self._cards.values(), self.width(), self._columns, self._most)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._flow()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_cards"):
            self._flow()

    def value(self) -> str:
        """The chosen value, or nothing."""
        return next((value for value, card in self._cards.items() if card.button.isChecked()), "")

    def choose(self, value: str) -> None:
        """Choose ``value`` if it is there."""
        if value in self._cards:
            self._cards[value].button.setChecked(True)

    def mark(self, *, wrong: bool) -> None:
        """Outline the cards in the colour of "stop" while a choice is missing or wrong."""
        for card in self._cards.values():
            set_role(card, "wrong", "true" if wrong else "false")

    def clear(self) -> None:
        """Choose nothing, as at the beginning."""
        self._group.setExclusive(False)
        for card in self._cards.values():
            card.button.setChecked(False)
        self._group.setExclusive(True)

    def _step(self, value: str, by: int) -> None:
        values = list(self._cards)
        button = self._cards[values[(values.index(value) + by) % len(values)]].button
        button.setChecked(True)
        button.setFocus(Qt.FocusReason.TabFocusReason)

    def _toggled(self, value: str, *, on: bool) -> None:
        set_role(self._cards[value], "chosen", "true" if on else "false")
        if on:
            self.setFocusProxy(self._cards[value].button)
            self.chosen.emit(value)
