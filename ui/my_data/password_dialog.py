"""Setting or changing the password: how hard it is to guess is said while it is typed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.components import Banner, Dialog, PrimaryButton, SecondaryButton, label
from ui.components.help_sheet import way_to_help
from ui.components.labels import set_role
from ui.components.password_field import PasswordField
from ui.messages import Level
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from loanapp.client.protection import Protection
    from loanapp.proof.password_strength import Strength
    from ui.operations import Operation
    from ui.pages.page import PageContext

_WIDTH = 560
_JUDGE_AFTER_MS = 150


class PasswordDialog(Dialog):
    """``saved`` carries what protects the account now."""

    saved = Signal(object)

    def __init__(self, parent: QWidget, context: "PageContext", *, change: bool) -> None:
        super().__init__(parent, width=_WIDTH)
        self._context, self._change = context, change
        self._strength: Strength | None = None
        self._judgement: Operation | None = None
        self.problem = Banner(Level.STOP)
        self.problem.hide()
        self.current, self.new = PasswordField(), PasswordField()
        self.current.setVisible(change)
        self.strength = label("", "small")
        for part in (self.problem, self.current, self.new, self.strength):
            self.body.addWidget(part)
        self.cancel, self.keep = SecondaryButton(), PrimaryButton()
        self.answers.addWidget(self.cancel)
        self.answers.addStretch(1)
        self.answers.addWidget(self.keep)
        self.cancel.clicked.connect(self.reject)
        self.keep.clicked.connect(self._save)
        self._judging = QTimer(self)
        self._judging.setSingleShot(True)
        self._judging.setInterval(_JUDGE_AFTER_MS)
        self._judging.timeout.connect(self._judge)
        self.new.edited.connect(lambda _: self._judging.start())
        self._retranslate()
        (self.current if change else self.new).setFocus()

    def _own(self) -> tuple[str, ...]:
        journey = self._context.journey
        return (journey.draft.phone,) if journey is not None and journey.draft.phone else ()

    def _judge(self, then: "Callable[[], object] | None" = None) -> None:
        """Judge what is typed, away from the window's thread: that takes some tenths of a second. Then go on."""
        self._drop_judgement()
        typed, own = self.new.text(), self._own()

        def judged(found: "Strength | None") -> None:
            self._judgement = None
            self._strength = found
            self._say_strength()
            if then is not None:
                then()

        if not typed:
            judged(None)
            return

        def judge() -> "Strength":
            from loanapp.proof.password_strength import password_strength

            return password_strength(typed, own)

        self._judgement = self._context.operations.run(judge, judged, busy=self if then is not None else None)

    def _drop_judgement(self) -> None:
        if self._judgement is not None:
            self._judgement.cancel()
            self._judgement = None

    def _say_strength(self) -> None:
        found = self._strength
        self.strength.setVisible(found is not None)
        if found is None:
            return
        said = tr(f"protection.strength_{found.score}")
        fault = tr(f"protection.weak_{found.weakness.value}") if found.weakness is not None else ""
        self.strength.setText(tr("protection.strength_line", said=said, fault=fault).rstrip())
        set_role(self.strength, "role", "small-done" if found.weakness is None else "error")

    def _save(self) -> None:
        self._judging.stop()
        self._judge(self._send)

    def _send(self) -> None:
        journey = self._context.journey
        if journey is None:
            return
        if self._strength is None:
            self.new.set_error(tr("protection.password_missing"))
            self.new.setFocus()
            return
        if self._strength.weakness is not None:
            self.new.set_error(tr(f"protection.weak_{self._strength.weakness.value}"))
            self.new.setFocus()
            return
        new, current = self.new.text(), self.current.text()
        self._context.operations.run(lambda: journey.set_password(new, current), self._saved, busy=self)

    def _saved(self, protection: "Protection") -> None:
        self.saved.emit(protection)
        self.accept()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """While it is being saved it is not saved again."""
        self.keep.set_busy(busy)
        self.keep.setEnabled(not busy)

    def show_problem(self, error: LoanAppError | None) -> None:
        """At the field where it belongs to one."""
        self.problem.hide()
        if error is None:
            return
        if error.code is ErrorCode.SIGN_IN_WRONG and self._change:
            self.current.set_error(error_sentence(error))
            self.current.setFocus()
        else:
            self.problem.say(error_sentence(error), error_fix(error))
            self.problem.show_actions(way_to_help(self, error.code))
            self.problem.show()

    def done(self, result: int) -> None:
        """Nothing of it stays, and an answer still awaited is dropped."""
        self._judging.stop()
        self._drop_judgement()
        self._context.operations.cancel_for(self)
        self.current.clear()
        self.new.clear()
        super().done(result)
        self.deleteLater()

    def _retranslate(self) -> None:
        self.set_heading(tr("protection.change" if self._change else "protection.set"))
        self.current.set_label(tr("protection.current"), tr("protection.current_hint"))
        self.new.set_label(tr("protection.new"), tr("protection.new_hint"))
        self.cancel.setText(tr("protection.cancel"))
        self.keep.setText(tr("protection.keep"))
        self._say_strength()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "keep"):
            self._retranslate()
        super().changeEvent(event)
