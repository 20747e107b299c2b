"""Answers read back: a heading with 修改, and rows of name and value."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from ui.components.buttons import LinkButton
from ui.components.card import Card
from ui.components.labels import Rule, empty, label
from ui.translations import tr


class SummaryRow(NamedTuple):
    """A name and its value, both plain text."""

    name: str
    value: str


class SummaryList(Card):
    """One group of answers; ``change`` comes when the borrower wants to mend it."""

    change = Signal()

    def __init__(self, title: str = "", parent: QWidget | None = None, *, changeable: bool = True) -> None:
        super().__init__(parent, padding=20, spacing=8)
        head = QHBoxLayout()
        self.title = label(title, "heading")
        head.addWidget(self.title, 1)
        self.button = LinkButton(tr("common.change"))
        self.button.clicked.connect(self.change)
        head.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        # In its place by now: shown before, it would be a window of its own for a moment.
        self.button.setVisible(changeable)
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self.body.addWidget(self._holder)

    def set_title(self, title: str) -> None:
        """Set the heading; the button is named after it."""
        self.title.setText(title)
        self.button.setText(tr("common.change"))
        self.button.setAccessibleName(tr("common.change_what", what=title))

    def set_rows(self, rows: Sequence[SummaryRow]) -> None:
        """Show these rows."""
        empty(self._grid)
        for number, row in enumerate(rows):
            if number:
                self._grid.addWidget(Rule(), 2 * number - 1, 0, 1, 2)
            name: QLabel = label(row.name, "muted")
            value = label(row.value, selectable=False)
            value.setAccessibleName(f"{row.name}: {row.value}")
            self._grid.addWidget(name, 2 * number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, 2 * number, 1)
