"""Writing to the lender about one's data: what is asked, in the borrower's words, with the day of the answer."""

import uuid
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import LoanAppError
from loanapp.domain.rights import RightKind
from ui.components import Banner, Dialog, PrimaryButton, SecondaryButton, label
from ui.components.help_sheet import give_help
from ui.components.text_field import TextField
from ui.messages import Level
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from ui.pages.page import PageContext

_LONGEST = 4000
_WIDTH = 600


class AskRight(Dialog):
    """``sent`` once the lender has it; ``kept`` with what was typed when it is put away before that.

    ``help_wanted`` comes with the code of what went wrong.
    """

    sent = Signal()
    kept = Signal(str)
    help_wanted = Signal(str)

    def __init__(self, parent: QWidget, context: "PageContext", kind: RightKind, text: str = "") -> None:
        super().__init__(parent, width=_WIDTH)
        self._context, self._kind = context, kind
        self._id = str(uuid.uuid4())  # of this request, however often it is sent
        self._lead = label("", "muted")
        self.problem = Banner(Level.STOP)
        self.problem.hide()
        self.words = TextField(at_most=_LONGEST)
        self.words.set_help("data-rights")
        for part in (self._lead, self.problem, self.words):
            self.body.addWidget(part)
        self.keep, self.send = SecondaryButton(), PrimaryButton()
        self.answers.addWidget(self.keep)
        self.answers.addStretch(1)
        self.answers.addWidget(self.send)
        self.keep.clicked.connect(self.reject)
        self.send.clicked.connect(self._send)
        self._retranslate()
        give_help(self, "data-rights")
        self.words.set_text(text)
        self.words.setFocus()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """While it is being sent it is not sent again."""
        self.send.set_busy(busy)
        self.send.setEnabled(not busy)

    def show_problem(self, error: LoanAppError | None) -> None:
        """Say what went wrong; the words stay."""
        self.problem.setVisible(error is not None)
        if error is not None:
            self.problem.say(error_sentence(error), error_fix(error))
            self.problem.show_actions((tr("my_data.how"), lambda: self._open_help(error.code.value)))

    def _open_help(self, code: str) -> None:
        self.reject()
        self.help_wanted.emit(code)

    def _send(self) -> None:
        journey, text = self._context.journey, self.words.text().strip()
        if not text:
            self.words.set_error(tr("my_data.request_empty"))
            self.words.setFocus()
            return
        if journey is not None:
            work = journey.ask_about_my_data
            self._context.operations.run(lambda: work(self._id, self._kind, text), lambda _: self._done(), busy=self)

    def _done(self) -> None:
        self.sent.emit()
        self.accept()

    def done(self, result: int) -> None:
        """Whatever is still awaited is dropped; sent again under the same id it is asked once."""
        self._context.operations.cancel_for(self)
        if result == self.DialogCode.Rejected:
            self.kept.emit(self.words.text())
        super().done(result)
        self.deleteLater()

    def _retranslate(self) -> None:
        self.set_heading(tr(f"my_data.request_{self._kind.value}"))
        self._lead.setText(tr(f"my_data.request_{self._kind.value}_lead"))
        self.words.set_label(tr("my_data.request_words"), tr("my_data.request_words_hint"))
        self.keep.setText(tr("my_data.request_keep"))
        self.send.setText(tr("my_data.request_send"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "send"):
            self._retranslate()
        super().changeEvent(event)
