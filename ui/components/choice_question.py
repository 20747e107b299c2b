"""A question with a few answers: the question above, a hint, the cards, and what is wrong with them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.announce import announce
from ui.components.choice_cards import Choice, ChoiceCards
from ui.components.icons import IconView
from ui.components.labels import label


class ChoiceQuestion(QWidget):
    """``chosen`` comes with the value; an error goes away with the next choice."""

    chosen = Signal(str)

    def __init__(self, columns: int = 2, parent: QWidget | None = None, *, flowing: bool = True) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        self.caption = label("")
        self.hint = label("", "small")
        self.hint.hide()
        self._error_row = QWidget()
        row = QHBoxLayout(self._error_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconView("stop", "stop", 16), 0, Qt.AlignmentFlag.AlignTop)
        self.error = label("", "error")
        row.addWidget(self.error, 1)
        self._error_row.hide()
        self.cards = ChoiceCards(columns, flowing=flowing)
        self.cards.chosen.connect(self._answered)
        for part in (self.caption, self.hint, self._error_row, self.cards):
            box.addWidget(part)
        self.setFocusProxy(self.cards)

    def set_question(self, text: str, hint: str = "") -> None:
        """Set the words."""
        self.caption.setText(text)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self._name_cards()

    def _name_cards(self) -> None:
        self.cards.setAccessibleName(self.caption.text())
        self.cards.setAccessibleDescription(" ".join(filter(None, (self.hint.text(), self.error.text()))))

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these; see :meth:`ChoiceCards.set_choices`."""
        self.cards.set_choices(choices)

    def value(self) -> str:
        """The chosen value, or nothing."""
        return self.cards.value()

    def choose(self, value: str) -> None:
        """Choose ``value`` if it is there."""
        self.cards.choose(value)

    def set_error(self, text: str | None) -> None:
        """Show what is wrong above the cards, or nothing."""
        self.error.setText(text or "")
        self._error_row.setVisible(bool(text))
        self.cards.mark(wrong=bool(text))
        self._name_cards()
        announce(self.cards, self.error.text())

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """To the chosen card, else the first."""
        self.cards.setFocus(reason)

    def _answered(self, value: str) -> None:
        if self.error.text():
            self.set_error(None)
        self.chosen.emit(value)
