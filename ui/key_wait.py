"""Waiting for somebody to plug a security key in and touch it, in front of the page."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from loanapp.client.security_key import Waiting
from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.act_dialog import ActDialog
from ui.announce import announce
from ui.components.password_field import PasswordField
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.journey.pages import Page
    from ui.pages.page import PageContext

_WIDTH: Final = 520
SAME_QUESTION: Final = frozenset(
    {
        ErrorCode.SECURITY_KEY_PIN,
        ErrorCode.SECURITY_KEY_LOCKED,
        ErrorCode.SECURITY_KEY_NOT_FOUND,
        ErrorCode.SECURITY_KEY_NOT_TOUCHED,
        ErrorCode.SECURITY_KEY_FORBIDDEN,
        ErrorCode.SECURITY_KEY_KNOWN,
    }
)
"""After these nothing was answered yet: the same question can be asked of a key again."""


class KeyWait(ActDialog):
    """What to do at the key, its PIN where it wants one, and what came of it; put away, nobody waits any longer."""

    def __init__(self, parent: QWidget, context: "PageContext") -> None:
        super().__init__(parent, context, width=_WIDTH)
        self.pin = PasswordField(width=200)
        self.pin.hide()
        self._error: LoanAppError | None = None
        self._waiting: Waiting | None = None

    def wait(self, act: Callable[[Waiting], Any], on_done: Callable[[Any], object]) -> None:
        """Run ``act``, which waits for the key; a PIN that was typed goes along."""
        if not self.pin.isHidden() and not self.pin.text():
            self.pin.set_error(tr("security_key.pin_missing"))
            self.pin.setFocus()
            return
        self._waiting = waiting = Waiting(self.pin.text())
        announce(self, tr("security_key.touch"))
        self.context.operations.run(lambda: act(waiting), on_done, busy=self)

    def show_problem(self, error: LoanAppError | None) -> None:
        """Say what stands in the way; a PIN that is wanted is asked for here."""
        self._error = error
        if error is None:
            self.problem.hide()
            return
        if error.code is ErrorCode.SECURITY_KEY_PIN:
            self.pin.show()
            self.pin.clear()
            self.pin.setFocus()
        else:
            self.go_on.setFocus()
        self.say_problem(error)

    def done(self, result: int) -> None:
        """Nobody waits at the key any longer."""
        self._stop()
        self.pin.clear()
        super().done(result)

    def hideEvent(self, event: QHideEvent) -> None:
        """The window behind is closed: no worker goes on to wait."""
        if not event.spontaneous():
            self._stop()
        super().hideEvent(event)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()

    def retranslate(self) -> None:
        """Every word in the language in force."""
        super().retranslate()
        self.pin.set_label(tr("security_key.pin"), tr("security_key.pin_hint"))
        if self._error is not None:
            self.say_problem(self._error)


class SignInByKey(KeyWait):
    """The second step of a sign-in; ``let_in`` with the page, ``refused`` with what the sign-in page has to say."""

    let_in = Signal(object)
    refused = Signal(object)

    def __init__(self, parent: QWidget, context: "PageContext", act: "Callable[[Waiting], Page]") -> None:
        super().__init__(parent, context)
        self._act = act
        for part in (self.problem, self.lead, self.pin):
            self.body.addWidget(part)
        self.retranslate()
        self.go_on.hide()
        self.proceed()

    def proceed(self) -> None:
        """Wait for the key."""
        self.wait(self._act, self._came)

    def show_problem(self, error: LoanAppError | None) -> None:
        """What the key can be asked again is said here, everything else at the sign-in."""
        if error is None or error.code in SAME_QUESTION:
            self.go_on.setVisible(error is not None)
            super().show_problem(error)
            return
        self.refused.emit(error)
        self.reject()

    def _came(self, page: "Page") -> None:
        self.let_in.emit(page)
        self.accept()

    def retranslate(self) -> None:
        """Every word in the language in force."""
        super().retranslate()
        self.set_heading(tr("security_key.touch"))
        self.lead.setText(tr("security_key.touch_text"))
        self.cancel.setText(tr("security_key.other_way"))
        self.go_on.setText(tr("security_key.again"))
