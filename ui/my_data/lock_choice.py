"""After how long the window covers itself, and covering it now."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from loanapp.resource_files import read_toml
from ui.components import Card, FlowRow, SecondaryButton, SectionHeading, label
from ui.components.buttons import AnswerButton
from ui.translations import tr

if TYPE_CHECKING:
    from ui.pages.page import PageContext


class LockChoice(QWidget):
    """A few lengths, one of which is in force."""

    def __init__(self, context: "PageContext", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.heading = SectionHeading()
        box.addWidget(self.heading)
        card = Card(padding=20, spacing=12)
        self._text = label("", "small-ink")
        card.body.addWidget(self._text)
        row = FlowRow(spacing=8)
        self._group = QButtonGroup(self)
        self.minutes: dict[int, AnswerButton] = {}
        for minutes in read_toml("policy", "idle_lock.toml")["minutes"]:
            button = self.minutes[minutes] = AnswerButton()
            button.setChecked(minutes == context.lock_minutes)
            button.clicked.connect(partial(self._choose, minutes))
            self._group.addButton(button)
            row.add(button)
        row.close_up()
        card.body.addWidget(row)
        self.now = SecondaryButton()
        self.now.clicked.connect(context.messages.lock_wanted)
        ways = FlowRow(spacing=16)
        ways.add(self.now)
        ways.close_up()
        card.body.addWidget(ways)
        box.addWidget(card)

    def _choose(self, minutes: int) -> None:
        self._context.messages.lock_minutes_chosen.emit(minutes)

    def show_words(self, *, signed_in: bool) -> None:
        """Every word in the language in force; covering now only where there is something to cover."""
        self.heading.setText(tr("idle_lock.minutes"))
        self._text.setText(tr("idle_lock.minutes_text"))
        for minutes, button in self.minutes.items():
            button.setText(tr("idle_lock.after", count=minutes))
        self.now.setText(tr("idle_lock.now"))
        self.now.setVisible(signed_in)
