"""Turning the second factor on (scan, show a code, write the recovery codes down) and off."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.act_dialog import ActDialog
from ui.capture_guard import keep_out_of_capture
from ui.components import Field, label
from ui.components.qr_view import QrView
from ui.secret_clipboard import secret_clipboard
from ui.translations import error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.protection import NewSecondFactor
    from loanapp.journey.journey import Journey
    from ui.pages.page import PageContext

_WIDTH = 560
_OF_THE_FACTOR = frozenset({ErrorCode.SECOND_FACTOR_WRONG, ErrorCode.SECOND_FACTOR_NEEDED})


class FactorDialog(ActDialog):
    """A code of the authenticator in a field, and what came of it."""

    done_with = Signal()

    def __init__(self, parent: QWidget, context: "PageContext") -> None:
        super().__init__(parent, context, width=_WIDTH)
        self.code = Field(width=200)

    @property
    def journey(self) -> "Journey":
        """There while somebody is signed in."""
        if self.context.journey is None:
            raise RuntimeError("nobody is signed in")
        return self.context.journey

    def typed(self) -> str:
        """The code; empty and said where nothing was typed."""
        if not self.code.text():
            self.code.set_error(tr("protection.factor_missing"))
            self.code.setFocus()
        return self.code.text()

    def show_problem(self, error: LoanAppError | None) -> None:
        """At the field where it belongs to the code."""
        self.problem.hide()
        if error is not None and error.code in _OF_THE_FACTOR:
            self.code.set_error(error_sentence(error))
            self.code.setFocus()
        elif error is not None:
            self.say_problem(error)

    def retranslate(self) -> None:
        """Every word in the language in force."""
        super().retranslate()
        self.code.set_label(tr("protection.factor"))
        self.cancel.setText(tr("protection.cancel"))


class TurnOnDialog(FactorDialog):
    """First the QR code, then the recovery codes, which stay until they were written down."""

    def __init__(self, parent: QWidget, context: "PageContext") -> None:
        super().__init__(parent, context)
        self.picture, self.by_hand = QrView(), label("", "small-ink", selectable=True)
        self.recovery = label("", "figure", selectable=True)
        self._new: NewSecondFactor | None = None
        self._codes: tuple[str, ...] = ()
        secret_clipboard().guard(self, TurnOnDialog.secrets)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.lead)
        self.body.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self.by_hand, self.code, self.recovery):
            self.body.addWidget(part)
        self.recovery.hide()
        self.retranslate()
        self.code.setFocus()
        journey = self.journey

        def make() -> tuple[Any, ...]:
            from loanapp.vision.qr_code import qr_modules

            made = journey.begin_second_factor()
            return made, qr_modules(made.uri)

        context.operations.run(make, self._came, busy=self)

    def _came(self, found: tuple[Any, ...]) -> None:
        self._new, modules = found
        self.picture.show_modules(modules)
        self.retranslate()
        self.fit()

    def proceed(self) -> None:
        """Show a code of the authenticator; then, once the recovery codes are written down, close."""
        if self._codes:
            self.accept()
        elif code := self.typed():
            self.context.operations.run(partial(self.journey.confirm_second_factor, code), self._turned_on, busy=self)

    def _turned_on(self, codes: tuple[str, ...]) -> None:
        self._codes = codes
        for part in (self.picture, self.by_hand, self.code, self.cancel, self.problem):
            part.hide()
        self.recovery.show()
        self.retranslate()
        self.go_on.setFocus()
        self.done_with.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """The secret and the recovery codes stay out of pictures of the screen, where the system allows it."""
        super().showEvent(event)
        keep_out_of_capture(self, hidden=True)

    def secrets(self) -> str:
        """What is shown here and nobody else may read: the secret and the recovery codes."""
        return " ".join((*self._codes, self._new.secret if self._new else ""))

    def done(self, result: int) -> None:
        """What was shown once is known here no longer."""
        self._codes, self._new = (), None
        super().done(result)

    def reject(self) -> None:
        """Escape does not put away what is shown once."""
        if not self._codes:
            super().reject()

    def retranslate(self) -> None:
        """Every word in the language in force."""
        super().retranslate()
        step = "codes" if self._codes else "scan"
        self.set_heading(tr("protection.codes_title" if self._codes else "protection.next"))
        self.lead.setText(tr("protection.codes_text" if step == "codes" else "protection.scan"))
        self.picture.setAccessibleName(tr("protection.scan_name"))
        if self._new is not None:
            self.by_hand.setText(tr("protection.by_hand", secret=_grouped(self._new.secret, 4)))
        pairs = [_grouped(one, 5, "-") for one in self._codes]
        self.recovery.setText("\n".join("    ".join(pairs[at : at + 2]) for at in range(0, len(pairs), 2)))
        self.go_on.setText(tr("protection.copied_down" if self._codes else "protection.turn_on"))


class TurnOffDialog(FactorDialog):
    """A code of it turns it off; left empty, the lender says what else shows that it is the borrower."""

    def __init__(self, parent: QWidget, context: "PageContext") -> None:
        super().__init__(parent, context)
        for part in (self.problem, self.lead, self.code):
            self.body.addWidget(part)
        self.retranslate()
        self.code.setFocus()

    def proceed(self) -> None:
        """Turn it off."""
        code = self.code.text()
        self.context.operations.run(partial(self.journey.remove_second_factor, code), self._turned_off, busy=self)

    def _turned_off(self, _protection: object) -> None:
        self.done_with.emit()
        self.accept()

    def retranslate(self) -> None:
        """Every word in the language in force."""
        super().retranslate()
        self.set_heading(tr("protection.off_title"))
        self.lead.setText(tr("protection.off_text"))
        self.go_on.setText(tr("protection.off_title"))


def _grouped(text: str, size: int, gap: str = " ") -> str:
    return gap.join(text[at : at + size] for at in range(0, len(text), size))
