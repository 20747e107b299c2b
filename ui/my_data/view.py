"""What every view of one's data has: it asks, shows, and says what went wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.domain.errors import LoanAppError

if TYPE_CHECKING:
    from ui.pages.page import PageContext

T = TypeVar("T")


class DataView(QWidget):
    """A subclass fills ``body`` in ``build`` and shows what it has in ``show_words``."""

    problem = Signal(object)
    came = Signal()
    changed = Signal()
    """Something was done that the page behind has to show."""
    closing_wanted = Signal()
    """The account is to be closed; it was asked whether that is meant."""
    view_wanted = Signal(str)
    """Another view has what is wanted."""

    def __init__(self, context: "PageContext", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        self.build()
        self.show_words()

    def build(self) -> None:
        """Make the widgets; called once."""

    def load(self) -> bool:
        """Ask for what is to be shown; whether an answer is awaited."""
        return False

    def load_again(self) -> bool:
        """Ask once more for what did not come; what was done here meanwhile stays said."""
        return self.load()

    def show_words(self) -> None:
        """Every word in the language in force."""

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """Nothing here waits for a press."""

    def show_problem(self, error: LoanAppError | None) -> None:
        """Hand a problem to the window around."""
        if error is not None:
            self.problem.emit(error)

    def ask(self, work: Callable[[], T], then: Callable[[T], object]) -> None:
        """Ask in a worker, then show."""

        def arrived(answer: T) -> None:
            self.came.emit()
            then(answer)

        self.context.operations.run(work, arrived, busy=self)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.show_words()
        super().changeEvent(event)
