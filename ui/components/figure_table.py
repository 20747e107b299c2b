"""A few figures side by side under headings; each is told to a screen reader with the names of its row and column."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ui.components.labels import Rule, empty, label, set_role

_FIRST_SHARE: Final = 3
_SHARE: Final = 2


class FigureTable(QWidget):
    """``show_figures`` sets every word; cells that are there already are written anew, not made anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._cells: list[list[QLabel]] = []

    def show_figures(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, strong: int | None = None
    ) -> None:
        """A heading a column, a name at the beginning of each row; ``strong`` is the row that counts."""
        if [len(cells) for cells in self._cells] != [len(headings), *(len(row) for row in rows)]:
            empty(self._grid)
            self._cells = [self._make(number, len(row)) for number, row in enumerate((headings, *rows))]
        for cell, text in zip(self._cells[0], headings, strict=True):
            cell.setText(text)
        for number, (cells, row) in enumerate(zip(self._cells[1:], rows, strict=True)):
            for cell, heading, text in zip(cells, headings, row, strict=True):
                cell.setText(text)
                cell.setAccessibleName(text if cell is cells[0] else f"{row[0]}, {heading}: {text}")
                set_role(cell, "role", "strong" if number == strong else "")

    def _make(self, number: int, count: int) -> list[QLabel]:
        if number:
            self._grid.addWidget(Rule(), 2 * number - 1, 0, 1, count)
        cells = []
        for column in range(count):
            cell = label("", "" if number else "small")
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            cell.setAlignment(side | (Qt.AlignmentFlag.AlignTop if number else Qt.AlignmentFlag.AlignBottom))
            self._grid.addWidget(cell, 2 * number, column)
            self._grid.setColumnStretch(column, _SHARE if column else _FIRST_SHARE)
            cells.append(cell)
        return cells
