"""Where the computer has no credential store: ask for a passphrase, or explain what it means to decline."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from ui.components.buttons import PrimaryButton, SecondaryButton
from ui.components.dialog import Dialog
from ui.components.fields import Field
from ui.components.help_sheet import give_help
from ui.components.labels import label
from ui.translations import Texts, error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.secrets import PassphrasePrompt


class PassphraseDialog(Dialog):
    """Choose one, or enter the one chosen before; declining is a button (or Escape), its consequence beside it."""

    def __init__(self, prompt: "PassphrasePrompt", parent: QWidget | None = None) -> None:
        super().__init__(parent, width=560)
        self._first_time = prompt.first_time
        self._wrong: Callable[[], str] | None = None
        self._texts = Texts()
        kind = "" if prompt.first_time else "unlock_"
        say = self._texts.bind
        say(self.set_heading, f"common.passphrase_{kind}title")
        words = label("")
        say(words.setText, f"common.passphrase_{kind}text")
        self.body.addWidget(words)
        self.field = Field(width=320)
        self.field.set_help("keyring-and-passphrase")
        if isinstance(self.field.editor, QLineEdit):
            self.field.editor.setEchoMode(QLineEdit.EchoMode.Password)
        self.body.addWidget(self.field)
        consequence = label("", "small")
        say(consequence.setText, f"common.passphrase_{kind}decline_text")
        self.body.addWidget(consequence)
        self.decline = SecondaryButton()
        say(self.decline.setText, f"common.passphrase_{kind}decline")
        self.decline.clicked.connect(self.reject)
        self.answers.addWidget(self.decline)
        self.answers.addStretch(1)
        self.use = PrimaryButton()
        say(self.use.setText, "common.passphrase_set" if prompt.first_time else "common.passphrase_unlock")
        self.use.setDefault(True)
        self.use.clicked.connect(self._take)
        self.answers.addWidget(self.use)
        if (problem := prompt.problem) is not None:
            self._wrong = lambda: error_sentence(problem)
        self._retranslate()
        give_help(self, "keyring-and-passphrase")
        self.field.edited.connect(lambda _: self._find_fault(None))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _find_fault(self, wrong: Callable[[], str] | None) -> None:
        self._wrong = wrong
        self.field.set_error(wrong() if wrong is not None else None)

    def _retranslate(self) -> None:
        self._texts.apply()
        hint = tr("common.passphrase_hint") if self._first_time else ""
        self.field.set_label(tr("common.passphrase_field"), hint)
        self._find_fault(self._wrong)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what is typed stays."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def passphrase(self) -> str:
        """What was typed, spaces and all."""
        return self.field.editor.text() if isinstance(self.field.editor, QLineEdit) else ""

    def _take(self) -> None:
        from loanapp.client.secrets import SHORTEST_PASSPHRASE

        if self._first_time and len(self.passphrase()) < SHORTEST_PASSPHRASE:
            self._find_fault(lambda: tr("common.passphrase_short"))
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.passphrase():
            self.accept()


class PassphraseAsker(QObject):
    """Called in the worker that opens the store; shows the dialog on the GUI thread and waits for its answer."""

    _wanted = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._answered = threading.Event()
        self._answer: str | None = None
        self._ended = False
        self._dialog: PassphraseDialog | None = None
        self._wanted.connect(self._show)

    def __call__(self, prompt: "PassphrasePrompt") -> str | None:
        """The passphrase, or ``None`` where the borrower declines."""
        if self._ended:
            return None
        self._answered.clear()
        self._answer = None
        self._wanted.emit(prompt)
        self._answered.wait()
        return self._answer

    def end(self) -> None:
        """The program is closing: whoever waits gets no answer."""
        self._ended = True
        if self._dialog is not None:
            self._dialog.reject()
        self._answered.set()

    def _show(self, prompt: "PassphrasePrompt") -> None:
        dialog = self._dialog = PassphraseDialog(prompt, self._window)
        dialog.finished.connect(lambda result: self._finish(dialog, result))
        dialog.setModal(True)
        dialog.show()

    def _finish(self, dialog: PassphraseDialog, result: int) -> None:
        self._answer = dialog.passphrase() if result == QDialog.DialogCode.Accepted else None
        self._dialog = None
        dialog.deleteLater()
        self._answered.set()
