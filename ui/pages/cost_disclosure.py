"""The mandatory table (综合融资成本明示表): a sheet of paper, read to its end and for the time the rules ask."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from loanapp.client.answers import CostDisclosure
from loanapp.domain.status import BorrowerAction
from loanapp.journey.pages import Page
from ui.components import IconView, Rule, ScheduleTable
from ui.components.labels import empty, label
from ui.components.reading_ring import ReadingRing
from ui.formats import percent, yuan
from ui.pages.page import JourneyPage
from ui.translations import tr

_SHEET_WIDTH: Final = 820
_MARGIN: Final = 32
_NARROW_MARGIN: Final = 12
_END_TOLERANCE_PX: Final = 12
_SETTLE_MS: Final = 200


class CostDisclosurePage(JourneyPage):
    """The action waits for two things, and says which: the end of the sheet in sight, and the reading time."""

    page_id = Page.COST_DISCLOSURE
    wide = True

    def build(self) -> None:
        """The sheet, and the ring round the action."""
        self._disclosure: CostDisclosure | None = None
        self._end_reached = False
        self.scaffold.simulated.show()
        self.scaffold.set_column(_SHEET_WIDTH)
        self._sheet = QFrame()
        self._sheet.setProperty("role", "paper-sheet")
        self._paper = QVBoxLayout(self._sheet)
        self._fit_paper()
        self._paper.setSpacing(14)
        self.scaffold.add(self._sheet)
        self.ring = ReadingRing(self.scaffold.primary)
        holder = self.scaffold.note.parentWidget()
        actions = holder.layout() if holder is not None else None
        if actions is not None:
            actions.addWidget(self.ring)
        self.ring.changed.connect(self._follow)
        self.scaffold.aside.clicked.connect(self.ask_withdraw)
        # A new sheet finds its height over a few events; until then its end only seems to be in sight.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._scrolled)
        if self.scaffold.scroll is not None:
            bar = self.scaffold.scroll.verticalScrollBar()
            bar.valueChanged.connect(self._scrolled)
            bar.rangeChanged.connect(lambda *_: self._settled.start())
            self.scaffold.scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.scaffold.scroll.setProperty("reading", "true")
            self.scaffold.scroll.installEventFilter(self)

    def _fit_paper(self) -> None:
        """The margins of a sheet, where there is room for them."""
        side = _MARGIN if self.width() * 100 >= self.context.theme.px(_SHEET_WIDTH) * 80 else _NARROW_MARGIN
        self._paper.setContentsMargins(side, 32, side, 32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._fit_paper()

    def load(self) -> None:
        """Fetch the table, checked by the guard; the time starts when it is on screen."""
        self._disclosure = None
        self._end_reached = False
        self._sheet.hide()
        self.fetch(self.journey.cost_disclosure, self._came)
        self._follow()

    def leave(self) -> None:
        """Stop looking."""
        self._settled.stop()
        super().leave()

    def focus_first(self) -> None:
        """The sheet itself, so that the arrow keys and End read it."""
        if self.scaffold.scroll is not None:
            self.scaffold.scroll.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Home and End beside the keys a scroll area knows by itself."""
        scroll = self.scaffold.scroll
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is scroll:
            bar = scroll.verticalScrollBar()
            goals = {Qt.Key.Key_Home: bar.minimum(), Qt.Key.Key_End: bar.maximum()}
            if (goal := goals.get(Qt.Key(event.key()))) is not None:
                bar.setValue(goal)
                return True
        return super().eventFilter(watched, event)

    def missing(self) -> list[str]:
        """What the action still waits for."""
        if self._disclosure is None:
            return [tr("common.working")]
        left = self.ring.seconds_left
        if left and not self._end_reached:
            return [tr("cost_disclosure.wait.both", count=left)]
        if left:
            return [tr("cost_disclosure.wait.seconds", count=left)]
        return [] if self._end_reached else [tr("cost_disclosure.wait.end")]

    def proceed(self) -> None:
        """Confirm what was read, with how long it was on screen."""
        if not self.complete:
            return
        seconds, end = self.ring.seconds_on_screen, self._end_reached
        self.context.operations.run(lambda: self.journey.confirm_disclosure(seconds, end), self.done, busy=self)

    @property
    def end_reached(self) -> bool:
        """Whether the last line has been in sight."""
        return self._end_reached

    @property
    def scrolls_on(self) -> bool:
        """Whether there is more of the sheet than the window shows."""
        return self.scaffold.scroll is not None and self.scaffold.scroll.verticalScrollBar().maximum() > 0

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """The action also waits for the reading."""
        super().set_busy(busy)
        self._follow()

    def retranslate(self) -> None:
        """Write the sheet again in the other language."""
        super().retranslate()
        self.scaffold.aside.setText(tr("cost_disclosure.not_now"))
        if self.scaffold.scroll is not None:
            self.scaffold.scroll.setAccessibleName(tr("cost_disclosure.sheet.title"))
            self.scaffold.scroll.setAccessibleDescription(tr("cost_disclosure.keys"))
        if self._disclosure is not None:
            self._write(self._disclosure)
        self._follow()

    def _came(self, disclosure: CostDisclosure) -> None:
        self._disclosure = disclosure
        self._sheet.show()
        self._write(disclosure)
        self.scaffold.show_top()
        lender = self.journey.lender
        self.ring.begin(lender.reading_seconds if lender else 15)
        application = self.journey.application
        self.scaffold.aside.setVisible(application is not None and application.allows(BorrowerAction.WITHDRAW))
        self._settled.start()
        self._follow()
        self.focus_first()

    def _scrolled(self) -> None:
        if self._disclosure is None or self.scaffold.scroll is None or not self.isVisible():
            return
        bar = self.scaffold.scroll.verticalScrollBar()
        if bar.value() >= bar.maximum() - _END_TOLERANCE_PX and not self._settled.isActive():
            self._end_reached = True
            self._follow()

    def _follow(self) -> None:
        missing = self.missing()
        ready = not missing and not self.busy
        if self.scaffold.primary.isEnabled() != ready:
            self.scaffold.primary.setEnabled(ready)
            if ready:
                self.tell_can_go_on()
        self._sheet.setVisible(self._disclosure is not None)
        note = missing[0] if missing else tr("cost_disclosure.ready")
        self.scaffold.set_note("" if self.load_failed else note)

    # the sheet

    def _write(self, table: CostDisclosure) -> None:
        empty(self._paper)
        pick = self.context.translator.pick
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
        pick = self.context.translator.pick
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
        pick = self.context.translator.pick
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
        pick = self.context.translator.pick
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
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(label(name, "muted"))
            large = label(figure, role)
            large.setAccessibleName(f"{name}: {figure}")
            column.addWidget(large)
            column.addWidget(label(note, "small"))
            row.addLayout(column, 1)
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
