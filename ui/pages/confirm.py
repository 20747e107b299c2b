"""One question before something that cannot be taken back."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

from ui.components import Dialog, PrimaryButton, SecondaryButton, label
from ui.translations import tr


class Question(NamedTuple):
    """The keys of a question's words: what it is about, what follows, and the two answers."""

    title: str
    text: str
    confirm: str
    keep: str


class ConfirmDialog(Dialog):
    """Two buttons that say what they do; the way back has the focus and answers Escape."""

    def __init__(
        self, parent: QWidget, question: Question, values: Callable[[], Mapping[str, str]] | None = None
    ) -> None:
        """``values``, in the language in force when it is called, go into the sentence that says what follows."""
        super().__init__(parent)
        self._question, self._values = question, values or dict
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._text = label("")
        self.body.addWidget(self._text)
        self.keep = SecondaryButton()
        self.confirm = PrimaryButton()
        self.answers.addWidget(self.keep)
        self.answers.addStretch(1)
        self.answers.addWidget(self.confirm)
        self.keep.clicked.connect(self.reject)
        self.confirm.clicked.connect(self.accept)
        self._retranslate()
        self.keep.setFocus()

    def _retranslate(self) -> None:
        question = self._question
        self.set_heading(tr(question.title))
        self._text.setText(tr(question.text, **self._values()))
        for words, key in (
            (self.keep, question.keep),
            (self.confirm, question.confirm),
        ):
            words.setText(tr(key))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)


def ask(
    parent: QWidget,
    question: Question,
    then: Callable[[], object],
    values: Callable[[], Mapping[str, str]] | None = None,
) -> ConfirmDialog:
    """Ask without blocking; ``then`` runs when the borrower confirms."""
    dialog = ConfirmDialog(parent, question, values)
    dialog.accepted.connect(then)
    dialog.open()
    return dialog
