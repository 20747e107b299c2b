"""One question before something that cannot be taken back."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.components import PrimaryButton, SecondaryButton, label
from ui.theme import theme
from ui.translations import tr


class Question(NamedTuple):
    """The keys of a question's words: what it is about, what follows, and the two answers."""

    title: str
    text: str
    confirm: str
    keep: str


class ConfirmDialog(QDialog):
    """Two buttons that say what they do; the way back has the focus and answers Escape."""

    def __init__(self, parent: QWidget, question: Question) -> None:
        super().__init__(parent)
        self._question = question
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(min(theme().px(420), parent.window().width()))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(12)
        self._title, self._text = label("", "heading"), label("")
        box.addWidget(self._title)
        box.addWidget(self._text)
        box.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.keep = SecondaryButton()
        self.confirm = PrimaryButton()
        row.addWidget(self.keep)
        row.addStretch(1)
        row.addWidget(self.confirm)
        box.addLayout(row)
        self.keep.clicked.connect(self.reject)
        self.confirm.clicked.connect(self.accept)
        self._retranslate()
        self.keep.setFocus()

    def _retranslate(self) -> None:
        question = self._question
        self.setWindowTitle(tr(question.title))
        for words, key in (
            (self._title, question.title),
            (self._text, question.text),
            (self.keep, question.keep),
            (self.confirm, question.confirm),
        ):
            words.setText(tr(key))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)


def ask(parent: QWidget, question: Question, then: Callable[[], object]) -> ConfirmDialog:
    """Ask without blocking; ``then`` runs when the borrower confirms."""
    dialog = ConfirmDialog(parent, question)
    dialog.accepted.connect(then)
    dialog.open()
    return dialog
