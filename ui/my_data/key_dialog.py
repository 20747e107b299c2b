"""Adding a security key (a name, a code, a touch) and removing one."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.components import Field
from ui.key_wait import SAME_QUESTION, KeyWait
from ui.my_data.second_factor_dialog import FactorDialog
from ui.translations import error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.security_key import NewKeyQuestion, OwnKey, OwnKeys, Waiting
    from ui.pages.page import PageContext

_LONGEST_LABEL = 40


class AddKeyDialog(KeyWait):
    """First name and code, which shows who it is; then the key is waited for. ``added`` with all there are."""

    added = Signal(object)

    def __init__(self, parent: QWidget, context: "PageContext") -> None:
        super().__init__(parent, context)
        self.label = Field(width=300, at_most=_LONGEST_LABEL)
        self.code = Field(width=200)
        self._asked: NewKeyQuestion | None = None
        for part in (self.problem, self.lead, self.label, self.code, self.pin):
            self.body.addWidget(part)
        self.retranslate()
        self.label.setFocus()

    def proceed(self) -> None:
        """Ask what the new key is to sign, then ask the key."""
        journey = self.context.journey
        if journey is None:
            return
        if self._asked is not None:
            self.wait(self._add, self._came)
        elif self._typed():
            self.context.operations.run(partial(journey.begin_key, self.code.text()), self._begun, busy=self)

    def _typed(self) -> bool:
        for field, missing in (
            (self.code, "protection.factor_missing"),
            (self.label, "security_key.label_missing"),
        ):
            if not field.text().strip():
                field.set_error(tr(missing))
                field.setFocus()
        return bool(self.code.text().strip() and self.label.text().strip())

    def _begun(self, asked: "NewKeyQuestion") -> None:
        self._asked = asked
        self.show_problem(None)
        self.retranslate()
        self.proceed()

    def _add(self, waiting: "Waiting") -> "OwnKeys":
        journey, asked = self.context.journey, self._asked
        if journey is None or asked is None:
            raise LoanAppError(ErrorCode.SIGNED_OUT)
        return journey.add_key(asked, self.label.text().strip(), waiting)

    def _came(self, keys: "OwnKeys") -> None:
        self.added.emit(keys)
        self.accept()

    def show_problem(self, error: LoanAppError | None) -> None:
        """A code that is wrong at its field; what was asked of the key is asked again, or begun anew with a code."""
        if error is not None and error.code is ErrorCode.SECOND_FACTOR_WRONG:
            super().show_problem(None)
            self.code.set_error(error_sentence(error))
            self.code.setFocus()
            return
        if error is not None and error.code not in SAME_QUESTION:
            self._asked = None
            self.code.set_text("")
        super().show_problem(error)
        self.retranslate()
        if error is not None and self._asked is None:
            self.code.setFocus()

    def retranslate(self) -> None:
        """Every word in the language in force."""
        super().retranslate()
        waiting = self._asked is not None
        self.set_heading(tr("security_key.touch" if waiting else "security_key.add"))
        self.lead.setText(tr("security_key.touch_text" if waiting else "security_key.add_text"))
        self.label.set_label(tr("security_key.label"), tr("security_key.label_hint"))
        self.code.set_label(tr("protection.factor"), tr("protection.factor_hint"))
        for part in (self.label, self.code):
            part.setHidden(waiting)
        self.pin.setHidden(self.pin.isHidden() or not waiting)
        self.cancel.setText(tr("protection.cancel"))
        self.go_on.setText(tr("security_key.again" if waiting else "security_key.go_on"))


class RemoveKeyDialog(FactorDialog):
    """A code removes it; left empty, the lender says what else shows that it is the borrower."""

    removed = Signal(object)

    def __init__(self, parent: QWidget, context: "PageContext", key: "OwnKey") -> None:
        super().__init__(parent, context)
        self._key = key
        for part in (self.problem, self.lead, self.code):
            self.body.addWidget(part)
        self.retranslate()
        self.code.setFocus()

    def proceed(self) -> None:
        """Remove it."""
        act = partial(self.journey.remove_key, self._key.id, self.code.text())
        self.context.operations.run(act, self._gone, busy=self)

    def _gone(self, keys: "OwnKeys") -> None:
        self.removed.emit(keys)
        self.accept()

    def retranslate(self) -> None:
        """Every word in the language in force."""
        super().retranslate()
        self.set_heading(tr("security_key.remove_title"))
        self.lead.setText(tr("security_key.remove_text", label=self._key.label))
        self.go_on.setText(tr("security_key.remove_title"))
