"""The mandatory table (综合融资成本明示表) as a sheet of paper, written anew in whatever language is in force."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from loanapp.client.answers import CostDisclosure
from ui.components import IconView, Rule, ScheduleTable
from ui.components.figures import figure_cell
from ui.components.labels import empty, label
from ui.formats import percent, yuan
from ui.theme import theme
from ui.translations import tr, translator

SHEET_WIDTH: Final = 820
"""In px at 100 %."""
_MARGIN: Final = 32
_NARROW_MARGIN: Final = 12


class DisclosureSheet(QFrame):
    """Every cell is told to a screen reader with the names of its row and column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "paper-sheet")
        self._paper = QVBoxLayout(self)
        self._paper.setSpacing(14)
        self._fit_paper()

    def _fit_paper(self) -> None:
        """The margins of a sheet, where there is room for them."""
        side = _MARGIN if self.width() * 100 >= theme().px(SHEET_WIDTH) * 80 else _NARROW_MARGIN
        self._paper.setContentsMargins(side, 32, side, 32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._fit_paper()

    def write(self, table: CostDisclosure) -> None:
        """Put the table on the sheet."""
        empty(self._paper)
        pick = translator().pick
        title = label(tr("cost_disclosure.sheet.title"), "heading")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._paper.addWidget(title)
        self._paper.addWidget(self._heads(table))
        self._paper.addWidget(self._items(table))
        self._paper.addWidget(self._totals(table))
        self._paper.addWidget(label(tr("cost_disclosure.contingent.title"), "heading"))
        self._paper.addWidget(self._contingent(table))
        if any(item.id == "overdue_penalty" for item in table.contingent):
            self._paper.addWidget(label(tr("cost_disclosure.contingent.penalty_way"), "small"))
        self._paper.addWidget(self._nothing_else(pick(table.nothing_else)))
        self._paper.addWidget(label(tr("cost_disclosure.schedule.title"), "heading"))
        schedule = ScheduleTable()
        schedule.show_rows(table.schedule.rows)
        self._paper.addWidget(schedule)
        end = label(tr("cost_disclosure.sheet.end"), "small")
        end.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._paper.addWidget(end)

    def _heads(self, table: CostDisclosure) -> QWidget:
        pick = translator().pick
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        left = tr("cost_disclosure.sheet.lender", name=pick(table.lender))
        row.addWidget(label(left, "small"), 1)
        right = label(
            tr("cost_disclosure.sheet.product", count=table.months, method=tr(f"common.method_{table.method.value}")),
            "small",
        )
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        row.addWidget(right, 1)
        return holder

    def _items(self, table: CostDisclosure) -> QWidget:
        pick = translator().pick
        names = [tr(f"cost_disclosure.col.{name}") for name in ("item", "way", "standard", "amount", "party")]
        rows = [
            (
                tr("cost_disclosure.row.principal"),
                tr("cost_disclosure.row.principal_way"),
                "",
                yuan(table.principal, places=2),
                pick(table.lender),
            ),
            *(
                (
                    pick(item.name),
                    pick(item.way),
                    percent(item.standard_annual_pct),
                    yuan(item.amount, places=2),
                    pick(item.party),
                )
                for item in table.items
            ),
        ]
        return self._grid(names, rows, right=(2, 3), stretch=(3, 6, 3, 3, 4))

    def _contingent(self, table: CostDisclosure) -> QWidget:
        pick = translator().pick
        if not table.contingent:
            return label(tr("cost_disclosure.contingent.none"))
        names = [tr(f"cost_disclosure.col.{name}") for name in ("item", "standard", "party")]
        rows = [(pick(item.name), percent(item.standard_annual_pct), pick(item.party)) for item in table.contingent]
        return self._grid(names, rows, right=(1,), stretch=(6, 3, 5))

    def _grid(
        self, names: list[str], rows: Sequence[tuple[str, ...]], right: tuple[int, ...], stretch: tuple[int, ...]
    ) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for column, (name, share) in enumerate(zip(names, stretch, strict=True)):
            grid.addWidget(self._cell(name, "small", right=column in right), 0, column)
            grid.setColumnStretch(column, share)
        for number, row in enumerate(rows):
            grid.addWidget(Rule(), 2 * number + 1, 0, 1, len(names))
            for column, text in enumerate(row):
                cell = self._cell(text, "", right=column in right)
                cell.setAccessibleName(_told(row[0], names[column], text, first=not column))
                grid.addWidget(cell, 2 * number + 2, column)
        return holder

    @staticmethod
    def _cell(text: str, role: str, *, right: bool) -> QLabel:
        cell = label(text, role)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        cell.setAlignment(side | Qt.AlignmentFlag.AlignTop)
        return cell

    def _totals(self, table: CostDisclosure) -> QWidget:
        holder = QFrame()
        holder.setProperty("ground", "paper")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(holder)
        row.setContentsMargins(20, 14, 20, 14)
        row.setSpacing(24)
        irr = tr(
            "cost_disclosure.total.irr",
            nominal=percent(table.nominal_irr_pct),
            effective=percent(table.effective_irr_pct),
        )
        for name, figure, role, note in (
            (tr("cost_disclosure.total.rate"), percent(table.annualised_total_pct), "figure-accent", irr),
            (
                tr("cost_disclosure.total.repayment"),
                yuan(table.total_repayment, places=2),
                "figure",
                tr("cost_disclosure.sheet.checked"),
            ),
        ):
            row.addLayout(figure_cell(name, figure, note, role), 1)
        return holder

    def _nothing_else(self, text: str) -> QWidget:
        """The sentence the rules ask for, and the lender's own beside it."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(IconView("done", "done", 22), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(tr("cost_disclosure.nothing_else"), "strong"))
        words.addWidget(label(text, "small"))
        row.addLayout(words, 1)
        return holder


def _told(row: str, column: str, text: str, *, first: bool) -> str:
    """A cell with what it is a cell of, for who hears one at a time."""
    if not text:
        return ""
    return f"{column}: {text}" if first else f"{row}, {column}: {text}"
