"""Answers read back: a heading with 修改, and rows of name and value."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from ui.components.buttons import LinkButton
from ui.components.card import Card
from ui.components.copy_link import CopyLink
from ui.components.labels import Rule, empty, label
from ui.translations import tr


class SummaryRow(NamedTuple):
    """A name and its value, both plain text; ``copies``: the value is worth copying."""

    name: str
    value: str
    copies: bool = False


class SummaryList(Card):
    """One group of answers; ``change`` comes when the borrower wants to mend it, ``copied`` with what was copied."""

    change = Signal()
    copied = Signal(str)

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
        self._rows: list[tuple[QLabel, QLabel, CopyLink | None]] = []

    def set_title(self, title: str) -> None:
        """Set the heading; the button is named after it."""
        self.title.setText(title)
        self.button.setText(tr("common.change"))
        self.button.setAccessibleName(tr("common.change_what", what=title))

    def set_rows(self, rows: Sequence[SummaryRow]) -> None:
        """Show these rows; where only words change, what has the keyboard keeps it."""
        if [row.copies for row in rows] != [link is not None for _, _, link in self._rows]:
            empty(self._grid)
            self._rows = [self._make(number, copies=row.copies) for number, row in enumerate(rows)]
        for row, (name, value, link) in zip(rows, self._rows, strict=True):
            name.setText(row.name)
            value.setText(row.value)
            value.setAccessibleName(f"{row.name}: {row.value}")
            if link is not None:
                link.offer(row.name, row.value)

    def _make(self, number: int, *, copies: bool) -> tuple[QLabel, QLabel, CopyLink | None]:
        if number:
            self._grid.addWidget(Rule(), 2 * number - 1, 0, 1, 3)
        name, value = label("", "muted"), label("")
        self._grid.addWidget(name, 2 * number, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, 2 * number, 1, 1, 1 if copies else 2)
        if not copies:
            return name, value, None
        link = CopyLink()
        link.copied.connect(self.copied)
        self._grid.addWidget(link, 2 * number, 2, Qt.AlignmentFlag.AlignTop)
        return name, value, link
