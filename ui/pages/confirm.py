"""One question before something that cannot be taken back."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.components import PrimaryButton, SecondaryButton, label
from ui.theme import theme


class ConfirmDialog(QDialog):
    """Two buttons that say what they do; the way back has the focus and answers Escape."""

    def __init__(self, parent: QWidget, title: str, text: str, *, confirm: str, keep: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(min(theme().px(420), parent.window().width()))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(12)
        box.addWidget(label(title, "heading"))
        box.addWidget(label(text))
        box.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.keep = SecondaryButton(keep)
        self.confirm = PrimaryButton(confirm)
        row.addWidget(self.keep)
        row.addStretch(1)
        row.addWidget(self.confirm)
        box.addLayout(row)
        self.keep.clicked.connect(self.reject)
        self.confirm.clicked.connect(self.accept)
        self.keep.setFocus()


def ask(
    parent: QWidget, title: str, text: str, *, confirm: str, keep: str, then: Callable[[], object]
) -> ConfirmDialog:
    """Ask without blocking; ``then`` runs when the borrower confirms."""
    dialog = ConfirmDialog(parent, title, text, confirm=confirm, keep=keep)
    dialog.accepted.connect(then)
    dialog.open()
    return dialog
