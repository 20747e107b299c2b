"""What is to be done here, each with how far it is; a press leads to it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.components.buttons import SentenceLink
from ui.components.card import Card
from ui.components.icons import IconView
from ui.components.labels import Rule, label, set_role

# Icon and colour of a status; its word is the page's.
_LOOKS: Final = {
    "open": ("waiting", "look", "small-look"),
    "done": ("done", "done", "small-done"),
    "no": ("stop", "muted", "small"),
}


class Task(NamedTuple):
    """``key`` comes back when it is pressed; ``status`` is ``open``, ``done`` or ``no``, ``word`` says it."""

    key: str
    name: str
    status: str
    word: str


class TaskList(Card):
    """``opened`` comes with the key of the task the borrower wants to get to."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=8)
        self.heading = label("", "strong")
        self.body.addWidget(self.heading)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.body.addLayout(self._rows)
        self._shown: dict[str, tuple[SentenceLink, IconView, QLabel]] = {}

    def set_heading(self, text: str) -> None:
        """Say how much is left."""
        self.heading.setText(text)
        self.setAccessibleName(text)

    def set_tasks(self, tasks: Sequence[Task]) -> None:
        """Show these; the same keys again only change words and states."""
        if list(self._shown) != [task.key for task in tasks]:
            self._make([task.key for task in tasks])
        for task in tasks:
            link, sign, word = self._shown[task.key]
            icon, token, role = _LOOKS[task.status]
            link.setText(task.name)
            link.setAccessibleDescription(task.word)
            sign.show_icon(icon, token)
            word.setText(task.word)
            set_role(word, "role", role)

    def _make(self, keys: Sequence[str]) -> None:
        from ui.components.labels import empty

        empty(self._rows)
        self._shown = {}
        for number, key in enumerate(keys):
            if number:
                self._rows.addWidget(Rule())
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            link, sign, word = SentenceLink(), IconView("waiting", "look", 18), label("", "small", wrap=False)
            link.clicked.connect(lambda _=False, key=key: self.opened.emit(key))
            row.addWidget(link, 1)
            row.addWidget(sign, 0, Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(word)
            self._rows.addWidget(holder)
            self._shown[key] = (link, sign, word)
