"""A banner says one thing across the page: icon, word, sentence, and at most two ways on."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.components.buttons import LinkButton
from ui.components.icons import IconView
from ui.components.labels import label, set_role
from ui.messages import Level

_ICONS: Final = {
    Level.INFORMATION: ("info", "accent"),
    Level.LOOK: ("look", "look"),
    Level.STOP: ("stop", "stop"),
    Level.DONE: ("done", "done"),
}


class Banner(QFrame):
    """``level`` picks colour and icon; the text is plain."""

    def __init__(
        self, level: Level = Level.INFORMATION, title: str = "", text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        self._icon = IconView("info", "accent", 22)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        self.title = label(title, "strong")
        self.text = label(text)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self._buttons: list[LinkButton] = []
        self._acts: list[Callable[[], object]] = []
        self._ways = QHBoxLayout()
        self._ways.setSpacing(16)
        self._ways.addStretch(1)
        column.addLayout(self._ways)
        row.addLayout(column, 1)
        self.set_level(level)
        self.say(title, text)

    @property
    def is_urgent(self) -> bool:
        """Whether it says that something stops the borrower."""
        return self._level is Level.STOP

    def set_level(self, level: Level) -> None:
        """Change colour and icon."""
        self._level = level
        set_role(self, "level", level.value)
        self._icon.show_icon(*_ICONS[level])

    def say(self, title: str = "", text: str = "") -> None:
        """Show these words; an empty part takes no room."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.setAccessibleName(" ".join(part for part in (title, text) if part))

    def show_actions(self, *actions: tuple[str, Callable[[], object]]) -> tuple[LinkButton, ...]:
        """Offer these ways on, each a word and what it does; a button that is there already keeps the focus."""
        self._acts = [do for _, do in actions]
        while len(self._buttons) > len(actions):
            button = self._buttons.pop()
            button.hide()
            self._ways.removeWidget(button)
            button.deleteLater()
        for place in range(len(self._buttons), len(actions)):
            button = LinkButton()
            button.clicked.connect(lambda _=False, place=place: self._acts[place]())
            self._ways.insertWidget(place, button)
            # Not only when it is laid out: it may be given the focus before.
            button.show()
            self._buttons.append(button)
        for button, (text, _) in zip(self._buttons, actions, strict=True):
            button.setText(text)
        return tuple(self._buttons)

    def focus_first_way(self) -> None:
        """Put the focus on the first way on, where there is one."""
        if self._buttons:
            self._buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
