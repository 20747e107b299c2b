"""The repayment plan as a table."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from loanapp.domain.schedule import Instalment
from loanapp.domain.written_forms import figure
from ui.formats import day, yuan, yuan_column
from ui.translations import tr

_COLUMNS = ("no", "due", "payment", "principal", "interest", "fees", "balance")
_TALLEST = 10_000


class _Header(QHeaderView):
    """Its words wrap where a column is narrower than they are."""

    def sectionSizeFromContents(self, section: int) -> QSize:
        """What a heading needs at the width its column has."""
        whole, room = super().sectionSizeFromContents(section), self.sectionSize(section)
        if not room or whole.width() <= room:
            return whole
        words = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        plain = self.fontMetrics().size(0, words)
        edges = whole - plain
        flags = Qt.TextFlag.TextWordWrap.value
        wrapped = self.fontMetrics().boundingRect(0, 0, room - edges.width(), _TALLEST, flags, words)
        return wrapped.size() + edges


class ScheduleTable(QTableWidget):
    """One row an instalment; as tall as its rows, so that the page scrolls and not the table.

    The headings name the currency, the figures go without; a screen reader is told both.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setTabKeyNavigation(False)
        header = _Header(Qt.Orientation.Horizontal, self)
        self.setHorizontalHeader(header)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(36)
        header.setHighlightSections(False)
        self._rows: tuple[Instalment, ...] = ()
        self._retranslate()

    def show_rows(self, rows: Sequence[Instalment]) -> None:
        """Show these instalments."""
        self._rows = tuple(rows)
        has_fees = any(row.fees for row in rows)
        self.setColumnHidden(_COLUMNS.index("fees"), not has_fees)
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            money = (row.total, row.principal, row.interest, row.fees, row.balance)
            texts = [str(row.no), day(row.due), *(figure(value, places=2) for value in money)]
            spoken = ["", "", *(yuan(value, places=2) for value in money)]
            for column, text in enumerate(texts):
                item = self._item(number, column)
                item.setText(text)
                if spoken[column]:
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken[column])
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignVCenter
                    | (Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft)
                )
        self._fit()

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        """The one that is there, or a new one: Qt deletes what is replaced, whoever still holds it."""
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        return item

    def _fit(self) -> None:
        header = self.horizontalHeader()
        for column in (0, 1, len(_COLUMNS) - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.resizeRowsToContents()
        height = header.sizeHint().height() + 2 * self.frameWidth() + 2
        height += sum(self.rowHeight(row) for row in range(self.rowCount()))
        self.setMinimumHeight(height)
        self.setMaximumHeight(height)

    def _retranslate(self) -> None:
        for column, name in enumerate(_COLUMNS):
            heading = tr(f"common.schedule_{name}")
            item = self.horizontalHeaderItem(column) or QTableWidgetItem()
            item.setText(yuan_column(heading) if column > 1 else heading)
            side = Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft
            flags = side.value | Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextWordWrap.value
            item.setData(Qt.ItemDataRole.TextAlignmentRole, flags)
            if self.horizontalHeaderItem(column) is None:
                self.setHorizontalHeaderItem(column, item)
        self.setAccessibleName(tr("common.schedule"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Headings wrap in narrower columns."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.show_rows(self._rows)
        elif event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "_rows"):
            self._fit()
        super().changeEvent(event)
