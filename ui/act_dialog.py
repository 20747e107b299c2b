"""A dialog with one main action that is at work for a while: what stands in the way, what it is about, two answers."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import LoanAppError
from ui.components import Banner, Dialog, PrimaryButton, SecondaryButton, label
from ui.components.help_sheet import way_to_help
from ui.messages import Level
from ui.translations import error_fix, error_sentence

if TYPE_CHECKING:
    from ui.pages.page import PageContext


class ActDialog(Dialog):
    """Subclasses put their parts into the body, then call :meth:`retranslate`; put away, no answer is awaited."""

    def __init__(self, parent: QWidget, context: "PageContext", *, width: int) -> None:
        super().__init__(parent, width=width)
        self.context = context
        self.problem = Banner(Level.STOP)
        self.problem.hide()
        self.lead = label("")
        self.cancel, self.go_on = SecondaryButton(), PrimaryButton()
        self.answers.addWidget(self.cancel)
        self.answers.addStretch(1)
        self.answers.addWidget(self.go_on)
        self.cancel.clicked.connect(self.reject)
        self.go_on.clicked.connect(self.proceed)
        self._made = False

    def proceed(self) -> None:
        """The main action."""

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """One thing at a time."""
        self.go_on.set_busy(busy)
        self.go_on.setEnabled(not busy)

    def say_problem(self, error: LoanAppError) -> None:
        """What stands in the way, what to do, and its article."""
        self.problem.say(error_sentence(error), error_fix(error))
        self.problem.show_actions(way_to_help(self, error.code))
        self.problem.show()

    def done(self, result: int) -> None:
        """An answer still awaited is dropped."""
        self.context.operations.cancel_for(self)
        super().done(result)
        self.deleteLater()

    def retranslate(self) -> None:
        """Every word in the language in force."""
        self._made = True

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language, once all parts are there."""
        if event.type() == QEvent.Type.LanguageChange and getattr(self, "_made", False):
            self.retranslate()
        super().changeEvent(event)
