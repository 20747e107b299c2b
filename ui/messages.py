"""The one bridge for messages to the borrower: errors, short notices, and simulated text messages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from loanapp.domain.errors import LoanAppError

if TYPE_CHECKING:
    from loanapp.client.answers import SimulatedMessage


class Level(StrEnum):
    """How a message is meant; each has a colour, an icon and a word."""

    INFORMATION = "information"
    LOOK = "look"
    STOP = "stop"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence of the translations, named by its key so that it can change language."""

    level: Level
    key: str
    values: tuple[tuple[str, object], ...] = ()
    count: int | None = None


class MessageBridge(QObject):
    """Whoever has something to say emits here; the main window shows it, a test records it."""

    error = Signal(object)
    notice = Signal(object)
    toast = Signal(object)
    simulated_message = Signal(object)
    help_wanted = Signal(str)
    support_wanted = Signal()
    large_wanted = Signal()
    lock_wanted = Signal()
    lock_minutes_chosen = Signal(int)

    def show_error(self, error: LoanAppError) -> None:
        """Show an error above the page, with its fix and its help article."""
        self.error.emit(error)

    def show_notice(self, level: Level, key: str, *, count: int | None = None, **values: object) -> None:
        """Show the sentence ``key`` above the page."""
        self.notice.emit(Notice(level, key, tuple(values.items()), count))

    def show_toast(self, key: str, **values: object) -> None:
        """Say for a moment, over the page, that something is done; nothing that must not be missed."""
        self.toast.emit(Notice(Level.DONE, key, tuple(values.items())))

    def show_simulated_message(self, message: "SimulatedMessage | None") -> None:
        """Show a simulated text message as a card that says it is simulated; ``None`` takes it away."""
        self.simulated_message.emit(message)

    def open_help(self, article: str) -> None:
        """Open the help panel at an article."""
        self.help_wanted.emit(article)

    def ask_for_large(self) -> None:
        """The borrower wants the large and simple mode."""
        self.large_wanted.emit()

    def show_support(self) -> None:
        """Show how a person is reached."""
        self.support_wanted.emit()
