"""One thing being checked: icon, name, and a word for how far it is."""

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.components.icons import IconView
from ui.components.labels import label, set_role
from ui.translations import tr


class ProgressState(StrEnum):
    """As the lender reports each step."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


_LOOKS: Final = {
    ProgressState.WAITING: ("waiting", "muted", "muted"),
    ProgressState.RUNNING: ("running", "accent", ""),
    ProgressState.DONE: ("done", "done", "done"),
    ProgressState.FAILED: ("look", "look", "look"),
}


class ProgressLine(QWidget):
    """``set_state`` changes icon and word together: colour is never alone."""

    def __init__(
        self, text: str = "", state: ProgressState = ProgressState.WAITING, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        self._icon = IconView("waiting", "muted", 24)
        row.addWidget(self._icon)
        self.text = label(text)
        row.addWidget(self.text, 1)
        self._word = label("", "muted", wrap=False)
        row.addWidget(self._word)
        self._state = state
        self.set_state(state)

    def set_text(self, text: str) -> None:
        """Set the name."""
        self.text.setText(text)
        self.set_state(self._state)

    def set_state(self, state: ProgressState) -> None:
        """Show how far it is."""
        self._state = state
        icon, token, role = _LOOKS[state]
        self._icon.show_icon(icon, token)
        self._word.setText(tr(f"common.progress_{state.value}"))
        set_role(self._word, "role", role)
        self.setAccessibleName(f"{self.text.text()}: {self._word.text()}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.set_state(self._state)
        super().changeEvent(event)
